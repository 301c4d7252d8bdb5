"""The sub-commands of ``ocr-app network``: their arguments."""

import argparse
from typing import Any, Callable

from ocr_app.cli.arguments import add_board, not_negative, positive
from ocr_app.cli.network import check, count, frame, half
from ocr_app.core.errors import UsageError

_MODEL_HELP = "FILE[:NxCxHxW]: a path, or a name in the package or the models folder (default: our own two networks)"
Run = Callable[[argparse.Namespace], int]


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``network``."""
    kinds = parser.add_subparsers(dest="what", metavar="WHAT")
    _add_count(kinds)
    _add_frame(kinds)
    help_text = "check whether TensorRT 8.2.1's parser accepts a network, as far as that is known without it"
    _add_models(_verb(kinds, "check", help_text, check.run))
    _add_half(kinds)


def _verb(kinds: Any, name: str, help_text: str, run_it: Run) -> argparse.ArgumentParser:
    description = help_text[0].upper() + help_text[1:] + "."
    verb: argparse.ArgumentParser = kinds.add_parser(name, help=help_text, description=description)
    verb.add_argument("--json", action="store_true", help="print JSON instead of tables")
    verb.set_defaults(run_what=run_it)
    return verb


def _add_models(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("models", nargs="*", metavar="MODEL", help=_MODEL_HELP)


def _add_count(kinds: Any) -> None:
    help_text = "count operations, parameters and bytes, and estimate the time on a board with the roofline model"
    verb = _verb(kinds, "count", help_text, count.run)
    _add_models(verb)
    verb.add_argument("--precision", choices=("fp16", "fp32", "int8"), default="fp16", help="(default: %(default)s)")
    add_board(verb)
    verb.add_argument("--layers", action="store_true", help="list every layer, not only the totals")
    verb.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")


def _add_frame(kinds: Any) -> None:
    help_text = "estimate the time of a frame on a Nano for the whole team, from how often each member is asked"
    verb = _verb(kinds, "frame", help_text, frame.run)
    verb.add_argument("--precision", choices=("fp16", "fp32"), default="fp16", help="(default: %(default)s)")
    lines = "text lines of a frame, which our own recogniser reads in one call (default: %(default)s)"
    verb.add_argument("--lines", type=positive, default=3, metavar="N", help=lines)
    for member, name in (("second", "PP-OCRv6 tiny"), ("third", "PP-OCRv6 small")):
        share = "the share of lines that {} reads too (default: %(default)s)".format(name)
        verb.add_argument("--{}-lines".format(member), type=not_negative, default=0.0, metavar="SHARE", help=share)
        looks = "how often the detector of {} looks at a frame, on average (default: %(default)s)".format(name)
        verb.add_argument("--{}-detector".format(member), type=not_negative, default=0.0, metavar="LOOKS", help=looks)
    processor = "what a frame costs the Nano's processor outside the networks (default: %(default)s)"
    verb.add_argument("--processor-ms", type=not_negative, default=0.0, metavar="MS", help=processor)
    verb.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")


def _add_half(kinds: Any) -> None:
    help_text = "find the line crops whose text changes when every tensor is rounded to half precision"
    verb = _verb(kinds, "half", help_text, half.run)
    verb.add_argument("datasets", nargs="+", metavar="DATASET", help="as for `ocr-app benchmark`")
    verb.add_argument("--reader", default="codes", help="a reader on ONNX Runtime: codes, ppocr (default: %(default)s)")
    verb.add_argument("--threads", type=positive, default=1, metavar="N", help="CPU threads (default: %(default)s)")
    verb.add_argument("--no-texts", action="store_true", help="leave the texts out of the report")
    verb.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")


def run(arguments: argparse.Namespace) -> int:
    """Returns what the sub-command returns."""
    if arguments.what is None:
        raise UsageError("nothing to do", "count, frame, check or half", "ocr-app network --help")
    return int(arguments.run_what(arguments))
