"""The arguments of ``ocr-app line``, and the choice of its sub-command.

The settings need attrs, and the probes prometheus_client: both are imported when a sub-command runs.
"""

import argparse
import json
import sys
from typing import List, Tuple

from ocr_app.cli.line import asking, changing, gate, install, people
from ocr_app.core.errors import ServiceError, UsageError

HELP = "make the settings of a live line, and check them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``line``: one sub-command each for check, init, set, gate, install and users."""
    verbs = parser.add_subparsers(dest="line_verb", metavar="check|init|set|gate|install|users")
    check = verbs.add_parser("check", help="check a file, and ask its source, broker and pins; changes nothing")
    check.add_argument("file", metavar="FILE.yaml")
    check.add_argument("--offline", action="store_true", help="only the file itself: ask nothing and nobody")
    check.add_argument("--json", action="store_true", help="print JSON")
    check.set_defaults(line_run=_check)
    init = verbs.add_parser("init", help="write a new file, from answers and --set; never over an existing one")
    init.add_argument("file", metavar="FILE.yaml")
    set_help = "a key and its value, like source.kind=replay; a key that is set is not asked for"
    init.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", help=set_help)
    init.add_argument("--yes", action="store_true", help="ask nothing: keys that are not set keep their defaults")
    init.set_defaults(line_run=_init)
    changing.add_arguments(verbs.add_parser("set", help=changing.HELP))
    gate.add_arguments(verbs.add_parser("gate", help=gate.HELP))
    install.add_arguments(verbs.add_parser("install", help=install.HELP))
    people.add_arguments(verbs.add_parser("users", help="who may sign in to the page of a line"))


def run(arguments: argparse.Namespace) -> int:
    """Runs the sub-command. Raises UsageError when there is none, and what the sub-command raises."""
    if not getattr(arguments, "line_run", None):
        raise UsageError(
            "ocr-app line needs a sub-command", "check, init, set, gate, install or users", "ocr-app line --help"
        )
    return int(arguments.line_run(arguments))


def _check(arguments: argparse.Namespace) -> int:
    """Returns 0, or 14 where something would keep the line from starting. Raises UsageError, RecipeError."""
    try:
        from ocr_app.line import probing
        from ocr_app.line.settings.checks import check
        from ocr_app.line.settings.service import load
    except ImportError as error:
        found = "the line needs attrs, cattrs and prometheus_client: {}".format(error)
        raise ServiceError(found, "these packages in this Python", "pip install 'ocr-app[line]'")
    settings = load(arguments.file)
    check(settings)
    if not settings.source.enabled:
        raise UsageError("{} has no source".format(arguments.file), "source.kind: replay, folder or http")
    rows: List[probing.LineFinding] = [probing.LineFinding(probing.GOOD, "file", arguments.file + " is well formed")]
    rows += [] if arguments.offline else probing.probe(settings)
    if arguments.json:
        print(json.dumps([dict(row._asdict()) for row in rows], ensure_ascii=False, indent=1))
    else:
        print("\n".join("{:<8} {:<8} {}".format(*row) for row in rows))
    return ServiceError.exit_code if any(row.state == probing.BAD for row in rows) else 0


def _init(arguments: argparse.Namespace) -> int:
    """Raises UsageError: a key that does not exist, a value that does not fit, a file that exists."""
    given = dict(_pair(text) for text in arguments.set)
    asks = not arguments.yes and sys.stdin.isatty()
    asking.write_new(arguments.file, given, input if asks else None)
    print("{} written; next: ocr-app line check {}".format(arguments.file, arguments.file))
    return 0


def _pair(text: str) -> Tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or name.count(".") != 1:
        raise UsageError("--set {}".format(text), "SECTION.KEY=VALUE", "docs/reference/settings.md")
    return name, value
