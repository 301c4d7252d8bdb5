"""``ocr-app read``: images in, one result each out, in input order."""

import argparse
import json
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
from ocr_app.core.errors import ImageError, UsageError
from ocr_app.core.types import Image, Reading, reading_to_json
from ocr_app.imaging import preprocess
from ocr_app.imaging.draw import draw_with_legend, save_png
from ocr_app.imaging.sources import expand
from ocr_app.opening.library import OpenReader
from ocr_app.reading.frame import LAYOUTS, ReadOptions, VerdictRequest


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``read``."""
    parser.add_argument("paths", nargs="+", metavar="PATH", help="image, folder of images, or glob")
    add_reader_arguments(parser)
    parser.add_argument("--layout", choices=LAYOUTS, default="page", help="line: each image is one line of text")
    region_help = "place of one line; nothing is detected then; once for each line, in reading order"
    parser.add_argument("--region", action="append", type=region, default=[], metavar="X,Y,W,H", help=region_help)
    parser.add_argument("--preprocess", choices=preprocess.NAMES, default="raw", help="(default: %(default)s)")
    parser.add_argument("--jsonl", action="store_true", help="one JSON result a line (schema nano-ocr/result/1)")
    parser.add_argument("--draw", metavar="DIR", help="write each image with its quads and texts drawn to DIR")
    _add_recipe_arguments(parser)
    add_limit_arguments(parser)


def _add_recipe_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--recipe", metavar="FILE", help="decode and judge under this recipe (the reader codes)")
    expect_help = "what a named field of the recipe has to say; once for each field"
    parser.add_argument("--expect", action="append", type=pair, default=[], metavar="NAME=TEXT", help=expect_help)
    clock_help = "this computer's clock is right: without it a recipe that asks for today holds"
    parser.add_argument("--trust-clock", action="store_true", help=clock_help)
    parser.add_argument("--deadline-ms", type=positive, metavar="MS", help="a reading that takes longer fails")


def _wanted(arguments: argparse.Namespace) -> Optional[VerdictRequest]:
    """Raises UsageError for options that need a recipe without one, RecipeError."""
    if arguments.recipe is None:
        if arguments.expect or arguments.trust_clock or arguments.deadline_ms:
            raise UsageError("--expect, --trust-clock or --deadline-ms without a recipe", "--recipe FILE")
        return None
    recipe = recipes.load(arguments.recipe)
    return VerdictRequest(recipe, dict(arguments.expect), arguments.trust_clock, arguments.deadline_ms)


def run(arguments: argparse.Namespace) -> int:
    """Returns 0, 3 when some image gave an error result, or 8 when the reader failed on some."""
    paths = expand(arguments.paths)
    how = ReadOptions(arguments.layout, arguments.preprocess, tuple(arguments.region), _wanted(arguments))
    draw = _drawer(arguments.draw)
    code = 0
    with OpenReader(reader_request(arguments, how.wanted.recipe if how.wanted else None)) as reader:
        show = _show_json if arguments.jsonl else _table(paths)
        for path in _with_progress(paths, quiet=arguments.jsonl):
            reading, image = reader.read_with(path, how, limits_of(arguments))
            show(reading)
            draw(reading, image)
            code = max(code, _exit_code(reading))
    return code


def _exit_code(reading: Reading) -> int:
    if reading.error is None:
        return 0
    return 3 if reading.error["type"] == ImageError.__name__ else 8


def _with_progress(paths: Iterable[str], quiet: bool) -> Iterator[str]:
    """The paths, under a bar on stderr where that is a terminal and results are not shown beside it."""
    hidden = quiet or not sys.stderr.isatty() or sys.stdout.isatty()
    bar: Any = tqdm(paths, unit="image", disable=hidden, mininterval=0.5)
    return iter(bar)


def _show_json(reading: Reading) -> None:
    print(json.dumps(reading_to_json(reading), ensure_ascii=False), flush=True)


def _table(paths: Iterable[str]) -> Callable[[Reading], None]:
    """Prints results for people, a row an image as it comes; returns the function that prints one."""
    width = max([len(path) for path in paths] + [5])
    print("{:<{w}}  {:>8}  {:>5}  {}".format("image", "ms", "sure", "text", w=width))

    def show(reading: Reading) -> None:
        if reading.error is not None:
            print("{:<{w}}  error: {}".format(reading.image, reading.error["found"], w=width), flush=True)
            return
        sure = min([line.confidence for line in reading.lines] or [0.0])
        text = reading.text or "- no text found -"
        if reading.code is not None:
            text = "{}: {}".format(reading.verdict, text)
        row = "{:<{w}}  {:>8.1f}  {:>5.2f}  {}"
        print(row.format(reading.image, reading.timing_ms["total"], sure, text, w=width), flush=True)

    return show


def _drawer(folder: Optional[str]) -> Callable[[Reading, Optional[Image]], None]:
    """Draws into ``folder``; the number in front keeps two images of one name apart."""
    count = [0]

    def draw(reading: Reading, image: Optional[Image]) -> None:
        count[0] += 1
        if folder is None or image is None:
            return
        stem = os.path.splitext(os.path.basename(reading.image))[0]
        save_png(os.path.join(folder, "{:04d}-{}.png".format(count[0], stem)), draw_with_legend(image, reading.lines))

    return draw
