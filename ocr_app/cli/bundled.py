"""``ocr-app bundled``: prints the folder of the bundled samples or recipes, for use in other commands."""

import argparse

from ocr_app.board.runtime_context import runtime_context

HELP = "print the folder of the bundled samples or recipes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``bundled``."""
    parser.add_argument("what", choices=("samples", "recipes"), help="the folder to print")


def run(arguments: argparse.Namespace) -> int:
    """Prints the folder that ``selfcheck`` uses; returns 0."""
    print(getattr(runtime_context(), arguments.what))
    return 0
