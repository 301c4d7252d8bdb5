"""``ocr-app bundled``: prints the folder of the bundled samples or recipes, for use in other commands."""

import argparse

from ocr_app.service.surroundings import surroundings

HELP = "print the folder of the bundled samples or recipes"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``bundled``."""
    parser.add_argument("what", choices=("samples", "recipes"), help="which folder")


def run(arguments: argparse.Namespace) -> int:
    """Prints the folder that ``selfcheck`` uses; returns 0."""
    print(getattr(surroundings(), arguments.what))
    return 0
