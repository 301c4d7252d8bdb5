"""``ocr-app speed``: lines per second of recognisers alone, which read in turns."""

import argparse
import json
import sys
from contextlib import ExitStack
from typing import Any, Dict, List, Optional, Tuple

from ocr_app.benchmark import speed
from ocr_app.cli.arguments import PRECISIONS, positive, write_json
from ocr_app.core.tables import table
from ocr_app.datasets.loading import open_dataset
from ocr_app.opening import ENGINES, NO_ENGINE, ReaderRequest, open_reader
from ocr_app.readers.registry import parse_name

READERS = ("codes", "ppocr:v6-small", "ppocr:v6-tiny", "ppocr:v4-mobile")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of ``speed``."""
    parser.add_argument("datasets", nargs="+", metavar="DATASET", help="as for `ocr-app benchmark`")
    reader_help = "name[:model]; repeat for more; the others are compared with the first (default: {})"
    parser.add_argument("--reader", action="append", metavar="R", help=reader_help.format(", ".join(READERS)))
    engine_help = "engines to read with; repeat to measure every reader with each (default: none)"
    parser.add_argument("--engine", action="append", choices=ENGINES, help=engine_help)
    parser.add_argument("--precision", choices=PRECISIONS, default="fp32", help="of engines (default: %(default)s)")
    parser.add_argument("--threads", type=positive, default=1, metavar="N", help="CPU threads (default: %(default)s)")
    parser.add_argument("--rounds", type=positive, default=5, metavar="N", help="(default: %(default)s)")
    parser.add_argument("--limit", type=positive, metavar="N", help="read only N images of each set, evenly spread")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0; raises any OcrError."""
    datasets = [open_dataset(path, None, arguments.limit) for path in arguments.datasets]
    with ExitStack() as stack:
        readers = {title: stack.enter_context(open_reader(request)) for title, request in _requests(arguments)}
        record = speed.measure(readers, datasets, arguments.threads, arguments.rounds, _report)
    if arguments.out:
        write_json(record, arguments.out)
    print(json.dumps(record, ensure_ascii=False, indent=1) if arguments.json else _format_record(record))
    return 0


def _requests(arguments: argparse.Namespace) -> List[Tuple[str, ReaderRequest]]:
    """Each reader with each kind of engine, and its name in the table."""
    requests = []
    for name in arguments.reader or READERS:
        for engine in arguments.engine or [NO_ENGINE]:
            precision = "fp32" if engine == NO_ENGINE else arguments.precision
            title = name if engine == NO_ENGINE else "{} {} {}".format(name, engine, precision)
            request = ReaderRequest(parse_name(name), engine, precision=precision, threads=arguments.threads)
            requests.append((title, request))
    return requests


def _report(message: str) -> None:
    if sys.stderr.isatty():
        print(message, file=sys.stderr)


def _format_record(record: Dict[str, Any]) -> str:
    parts = ["{} crops, {} rounds, {} thread(s)".format(record["crops"], record["rounds"], record["threads"])]
    for batch, kinds in record["batches"].items():
        for kind, title in (("recognise", "recognition"), ("whole", "with decoding")):
            head = (
                "lines per second, {} at once, {}".format(batch, title),
                "median",
                "least",
                "most",
                "first is faster",
            )
            parts.append(table(head, [_row(name, rates) for name, rates in kinds[kind].items()]))
    if not record["valid"]:
        codes = ", ".join(reason["code"] for reason in record["invalid_reasons"])
        parts.append("Not a valid measurement: " + codes)
    return "\n\n".join(parts)


def _row(name: str, measured: Optional[Dict[str, Any]]) -> List[str]:
    if measured is None:
        return [name, "-", "-", "-", "-"]
    rates = ["{:.1f}".format(measured[key]) for key in ("lines_per_s", "least", "most")]
    ratio = measured["first_is_faster_by"]
    return [name, *rates, "-" if ratio is None else "{:.2f} times".format(ratio)]
