"""``ocr-app benchmark cnn``: arguments, and what is printed."""

import argparse
import json
import sys
from typing import Any, Dict, List

from ocr_app.benchmark.cnn import suite
from ocr_app.benchmark.cnn.measure import ENGINES, RUNS
from ocr_app.cli.arguments import positive, write_json
from ocr_app.core.tables import table

HELP = "whether this Nano is as fast as a Nano should be: known networks against published figures"
DOES_NOT = 4
"""Exit code when the board does not perform as it should."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``benchmark cnn``."""
    parser.add_argument(
        "--network",
        action="append",
        default=[],
        metavar="N",
        help="a network; repeat for more (default: the usual ones)",
    )
    parser.add_argument(
        "--device", choices=("cuda", "cpu"), default="cuda", help="cuda: on a Nano (default); cpu: on a PC"
    )
    parser.add_argument("--engine", action="append", choices=ENGINES, help="(default: all that the device has)")
    parser.add_argument("--runs", type=positive, default=RUNS, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--threads", type=positive, default=2, metavar="N", help="CPU threads (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0, or 4 when the board does not perform as it should or nothing could be measured."""
    engines = arguments.engine or suite.ENGINES_OF[arguments.device]
    names = suite.select(arguments.network)
    request = suite.CnnRequest(names, arguments.device, engines, arguments.runs, arguments.threads)
    record = suite.check(request, _report)
    if arguments.out:
        write_json(record, arguments.out)
    print(json.dumps(record, ensure_ascii=False, indent=1) if arguments.json else format_record(record))
    measured = any("fps" in row for row in record["rows"])
    return 0 if measured and record["verdict"]["as_it_should"] is not False else DOES_NOT


def _report(text: str) -> None:
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


def format_record(record: Dict[str, Any]) -> str:
    """The record as a table, reasons not to trust it, and the verdict."""
    head = ("network", "engine", "precision", "fps", "ms", "published fps", "share")
    parts = [table(head, [_cells(row) for row in record["rows"]])]
    if record["against"]:
        parts.append("Not comparable as it is:\n  " + "\n  ".join(record["against"]))
    state = {True: "As it should be", False: "NOT as it should be", None: "No verdict"}
    parts.append("{}: {}.".format(state[record["verdict"]["as_it_should"]], record["verdict"]["words"]))
    source = record["table"]["source"]
    parts.append("Published: {} {}, {}.".format(source["repository"], source["file"], source["year"]))
    return "\n\n".join(parts)


def _cells(row: Dict[str, Any]) -> List[str]:
    if "error" in row:
        return [row["network"], row["engine"], "-", "-", "-", "-", "not run: " + row["error"]]
    published = row["published"]
    figures = ["{:.3g}".format(row[key]) for key in ("fps", "ms")]
    compared = ["{:.3g}".format(published["fps"]), "{:.0%}".format(row["share"])] if published else ["-", "-"]
    return [row["network"], row["engine"], row["precision"], *figures, *compared]
