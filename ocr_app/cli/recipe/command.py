"""The arguments of ``ocr-app recipe``, and the choice of its sub-command."""

import argparse

from ocr_app.cli.arguments import add_limit_arguments, add_reader_arguments, pair, positive
from ocr_app.cli.recipe import check, evaluate, teach
from ocr_app.core.errors import UsageError
from ocr_app.reading.frame import LAYOUTS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``recipe``: one sub-command each for check, teach and test."""
    verbs = parser.add_subparsers(dest="recipe_verb", metavar="check|teach|test")
    _add_check_arguments(verbs.add_parser("check", help="show what a recipe accepts, with examples"))
    _add_teach_arguments(verbs.add_parser("teach", help="propose a recipe from sample images, for review"))
    help_text = "measure accuracy, verdicts and the rejection curve of a recipe on a data set"
    _add_test_arguments(verbs.add_parser("test", help=help_text))


def run(arguments: argparse.Namespace) -> int:
    """Runs the sub-command. Raises UsageError when there is none, and what the sub-command raises."""
    if not getattr(arguments, "recipe_run", None):
        raise UsageError("ocr-app recipe needs a sub-command", "check, teach or test", "ocr-app recipe --help")
    return int(arguments.recipe_run(arguments))


def _add_check_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    help_text = "a printed line: say whether the recipe accepts it, by which fields, and else where it breaks"
    parser.add_argument("--text", action="append", default=[], metavar="TEXT", help=help_text)
    help_text = "examples per line (default: %(default)s)"
    parser.add_argument("--samples", type=positive, default=5, metavar="N", help=help_text)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(recipe_run=check.run)


def _add_teach_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("paths", nargs="+", metavar="IMAGE", help="image, folder of images, or glob")
    add_reader_arguments(parser)
    add_limit_arguments(parser)
    parser.add_argument("--layout", choices=LAYOUTS, default="page", help="line: each image is one line of text")
    parser.add_argument("--name", default="proposal", help="the recipe's name (default: %(default)s)")
    help_text = "write to this new file instead of standard output; an existing file is never overwritten"
    parser.add_argument("--out", metavar="FILE", help=help_text)
    help_text = "the number of the answer to a question; without it a terminal is asked"
    parser.add_argument("--answer", action="append", type=pair, default=[], metavar="KEY=NUMBER", help=help_text)
    parser.add_argument("--yes", action="store_true", help="take the first answer to every open question, and say so")
    help_text = "print JSON: the recipe, the questions with the answers taken, the samples and how they read back"
    parser.add_argument("--json", action="store_true", help=help_text)
    parser.set_defaults(recipe_run=teach.run)


def _add_test_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("dataset", metavar="DATASET", help="as for `ocr-app benchmark`")
    add_reader_arguments(parser)
    help_text = "only N images, evenly spread over the set"
    parser.add_argument("--limit", type=positive, metavar="N", help=help_text)
    help_text = "write an HTML page with every wrong pass, every good code that was rejected, and why"
    parser.add_argument("--report", metavar="FILE", help=help_text)
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.set_defaults(recipe_run=evaluate.run)
