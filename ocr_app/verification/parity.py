"""Parity: compares an exported network with the network it was made from, on real crops and pages.

``python -m ocr_app.verification.parity NETWORK... --lines DATASET --pages DATASET`` opens each network's reader in
this Python and runs both original and export on every input. It writes into the export's record the largest difference
of the outputs and, for each set, how many texts are equal. A single text that differs fails the export.
"""

import argparse
import os
import sys
from typing import Any, Callable, Dict, List, Optional, Sequence, Tuple

from ocr_app.core import paths
from ocr_app.core.errors import ModelError, OcrError, UsageError
from ocr_app.datasets.crops import line_crops
from ocr_app.datasets.loading import open_dataset
from ocr_app.datasets.sample import Dataset
from ocr_app.export.network_specs import NetworkSpec, rules, select
from ocr_app.export.record import load_record, record_path, write_record
from ocr_app.imaging.load import load_image
from ocr_app.networks import onnx_runtime
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.contract import Reader, ReaderOptions
from ocr_app.readers.registry import module_of, parse_name
from ocr_app.readers.registry import spec as spec_of_reader
from ocr_app.verification.twins import EXPORTED, ORIGINAL, Twin, install

AT_ONCE = 16  # crops per call of the reader, which makes its own batches of them

Report = Callable[[str], None]
Texts = List[Tuple[str, ...]]


def compare(
    specs: Sequence[NetworkSpec],
    folder: str,
    lines: Sequence[Dataset],
    pages: Sequence[Dataset],
    threads: int,
    report: Report,
) -> Dict[str, Dict[str, Any]]:
    """Parity of exported networks of one reader, by name.

    ``lines``: read as crops of one line; ``pages``: read whole, by detector and recogniser together. On pages both
    networks are replaced at once, so an equal text counts for both. Raises ReaderUnavailable where the reader does not
    run in this Python, ModelError for exports that are missing or damaged.
    """
    paths = {each.name: os.path.join(folder, str(load_record(folder, each.name)["file"])) for each in specs}
    with _open_reader(specs[0].reader, threads) as reader:
        twins = {
            each.name: install(reader, each.part, OnnxNetwork(paths[each.name], threads=threads)) for each in specs
        }
        installed = list(twins.values())
        on_lines = [_compare_set(each, _line_readings(reader, each), installed, "lines", report) for each in lines]
        on_pages = [_compare_set(each, _page_readings(reader, each), installed, "pages", report) for each in pages]
        sets = {"detector": on_pages, "recogniser": on_lines + on_pages}
        return {each.name: _parity(reader, twins[each.name], sets[each.part]) for each in specs}


def _open_reader(reader: str, threads: int) -> Reader:
    name = parse_name(reader)
    opened: Reader = module_of(spec_of_reader(name.name)).open_reader(ReaderOptions(threads=threads, model=name.model))
    return opened


Reading = Tuple[List[str], Callable[[], Texts]]
"""The names of the images of one call, and the function that reads them."""


def _line_readings(reader: Reader, dataset: Dataset) -> List[Reading]:
    crops = line_crops(dataset)
    parts = [crops[k : k + AT_ONCE] for k in range(0, len(crops), AT_ONCE)]
    return [([crop.id for crop in part], _lines(reader, [crop.image for crop in part])) for part in parts]


def _lines(reader: Reader, images: List[Any]) -> Callable[[], Texts]:
    return lambda: [tuple(line.text for line in lines) for lines in reader.read_lines(images)]


def _page_readings(reader: Reader, dataset: Dataset) -> List[Reading]:
    return [([sample.id], _page(reader, sample.path)) for sample in dataset.samples]


def _page(reader: Reader, path: str) -> Callable[[], Texts]:
    return lambda: [tuple(line.text for line in reader.read(load_image(path).pixels))]


