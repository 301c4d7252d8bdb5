"""``ocr-app selfcheck``: is this image fit for this host, and does it read; what a container does without arguments."""

import argparse
import json
import textwrap
from typing import List, Optional

from ocr_app.board.runtime_context import RuntimeContext, runtime_context
from ocr_app.cli.arguments import add_reader_arguments
from ocr_app.core.errors import ServiceError
from ocr_app.engines import selection
from ocr_app.engines.cache import Cache, default_folder
from ocr_app.engines.targets import target
from ocr_app.line.selfcheck import checks
from ocr_app.line.selfcheck.rows import FAILED, UNSEEN, Row, failed
from ocr_app.readers.contract import Reader, ReaderOptions
from ocr_app.readers.registry import parse_name
from ocr_app.workers.opening import open_named

HELP = "check image, host, GPU, models and recipes, then read the bundled samples"
BY_VARIANT = {"l4t": "tensorrt"}  # the engine of an image; every other reads without
WIDTH = 88


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``selfcheck``."""
    add_reader_arguments(parser)
    engine_help = "engines to read with (default: tensorrt in the image for Jetsons, else none)"
    parser.add_argument("--engine", choices=("none",) + target.TARGETS, help=engine_help)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0, or 14 when a row failed."""
    around = runtime_context()
    engine = engine_of(arguments.engine, around)

    def open_reader() -> Reader:
        return open_for(arguments, engine)

    def plain() -> Reader:
        return open_for(arguments, "none")

    show = (lambda row: None) if arguments.json else _show
    rows = checks.run(around, default_folder() if engine != "none" else "", open_reader, plain, show)
    return _finish(rows, around, arguments.json)


def engine_of(asked: Optional[str], around: RuntimeContext) -> str:
    """The engine that was asked for, else that of the image."""
    return asked or BY_VARIANT.get(around.variant, "none")


def open_for(arguments: argparse.Namespace, engine: str) -> Reader:
    """The reader of --reader, --device, --precision and --threads, by ``engine``. Raises what these raise."""
    name = parse_name(arguments.reader)
    if engine == "none":
        return open_named(name, ReaderOptions(arguments.device, arguments.precision, arguments.threads))
    return selection.open_reader(Cache(default_folder()), name, engine, arguments.precision, arguments.threads)


def _show(row: Row) -> None:
    marks = {FAILED: "FAILED", UNSEEN: "  -   "}
    print("{}  {:<20}  {}".format(marks.get(row.status, "  ok  "), row.check, row.found), flush=True)
    if row.status == FAILED:
        _wrapped("expected: " + row.expected if row.expected else "")
    if row.status in (FAILED, UNSEEN):
        _wrapped("next: " + row.next_step if row.next_step else "")


def _wrapped(text: str) -> None:
    for line in textwrap.wrap(text, WIDTH):
        print(" " * 30 + line, flush=True)


def _finish(rows: List[Row], around: RuntimeContext, as_json: bool) -> int:
    wrong = failed(rows)
    if as_json:
        record = {"ok": not wrong, "variant": around.variant, "release": around.release}
        print(json.dumps(dict(record, rows=[row.to_json() for row in rows]), ensure_ascii=False, indent=1))
    else:
        unseen = sum(row.status == UNSEEN for row in rows)
        words = "{} of {} checks failed, {} could not be made".format(len(wrong), len(rows), unseen)
        print(words if wrong else "self-check passed: {} checks, {} could not be made".format(len(rows), unseen))
    return ServiceError.exit_code if wrong else 0
