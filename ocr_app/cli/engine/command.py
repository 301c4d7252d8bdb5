"""``ocr-app engine``: judges networks, builds engines from them, keeps and shares the engines."""

import argparse

from ocr_app.cli.engine import build, judge, keep
from ocr_app.core.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``engine``: each module adds its own verbs."""
    kinds = parser.add_subparsers(dest="what", metavar="WHAT")
    judge.add_verbs(kinds)
    build.add_verbs(kinds)
    keep.add_verbs(kinds)


def run(arguments: argparse.Namespace) -> int:
    """Returns what the verb returns."""
    if arguments.what is None:
        raise UsageError("nothing to do", "a verb: preflight, gate, build, list, check, ...", "ocr-app engine --help")
    return int(arguments.run_what(arguments))