def _compare_set(
    dataset: Dataset, readings: Sequence[Reading], twins: Sequence[Twin], kind: str, report: Report
) -> Dict[str, Any]:
    """Does each reading twice, with the originals and with the exports. Only names of images are kept, not texts."""
    different: List[str] = []
    for number, (names, read) in enumerate(readings, 1):
        texts = {serving: _served(serving, read, twins) for serving in (ORIGINAL, EXPORTED)}
        different += [name for name, *pair in zip(names, texts[ORIGINAL], texts[EXPORTED]) if pair[0] != pair[1]]
        for twin in twins:
            twin.forget()
        report("{} of {}, {}: {} of {}".format(kind, dataset.name, names[-1], number, len(readings)))
    items = sum(len(names) for names, _ in readings)
    head = {"name": dataset.name, "sha256": dataset.sha256, "kind": kind}
    return dict(head, items=items, equal=items - len(different), different=different)


def _served(serving: str, read: Callable[[], Texts], twins: Sequence[Twin]) -> Texts:
    for twin in twins:
        twin.serving = serving
    return read()


def _parity(reader: Reader, twin: Twin, sets: Sequence[Dict[str, Any]]) -> Dict[str, Any]:
    limit = float(rules()["largest_error"])
    compared = bool(twin.calls and sets)
    return {
        "against": reader.info.engine,
        "runtime": "onnxruntime " + onnx_runtime.version(),
        "calls": twin.calls,
        "max_error": twin.max_error,
        "largest_error_allowed": limit,
        "largest_output": twin.largest,
        "sets": list(sets),
        "passed": compared and twin.max_error <= limit and not any(entry["different"] for entry in sets),
    }


def format_parity(name: str, parity: Dict[str, Any]) -> str:
    """The result of one comparison, in one line."""
    texts = ", ".join("{name} {kind} {equal} of {items}".format(**entry) for entry in parity["sets"])
    return "{}: {}; largest error {:.2g} in {} calls, outputs up to {:.3g}; equal texts: {}".format(
        name,
        "equal" if parity["passed"] else "NOT EQUAL",
        parity["max_error"],
        parity["calls"],
        parity["largest_output"],
        texts,
    )


def main(argv: Optional[List[str]] = None) -> int:
    """Returns 0 when everything is equal, 7 when something differs, else the exit code of the first failure."""
    parser = argparse.ArgumentParser(prog="python -m ocr_app.verification.parity", description="compare exports")
    parser.add_argument("networks", nargs="+", metavar="NETWORK", help="names in data/networks.json")
    parser.add_argument(
        "--out", default=paths.exports(), metavar="FOLDER", help="where the exports are (default: %(default)s)"
    )
    parser.add_argument(
        "--lines", action="append", default=[], metavar="DATASET", help="data set to read as crops of one line"
    )
    parser.add_argument(
        "--pages", action="append", default=[], metavar="DATASET", help="data set to read as whole images"
    )
    parser.add_argument("--limit", type=int, metavar="N", help="use only N images of each --lines set, evenly spread")
    parser.add_argument("--pages-limit", type=int, metavar="N", help="use only N images of each --pages set")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="CPU threads (default: %(default)s)")
    try:
        return _run(parser.parse_args(argv))
    except OcrError as error:
        print("parity: {}".format(error), file=sys.stderr)
        return error.exit_code


def _run(arguments: argparse.Namespace) -> int:
    if not arguments.lines and not arguments.pages:
        raise UsageError("nothing to compare on", "--lines or --pages")
    lines = [open_dataset(path, None, arguments.limit) for path in arguments.lines]
    pages = [open_dataset(path, None, arguments.pages_limit) for path in arguments.pages]
    failed = []
    for specs in _by_reader(select(arguments.networks)):
        for name, parity in compare(specs, arguments.out, lines, pages, arguments.threads, _report).items():
            parity["limits"] = {"lines": arguments.limit, "pages": arguments.pages_limit}
            write_record(
                dict(load_record(arguments.out, name), parity=parity),
                record_path(os.path.join(arguments.out, name + ".onnx")),
            )
            print(format_parity(name, parity), flush=True)
            failed += [] if parity["passed"] else [name]
    if failed:
        raise ModelError(
            "these exports differ from their originals: {}".format(", ".join(failed)), "equal texts, and small errors"
        )
    return 0


def _by_reader(specs: Sequence[NetworkSpec]) -> List[List[NetworkSpec]]:
    readers = sorted({spec.reader for spec in specs})
    return [[spec for spec in specs if spec.reader == reader] for reader in readers]


def _report(text: str) -> None:
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
