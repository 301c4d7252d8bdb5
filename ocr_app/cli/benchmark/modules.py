"""``ocr-app benchmark modules``: arguments, and what is printed."""

import argparse
import json
import re
import sys
from typing import Any, Dict, List, Tuple

from ocr_app.benchmark.modules import suite
from ocr_app.benchmark.modules.measure import ENGINES, RUNS
from ocr_app.cli.arguments import positive, write_json
from ocr_app.core import paths
from ocr_app.core.errors import ModelError
from ocr_app.core.tables import table
from ocr_app.export.network_specs import select

HELP = "detection and recognition separately, with and without TensorRT (exports: ./inv export)"
FRAME = "640x480"


def size(text: str) -> Tuple[int, int]:
    """WxH in pixels."""
    match = re.match(r"([1-9]\d{0,4})x([1-9]\d{0,4})\Z", text)
    if not match:
        raise argparse.ArgumentTypeError("{!r} is not WxH".format(text))
    return int(match.group(1)), int(match.group(2))


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``benchmark modules``."""
    parser.add_argument(
        "--network", action="append", default=[], metavar="N", help="a network; repeat for more (default: all)"
    )
    parser.add_argument("--engine", action="append", default=[], choices=ENGINES, help="(default: all)")
    parser.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="of engines other than TensorRT")
    parser.add_argument("--frame", type=size, default=FRAME, metavar="WxH", help="of detectors (default: %(default)s)")
    parser.add_argument("--runs", type=positive, default=RUNS, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--threads", type=positive, default=2, metavar="N", help="CPU threads (default: %(default)s)")
    parser.add_argument("--exports", default=paths.exports(), metavar="FOLDER", help="(default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0. Raises ModelError when no network could run."""
    request = suite.ModulesRequest(
        select(arguments.network),
        suite.check_engines(arguments.engine),
        arguments.device,
        arguments.frame,
        arguments.runs,
        arguments.threads,
        arguments.exports,
    )
    record = suite.measure(request, _report)
    if arguments.out:
        write_json(record, arguments.out)
    print(json.dumps(record, ensure_ascii=False, indent=1) if arguments.json else format_record(record))
    if not any("ms" in row for row in record["rows"]):
        raise ModelError("no network could be run", "exports in " + arguments.exports, "./inv export")
    return 0


def _report(text: str) -> None:
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


def format_record(record: Dict[str, Any]) -> str:
    """One table per part, then the reasons why rows are empty and why the times are not valid, if so."""
    head = ("engine", "input", "ms", "p95", "ms each", "thesis ms")
    parts = []
    for part in ("detector", "recogniser"):
        rows = [row for row in record["rows"] if row["part"] == part]
        if rows:
            parts.append(table((part + "s", *head), [_cells(row, record["published"]) for row in rows]))
    parts.append(
        "The thesis's times: measured on its Nano and its own frames, on the GPU; its TensorRT precision is unknown."
    )
    reasons = ["  {network} {engine}: {error}".format(**row) for row in record["rows"] if "error" in row]
    if reasons:
        parts.append("\n".join(["Not run:"] + reasons))
    if not record["valid"]:
        codes = ", ".join(reason["code"] for reason in record["invalid_reasons"])
        parts.append("Not a valid measurement: " + codes)
    return "\n\n".join(parts)


def _cells(row: Dict[str, Any], published: List[Dict[str, Any]]) -> List[str]:
    thesis = suite.thesis_ms(row["reader"], row["part"], row["engine"], published)
    known = "-" if thesis is None else "{:.1f}".format(thesis)
    figures = ["{:.1f}".format(row[key]) for key in ("ms", "p95_ms", "ms_each")] if "ms" in row else ["not run", "", ""]
    return [row["network"], row["engine"], "x".join(map(str, row["shape"])), *figures, known]
