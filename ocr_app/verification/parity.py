"""Parity: an exported network read with, beside the network it was made from, on real crops and pages.

``python -m ocr_app.verification.parity NETWORK... --lines DATASET --pages DATASET`` opens each network's reader in
this Python, lets original and export answer every input, and writes into the export's record: how far the outputs
differ at most, and for each set how many texts are the same. One other text and the export has failed.
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
from ocr_app.readers.registry import module_of, parse_name, spec
from ocr_app.verification.twins import EXPORTED, ORIGINAL, Twin, install

AT_ONCE = 16  # crops handed to a reader in one call; batching inside is the reader's own

Say = Callable[[str], None]
Texts = List[Tuple[str, ...]]


def compare(
    entries: Sequence[NetworkSpec],
    folder: str,
    lines: Sequence[Dataset],
    pages: Sequence[Dataset],
    threads: int,
    say: Say,
) -> Dict[str, Dict[str, Any]]:
    """Parity of exported networks of one reader, by name.

    ``lines``: read as crops of one line; ``pages``: read whole, detector and recogniser together. Both networks are
    exchanged at once on pages, so a text there speaks for both. Raises ReaderUnavailable where the reader does not
    run in this Python, ModelError for exports that are missing or damaged.
    """
    name = parse_name(entries[0].reader)
    paths = {entry.name: os.path.join(folder, str(load_record(folder, entry.name)["file"])) for entry in entries}
    with module_of(spec(name.name)).open_reader(ReaderOptions(threads=threads, model=name.model)) as reader:
        twins = {
            entry.name: install(reader, entry.part, OnnxNetwork(paths[entry.name], threads=threads))
            for entry in entries
        }
        every = list(twins.values())
        line_sets = [_compare_set(dataset, _line_readings(reader, dataset), every, "lines", say) for dataset in lines]
        page_sets = [_compare_set(dataset, _page_readings(reader, dataset), every, "pages", say) for dataset in pages]
        return {
            entry.name: _parity(
                reader, twins[entry.name], page_sets if entry.part == "detector" else line_sets + page_sets
            )
            for entry in entries
        }


Reading = Tuple[List[str], Callable[[], Texts]]
"""Names of what is read at once, and the function that reads it."""


def _line_readings(reader: Reader, dataset: Dataset) -> List[Reading]:
    crops = line_crops(dataset)
    parts = [crops[k : k + AT_ONCE] for k in range(0, len(crops), AT_ONCE)]
    return [([crop.id for crop in part], _lines(reader, [crop.image for crop in part])) for part in parts]


def _lines(reader: Reader, images: List[Any]) -> Callable[[], Texts]:
    return lambda: [tuple(line.text for line in its) for its in reader.read_lines(images)]


def _page_readings(reader: Reader, dataset: Dataset) -> List[Reading]:
    return [([sample.id], _page(reader, sample.path)) for sample in dataset.samples]


def _page(reader: Reader, path: str) -> Callable[[], Texts]:
    return lambda: [tuple(line.text for line in reader.read(load_image(path).pixels))]


def _compare_set(
    dataset: Dataset, readings: Sequence[Reading], twins: Sequence[Twin], kind: str, say: Say
) -> Dict[str, Any]:
    """Each reading twice: the originals serve, then the exports. Real pictures' texts are not kept, only names."""
    different: List[str] = []
    for number, (names, read) in enumerate(readings, 1):
        texts = {serving: _served(serving, read, twins) for serving in (ORIGINAL, EXPORTED)}
        different += [name for name, *pair in zip(names, texts[ORIGINAL], texts[EXPORTED]) if pair[0] != pair[1]]
        for twin in twins:
            twin.forget()
        say("{} of {}, {}: {} of {}".format(kind, dataset.name, names[-1], number, len(readings)))
    items = sum(len(names) for names, _ in readings)
    head = {"name": dataset.name, "sha256": dataset.sha256, "kind": kind}
    return dict(head, items=items, equal=items - len(different), different=different)


def _served(serving: str, read: Callable[[], Texts], twins: Sequence[Twin]) -> Texts:
    for twin in twins:
        twin.serving = serving
    return read()


def _parity(reader: Reader, twin: Twin, sets: Sequence[Dict[str, Any]]) -> Dict[str, Any]:
    most = float(rules()["largest_error"])
    compared = bool(twin.calls and sets)
    return {
        "against": reader.info.engine,
        "runtime": "onnxruntime " + onnx_runtime.version(),
        "calls": twin.calls,
        "max_error": twin.max_error,
        "largest_error_allowed": most,
        "largest_output": twin.largest,
        "sets": list(sets),
        "passed": compared and twin.max_error <= most and not any(entry["different"] for entry in sets),
    }


def words(name: str, parity: Dict[str, Any]) -> str:
    """One line about a comparison."""
    texts = ", ".join("{name} {kind} {equal} of {items}".format(**entry) for entry in parity["sets"])
    return "{}: {}; largest error {:.2g} in {} calls, outputs up to {:.3g}; same texts: {}".format(
        name,
        "equal" if parity["passed"] else "NOT EQUAL",
        parity["max_error"],
        parity["calls"],
        parity["largest_output"],
        texts,
    )


def main(arguments: Optional[List[str]] = None) -> int:
    """Returns 0 when everything is equal, 7 when something is not, else the exit code of the first failure."""
    parser = argparse.ArgumentParser(prog="python -m ocr_app.verification.parity", description="compare exports")
    parser.add_argument("networks", nargs="+", metavar="NETWORK", help="names in data/networks.json")
    parser.add_argument(
        "--out", default=paths.exports(), metavar="FOLDER", help="where the exports are (default: %(default)s)"
    )
    parser.add_argument("--lines", action="append", default=[], metavar="DATASET", help="read as crops of one line")
    parser.add_argument("--pages", action="append", default=[], metavar="DATASET", help="read whole")
    parser.add_argument("--limit", type=int, metavar="N", help="only N images of each set of lines, evenly spread")
    parser.add_argument("--pages-limit", type=int, metavar="N", help="the same of each set of pages")
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="CPU threads (default: %(default)s)")
    asked = parser.parse_args(arguments)
    try:
        return _run(asked)
    except OcrError as error:
        print("parity: {}".format(error), file=sys.stderr)
        return error.exit_code


def _run(asked: argparse.Namespace) -> int:
    if not asked.lines and not asked.pages:
        raise UsageError("nothing to compare on", "--lines or --pages")
    lines = [open_dataset(path, None, asked.limit) for path in asked.lines]
    pages = [open_dataset(path, None, asked.pages_limit) for path in asked.pages]
    failed = []
    for entries in _by_reader(select(asked.networks)):
        for name, parity in compare(entries, asked.out, lines, pages, asked.threads, _say).items():
            parity["limits"] = {"lines": asked.limit, "pages": asked.pages_limit}
            write_record(
                dict(load_record(asked.out, name), parity=parity), record_path(os.path.join(asked.out, name + ".onnx"))
            )
            print(words(name, parity), flush=True)
            failed += [] if parity["passed"] else [name]
    if failed:
        raise ModelError("not like the original: {}".format(", ".join(failed)), "the same texts, and small errors")
    return 0


def _by_reader(entries: Sequence[NetworkSpec]) -> List[List[NetworkSpec]]:
    readers = sorted({entry.reader for entry in entries})
    return [[entry for entry in entries if entry.reader == reader] for reader in readers]


def _say(text: str) -> None:
    if sys.stderr.isatty():
        print(text, file=sys.stderr)


if __name__ == "__main__":
    sys.exit(main())
