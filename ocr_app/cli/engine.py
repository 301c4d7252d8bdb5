"""``ocr-app engine``: from an ONNX file to an engine of the board: judged, built, kept, shared."""

import argparse

from ocr_app.cli import engine_build, engine_judge, engine_keep
from ocr_app.errors import UsageError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``engine``: each module adds its own verbs."""
    kinds = parser.add_subparsers(dest="what", metavar="WHAT")
    engine_judge.add_verbs(kinds)
    engine_build.add_verbs(kinds)
    engine_keep.add_verbs(kinds)


def run(arguments: argparse.Namespace) -> int:
    """Returns what the verb returns."""
    if arguments.what is None:
        raise UsageError("nothing to do", "a verb: preflight, gate, build, list, check, ...", "ocr-app engine --help")
    return int(arguments.run_what(arguments))
