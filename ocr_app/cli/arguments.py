"""Arguments that several verbs share."""

import argparse
import json
import os
from functools import lru_cache
from typing import Any, Dict, Optional, Tuple

from ocr_app.core.paths import load_data
from ocr_app.imaging.load import Limits
from ocr_app.networks.half import PRECISION
from ocr_app.opening import ENGINES, NO_ENGINE, ReaderRequest
from ocr_app.readers.registry import DEFAULT_READER, parse_name, with_team
from ocr_app.readers.team import settings as team_names
from ocr_app.recipes import Recipe

PRECISIONS = ("fp32", "fp16", PRECISION)


def positive(text: str) -> int:
    """Parses a whole number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("{} is not above zero".format(number))
    return number


def not_negative(text: str) -> float:
    """Parses a number that is 0 or more."""
    number = float(text)
    if not 0.0 <= number < float("inf"):
        raise argparse.ArgumentTypeError("{} is not 0 or more".format(number))
    return number


def region(text: str) -> Tuple[int, int, int, int]:
    """Parses X,Y,W,H, in pixels."""
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("{!r} is not X,Y,W,H".format(text))
    if min(x, y) < 0 or min(width, height) < 1:
        raise argparse.ArgumentTypeError("{!r}: X and Y must be at least 0, W and H at least 1".format(text))
    return x, y, width, height


def pair(text: str) -> Tuple[str, str]:
    """Parses NAME=TEXT."""
    name, separator, value = text.partition("=")
    if not (name and separator):
        raise argparse.ArgumentTypeError("{!r} is not NAME=TEXT".format(text))
    return name, value


def add_reader_arguments(parser: argparse.ArgumentParser, engine: Optional[str] = NO_ENGINE) -> None:
    """Adds --reader, --team, --budget-ms, --engine, --device, --precision and --threads.

    ``engine`` is the default of --engine; None leaves the choice to the container image.
    """
    reader_help = "name[:model][@environment], see `ocr-app readers` (default: %(default)s)"
    parser.add_argument("--reader", default=DEFAULT_READER, metavar="R", help=reader_help)
    team_help = "of the reader codes: which networks may be asked, and how often (default: {})".format(
        team_names.default()
    )
    parser.add_argument("--team", choices=team_names.names(), help=team_help)
    budget_help = "of the reader codes: stop asking further networks when a frame would take longer"
    parser.add_argument("--budget-ms", type=positive, metavar="MS", help=budget_help)
    default = engine or "tensorrt in the container image for Jetsons, otherwise none"
    engine_help = (
        "read with engines of this kind, built in --precision; see `ocr-app engine list` (default: {})".format(default)
    )
    parser.add_argument("--engine", choices=ENGINES, default=engine, help=engine_help)
    parser.add_argument(
        "--device", choices=("cpu", "cuda"), default="cpu", help="never replaced by the other (default: %(default)s)"
    )
    parser.add_argument(
        "--precision", choices=PRECISIONS, default="fp32", help="precision of the networks (default: %(default)s)"
    )
    parser.add_argument("--threads", type=positive, default=2, metavar="N", help="CPU threads (default: %(default)s)")


def reader_request(arguments: argparse.Namespace, recipe: Optional[Recipe] = None) -> ReaderRequest:
    """Returns the request that the arguments of ``add_reader_arguments`` make. Raises UsageError."""
    return ReaderRequest(
        with_team(parse_name(arguments.reader), arguments.team),
        arguments.engine,
        arguments.device,
        arguments.precision,
        arguments.threads,
        recipe,
        budget_ms=arguments.budget_ms,
    )


def add_limit_arguments(parser: argparse.ArgumentParser) -> None:
    """Adds --max-pixels, --max-bytes and --min-side, the limits of an image."""
    limits = Limits()
    for name, default, metavar, meaning in (
        ("--max-pixels", limits.max_pixels, "N", "refuse an image with more pixels"),
        ("--max-bytes", limits.max_bytes, "N", "refuse a larger file"),
        ("--min-side", limits.min_side, "PX", "refuse an image with a shorter side"),
    ):
        parser.add_argument(
            name, type=positive, default=default, metavar=metavar, help=meaning + " (default: %(default)s)"
        )


def limits_of(arguments: argparse.Namespace) -> Limits:
    """Returns the limits that the arguments set."""
    return Limits(arguments.max_pixels, arguments.max_bytes, arguments.min_side)


def write_json(record: Dict[str, Any], path: str) -> None:
    """Writes a report, whole or not at all, and creates the folders above it."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8") as stream:
        json.dump(record, stream, ensure_ascii=False, indent=1)
        stream.write("\n")
    os.replace(path + ".part", path)


def add_board(verb: argparse.ArgumentParser) -> None:
    """``--board``: whose hardware is meant."""
    verb.add_argument("--board", choices=_boards(), default="nano", help="whose hardware (default: %(default)s)")


@lru_cache(maxsize=None)
def _boards() -> Tuple[str, ...]:
    """Every start of the command line asks for them, for each verb that has boards."""
    return tuple(sorted(load_data("boards.json")["boards"]))
