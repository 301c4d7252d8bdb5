"""Arguments that several verbs share."""

import argparse
import json
import os
from typing import Any, Dict, Optional, Tuple

from ocr_app.imaging.load import Limits
from ocr_app.networks.half import PRECISION
from ocr_app.opening import ENGINES, NO_ENGINE, ReaderRequest
from ocr_app.readers.registry import DEFAULT_READER, parse_name
from ocr_app.recipes import Recipe

PRECISIONS = ("fp32", "fp16", PRECISION)


def positive(text: str) -> int:
    """A whole number above zero."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("{} is not above zero".format(number))
    return number


def region(text: str) -> Tuple[int, int, int, int]:
    """X,Y,W,H in pixels."""
    try:
        x, y, width, height = (int(part) for part in text.split(","))
    except ValueError:
        raise argparse.ArgumentTypeError("{!r} is not X,Y,W,H".format(text))
    if min(x, y) < 0 or min(width, height) < 1:
        raise argparse.ArgumentTypeError("{!r}: X and Y from 0, W and H from 1".format(text))
    return x, y, width, height


def pair(text: str) -> Tuple[str, str]:
    """NAME=TEXT."""
    name, mark, value = text.partition("=")
    if not (name and mark):
        raise argparse.ArgumentTypeError("{!r} is not NAME=TEXT".format(text))
    return name, value


def add_reader_arguments(parser: argparse.ArgumentParser, engine: Optional[str] = NO_ENGINE) -> None:
    """--reader, --engine, --device, --precision, --threads. ``engine``: the default, None where the image decides."""
    reader_help = "name[:model][@environment], see `ocr-app readers` (default: %(default)s)"
    parser.add_argument("--reader", default=DEFAULT_READER, metavar="R", help=reader_help)
    default = engine or "tensorrt in the image for Jetsons, else none"
    engine_help = "engines to read with, in --precision, see `ocr-app engine list` (default: {})".format(default)
    parser.add_argument("--engine", choices=ENGINES, default=engine, help=engine_help)
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="never another (default: %(default)s)")
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32", help="(default: %(default)s)")
    parser.add_argument("--threads", type=positive, default=2, metavar="N", help="CPU threads (default: %(default)s)")


def reader_request(arguments: argparse.Namespace, recipe: Optional[Recipe] = None) -> ReaderRequest:
    """The reader that --reader, --engine, --device, --precision and --threads ask for. Raises UsageError."""
    return ReaderRequest(
        parse_name(arguments.reader),
        arguments.engine,
        arguments.device,
        arguments.precision,
        arguments.threads,
        recipe,
    )


def add_limit_arguments(parser: argparse.ArgumentParser) -> None:
    """--max-pixels, --max-bytes, --min-side: what an image may be."""
    limits = Limits()
    parser.add_argument("--max-pixels", type=positive, default=limits.max_pixels, metavar="N", help="(%(default)s)")
    parser.add_argument("--max-bytes", type=positive, default=limits.max_bytes, metavar="N", help="(%(default)s)")
    parser.add_argument("--min-side", type=positive, default=limits.min_side, metavar="PX", help="(%(default)s)")


def limits_of(arguments: argparse.Namespace) -> Limits:
    """The limits that were asked for."""
    return Limits(arguments.max_pixels, arguments.max_bytes, arguments.min_side)


def write_json(record: Dict[str, Any], path: str) -> None:
    """Writes a report, whole or not at all; folders are made."""
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    with open(path + ".part", "w", encoding="utf-8") as stream:
        json.dump(record, stream, ensure_ascii=False, indent=1)
        stream.write("\n")
    os.replace(path + ".part", path)
