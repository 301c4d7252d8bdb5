"""``ocr-app read``: one result per image, in the order of the input."""

import argparse
import os
import sys
from typing import Any, Callable, Iterable, Iterator, Optional

from tqdm import tqdm

from ocr_app import recipes
from ocr_app.cli.arguments import (
    add_limit_arguments,
    add_reader_arguments,
    limits_of,
    pair,
    positive,
    reader_request,
    region,
)
from ocr_app.core.console import print_json
from ocr_app.core.errors import ImageError, UsageError
from ocr_app.core.names import shown
from ocr_app.core.types import Image, Reading, reading_to_json
from ocr_app.imaging import preprocess
from ocr_app.imaging.draw import draw_with_legend, save_png
from ocr_app.imaging.sources import find
from ocr_app.opening.library import OpenReader
from ocr_app.reading.frame import LAYOUTS, ReadOptions, VerdictRequest
from ocr_app.reading.words import explanations_of, notes_of, summary_of

NOT_PASSED = 15  # the exit code of --fail-exit


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``read``."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="image, folder of images, or glob")
    add_reader_arguments(parser)
    parser.add_argument(
        "--layout", choices=LAYOUTS, default="page", help="line: each image is one line of text (default: %(default)s)"
    )
    region_help = "read one line of text here, without detection; in reading order"
    parser.add_argument("--region", action="append", type=region, default=[], metavar="X,Y,W,H", help=region_help)
    parser.add_argument(
        "--preprocess",
        choices=preprocess.NAMES,
        default="raw",
        help="what is done to the pixels first (default: %(default)s)",
    )
    parser.add_argument(
        "--jsonl", action="store_true", help="print one JSON result per line (schema nano-ocr/result/3)"
    )
    parser.add_argument(
        "--draw", metavar="DIR", help="write each image to DIR, with the quads and texts that were read"
    )
    _add_recipe_arguments(parser)
    add_limit_arguments(parser)


def _add_recipe_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recipe", metavar="FILE", help="decode and judge under this recipe (needs the reader codes)")
    expect_help = "what a named field of the recipe must be: its text, or its date or time in ISO 8601 (2021-06-14)"
    parser.add_argument("--expect", action="append", type=pair, default=[], metavar="NAME=VALUE", help=expect_help)
    clock_help = "trust this computer's clock; otherwise a recipe that asks for today's date holds"
    parser.add_argument("--trust-clock", action="store_true", help=clock_help)
    fail_help = "exit with code {} when an image does not pass under the recipe".format(NOT_PASSED)
    parser.add_argument("--fail-exit", action="store_true", help=fail_help)
    parser.add_argument("--deadline-ms", type=positive, metavar="MS", help="fail a reading that takes longer")


def _verdict_request(arguments: argparse.Namespace) -> Optional[VerdictRequest]:
    """Raises UsageError for options that need a recipe where there is none, and RecipeError."""
    if arguments.recipe is None:
        if arguments.expect or arguments.trust_clock or arguments.deadline_ms or arguments.fail_exit:
            raise UsageError("--expect, --trust-clock, --deadline-ms and --fail-exit need a recipe", "--recipe FILE")
        return None
    recipe = recipes.load(arguments.recipe)
    return VerdictRequest(recipe, dict(arguments.expect), arguments.trust_clock, arguments.deadline_ms)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0; 3 when some images gave an error result; 8 when the reader failed on some.

    With ``--fail-exit`` it returns ``NOT_PASSED`` when there is none of these errors, and a code does not pass.
    """
    found = find(arguments.paths)
    paths = found.paths
    if found.skipped:
        print("ocr-app read: skipped, by their suffix: " + found.skipped_text(), file=sys.stderr)
    request = _verdict_request(arguments)
    options = ReadOptions(arguments.layout, arguments.preprocess, tuple(arguments.region), request)
    draw = _drawer(arguments.draw)
    code, rejected = 0, False
    with OpenReader(reader_request(arguments, request.recipe if request else None)) as reader:
        show = _show_json if arguments.jsonl else _table(paths)
        for path in _with_progress(paths, quiet=arguments.jsonl):
            reading, image = reader.read_with(path, options, limits_of(arguments))
            show(reading)
            draw(reading, image)
            code = max(code, _exit_code(reading))
            rejected = rejected or reading.verdict != "pass"
    return NOT_PASSED if arguments.fail_exit and rejected and code == 0 else code


def _exit_code(reading: Reading) -> int:
    if reading.error is None:
        return 0
    return 3 if reading.error["type"] == ImageError.__name__ else 8


def _with_progress(paths: Iterable[str], quiet: bool) -> Iterator[str]:
    """The paths, with a progress bar on stderr if that is a terminal and the results go elsewhere."""
    hidden = quiet or not sys.stderr.isatty() or sys.stdout.isatty()
    bar: Any = tqdm(paths, unit="image", disable=hidden, mininterval=0.5)
    return iter(bar)


def _show_json(reading: Reading) -> None:
    print_json(reading_to_json(reading))


def _table(paths: Iterable[str]) -> Callable[[Reading], None]:
    """Prints the head of a table; returns the function that prints the row of one image."""
    width = max([len(shown(path)) for path in paths] + [5])
    print("{:<{w}}  {:>8}  {:>5}  {}".format("image", "ms", "conf", "text", w=width))

    def show(reading: Reading) -> None:
        image = shown(reading.image)
        if reading.error is not None:
            print("{:<{w}}  error: {}".format(image, shown(reading.error["found"]), w=width), flush=True)
            return
        confidence = min([line.confidence for line in reading.lines] or [0.0])
        text = summary_of(reading)
        row = "{:<{w}}  {:>8.1f}  {:>5.2f}  {}"
        print(row.format(image, reading.timing_ms["total"], confidence, text, w=width), flush=True)
        for told in explanations_of(reading):
            print("    " + told, flush=True)

    return show


def _drawer(folder: Optional[str]) -> Callable[[Reading, Optional[Image]], None]:
    """Returns the function that draws into ``folder``; a number in front keeps images of the same name apart."""
    count = [0]

    def draw(reading: Reading, image: Optional[Image]) -> None:
        count[0] += 1
        if folder is None or image is None:
            return
        stem = os.path.splitext(os.path.basename(reading.image))[0]
        save_png(
            os.path.join(folder, "{:04d}-{}.png".format(count[0], stem)),
            draw_with_legend(image, reading.lines, notes_of(reading)),
        )

    return draw
