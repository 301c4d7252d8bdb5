"""``ocr-app selfcheck``: is this image fit for this host, and does it read; what a container does without arguments."""

import argparse
import json
import textwrap
from typing import List, Optional

from ocr_app.board.runtime_context import RuntimeContext, runtime_context
from ocr_app.cli.arguments import add_reader_arguments, reader_request
from ocr_app.core.errors import ServiceError
from ocr_app.engines.cache import default_folder
from ocr_app.line.selfcheck import checks
from ocr_app.line.selfcheck.rows import FAILED, UNSEEN, Row, failed
from ocr_app.opening import NO_ENGINE, open_reader
from ocr_app.readers.contract import Reader

HELP = "check image, host, GPU, models and recipes, then read the bundled samples"
BY_VARIANT = {"l4t": "tensorrt"}  # the engine of an image; every other reads without
WIDTH = 88


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``selfcheck``."""
    add_reader_arguments(parser, engine=None)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0, or 14 when a row failed."""
    around = runtime_context()
    engine = engine_of(arguments.engine, around)

    def with_engine() -> Reader:
        return open_for(arguments, engine)

    def plain() -> Reader:
        return open_for(arguments, NO_ENGINE)

    show = (lambda row: None) if arguments.json else _show
    rows = checks.run(around, default_folder() if engine != NO_ENGINE else "", with_engine, plain, show)
    return _finish(rows, around, arguments.json)


def engine_of(asked: Optional[str], around: RuntimeContext) -> str:
    """The engine that was asked for, else that of the image."""
    return asked or BY_VARIANT.get(around.variant, NO_ENGINE)


def open_for(arguments: argparse.Namespace, engine: str) -> Reader:
    """The reader of --reader, --device, --precision and --threads, by ``engine``. Raises what these raise."""
    return open_reader(reader_request(arguments)._replace(engine=engine))


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
