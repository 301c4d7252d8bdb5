"""``ocr-app selfcheck``: whether this image suits this host, and reads. A container runs it by default."""

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

HELP = "check the image, host, GPU, models and recipes, then read the bundled samples"
BY_VARIANT = {"l4t": "tensorrt"}  # the engine of a variant of the image; every other variant reads without one
WIDTH = 88


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``selfcheck``."""
    add_reader_arguments(parser, engine=None)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0; 14 when a check failed."""
    context = runtime_context()
    engine = engine_of(arguments.engine, context)

    def with_engine() -> Reader:
        return open_for(arguments, engine)

    def plain() -> Reader:
        return open_for(arguments, NO_ENGINE)

    show = (lambda row: None) if arguments.json else _show
    rows = checks.run(context, default_folder() if engine != NO_ENGINE else "", with_engine, plain, show)
    return _finish(rows, context, arguments.json)


def engine_of(requested: Optional[str], context: RuntimeContext) -> str:
    """The requested engine, or that of the image."""
    return requested or BY_VARIANT.get(context.variant, NO_ENGINE)


def open_for(arguments: argparse.Namespace, engine: str) -> Reader:
    """Opens the reader that the arguments request, with ``engine``. Raises what open_reader raises."""
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


def _finish(rows: List[Row], context: RuntimeContext, as_json: bool) -> int:
    failures = failed(rows)
    if as_json:
        record = {"ok": not failures, "variant": context.variant, "release": context.release}
        print(json.dumps(dict(record, rows=[row.to_json() for row in rows]), ensure_ascii=False, indent=1))
    else:
        unseen = sum(row.status == UNSEEN for row in rows)
        failure = "{} of {} checks failed, {} could not be made".format(len(failures), len(rows), unseen)
        print(failure if failures else "self-check passed: {} checks, {} could not be made".format(len(rows), unseen))
    return ServiceError.exit_code if failures else 0
