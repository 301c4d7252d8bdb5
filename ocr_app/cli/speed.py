"""``ocr-app speed``: lines per second of recognisers alone, or the stages of a frame outside the networks."""

import argparse
import json
import sys
from contextlib import ExitStack
from typing import Any, Dict, List, Optional, Sequence, Tuple

from ocr_app import recipes
from ocr_app.benchmark import speed
from ocr_app.benchmark.processor import measure as processor
from ocr_app.benchmark.processor.frames import frames_of
from ocr_app.cli.arguments import PRECISIONS, positive, write_json
from ocr_app.core.errors import UsageError
from ocr_app.core.tables import table
from ocr_app.datasets.loading import open_dataset
from ocr_app.datasets.sample import Dataset
from ocr_app.opening import ENGINES, NO_ENGINE, ReaderRequest, open_reader
from ocr_app.readers.registry import DEFAULT_READER, parse_name

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
    stages_help = "measure one reader's work outside its networks, by stage, in frames of three lines"
    parser.add_argument("--stages", action="store_true", help=stages_help)
    recipe_help = "with --stages: decode and judge under this recipe too; repeat for more"
    parser.add_argument("--recipe", action="append", default=[], metavar="FILE", help=recipe_help)
    mips_help = "with --stages: 7-Zip's rating of one thread of this machine (7zz b -mmt1), to estimate a Nano"
    parser.add_argument("--seven-zip-mips", type=positive, metavar="N", help=mips_help)
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--out", metavar="FILE.json", help="write the JSON form to a file")


def run(arguments: argparse.Namespace) -> int:
    """Returns 0; raises any OcrError."""
    datasets = [open_dataset(path, None, arguments.limit) for path in arguments.datasets]
    record = (_measure_stages if arguments.stages else _measure_speed)(arguments, datasets)
    if arguments.out:
        write_json(record, arguments.out)
    table_of = format_stages if arguments.stages else _format_record
    print(json.dumps(record, ensure_ascii=False, indent=1) if arguments.json else table_of(record))
    return 0


def _measure_speed(arguments: argparse.Namespace, datasets: Sequence[Dataset]) -> Dict[str, Any]:
    if arguments.recipe or arguments.seven_zip_mips:
        raise UsageError("--recipe and --seven-zip-mips without --stages", "ocr-app speed DATASET --stages")
    with ExitStack() as stack:
        readers = {title: stack.enter_context(open_reader(request)) for title, request in _requests(arguments)}
        return speed.measure(readers, datasets, arguments.threads, arguments.rounds, _report)


def _measure_stages(arguments: argparse.Namespace, datasets: Sequence[Dataset]) -> Dict[str, Any]:
    names = arguments.reader or [DEFAULT_READER]
    if len(names) > 1 or arguments.engine:
        raise UsageError("--stages with several readers, or with engines", "one --reader, no --engine")
    frames = frames_of([sample for dataset in datasets for sample in dataset.samples])
    named = [recipes.load(path) for path in arguments.recipe]
    with open_reader(ReaderRequest(parse_name(names[0]), threads=1)) as reader:
        return processor.measure(reader, frames, named, arguments.rounds, _report, arguments.seven_zip_mips)


def format_stages(record: Dict[str, Any]) -> str:
    """One table per recipe: milliseconds per frame of each stage, and of all; then the estimate for a Nano."""
    parts = ["{}, {} frames, {} rounds, one thread".format(record["reader"], record["frames"], record["rounds"])]
    for name, measured in record["recipes"].items():
        rows = [(stage, measured["stages"][stage]) for stage in measured["stages"]] + [("all", measured["total"])]
        cells = [[stage, _ms(times["median"]), _ms(times["p95"]), _ms(times["max"])] for stage, times in rows]
        parts.append(table((name + ", ms per frame", "median", "p95", "max"), cells))
    if record["nano"]:
        estimates = ["{} {:.1f}".format(name, ms) for name, ms in record["nano"]["estimate_ms"].items()]
        text = "Estimate for a Nano, {:.2f} times slower by 7-Zip's rating and its Python, ms per frame: {}"
        parts.append(text.format(record["nano"]["slower"], ", ".join(estimates)))
    return "\n\n".join(parts)


def _ms(value: Optional[float]) -> str:
    return "-" if value is None else "{:.2f}".format(value)


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
