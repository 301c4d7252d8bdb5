"""Opening a data set: a manifest, the thesis's dataset.json, labelled photos, a table, or a public format."""

import glob
import hashlib
import os
from typing import Any, Callable, Dict, List, Optional, Tuple, TypeVar

from ocr_app.core.errors import DatasetError
from ocr_app.datasets import formats, public_formats
from ocr_app.datasets.formats import problem
from ocr_app.datasets.sample import Dataset, Sample

Parser = Callable[[str], List[Sample]]
Entry = TypeVar("Entry")
GOLDEN_RATIO = (5.0**0.5 - 1.0) / 2.0
DEFAULT_FILES = (
    "manifest.json", "dataset.json", "photos.json", "labels.tsv", "labels.csv", "labels.txt", "rec_gt.txt", "Label.txt",
)  # fmt: skip
"""The files that are looked for, in this order, if a data set is given as a folder; after them ``gt_*.txt``."""


_PUBLIC: Dict[str, Parser] = {
    "paddle-lines": public_formats.read_paddle_lines,
    "paddle-pages": public_formats.read_paddle_pages,
    "icdar": public_formats.read_icdar,
}
_INCOMPLETE = ("photos", "paddle-pages", "icdar")
"""Formats of photographs, which may show text that is not labelled."""


def open_dataset(source: str, split: Optional[str] = None, limit: Optional[int] = None) -> Dataset:
    """The data set at ``source``: a folder, a file, or ``table.tsv:split``.

    ``limit`` chooses that many samples, evenly spread. Raises DatasetError for a data set that does not exist, has an
    unknown format, is malformed, names missing images, has no samples, or repeats an id.
    """
    file, split = _file_and_split(source, split)
    kind, samples = _parse(file, split)
    if not samples:
        raise problem(file, "samples", "none", "at least one image")
    _refuse_repeats(file, samples)
    chosen = spread(samples, limit)
    return Dataset(_name(file, split), kind, source, tuple(chosen), fingerprint(file, chosen), kind not in _INCOMPLETE)


def _file_and_split(source: str, split: Optional[str]) -> Tuple[str, Optional[str]]:
    if os.path.isdir(source):
        return _default_file(source), split
    head, _, tail = source.rpartition(":")
    if head and not os.path.exists(source):
        source, split = head, tail
    if not os.path.isfile(source):
        raise DatasetError("{} does not exist".format(source), "a data set's folder or file", "check the path")
    return source, split


def _default_file(folder: str) -> str:
    for name in DEFAULT_FILES:
        if os.path.isfile(os.path.join(folder, name)):
            return os.path.join(folder, name)
    icdar = sorted(glob.glob(os.path.join(glob.escape(folder), "gt_*.txt")))
    if icdar:
        return icdar[0]
    expected = "one of {}, or gt_*.txt".format(", ".join(DEFAULT_FILES))
    raise DatasetError("{}: no data set in this folder".format(folder), expected, "give the file itself")


def _parse(file: str, split: Optional[str]) -> Tuple[str, List[Sample]]:
    public = public_formats.kind_of(file) if file.endswith(".txt") else None
    if file.endswith((".tsv", ".txt", ".csv")) and public is None:
        return "tsv", formats.read_tsv(file, split)
    if split is not None:
        raise problem(file, "split", split, "no split: only tables have one")
    if public is not None:
        return public, _PUBLIC[public](file)
    kind = _kind_of(file, formats.load_json(file))
    parsers: Dict[str, Parser] = {
        "nano-codes": formats.read_manifest,
        "thesis": formats.read_thesis,
        "photos": formats.read_photos,
    }
    return kind, parsers[kind](file)


def _kind_of(file: str, record: Dict[str, Any]) -> str:
    if "format" in record:
        return "nano-codes"
    first = next(iter(record.values()), None)
    if isinstance(first, dict) and "img_path" in first:
        return "thesis"
    if isinstance(first, dict) and "lines" in first:
        return "photos"
    raise problem(
        file, "top level", ", ".join(list(record)[:3]) or "empty", '"format", or ids with "img_path" or "lines"'
    )


def _name(file: str, split: Optional[str]) -> str:
    """The name of the folder, with the split or, unless it is manifest or labels, the name of the file."""
    folder = os.path.basename(os.path.dirname(os.path.abspath(file)))
    stem = os.path.splitext(os.path.basename(file))[0]
    extra = split or ("" if stem in ("manifest", "labels") else stem)
    return folder + "-" + extra if extra else folder


def _refuse_repeats(file: str, samples: List[Sample]) -> None:
    seen = set()
    for sample in samples:
        if sample.id in seen:
            raise problem(file, sample.id, "this id is used twice", "unique ids")
        seen.add(sample.id)


def spread(samples: List[Entry], limit: Optional[int]) -> List[Entry]:
    """At most ``limit`` samples, evenly spread over the list and in its order, the same in every call.

    The choice follows multiples of the golden ratio instead of a fixed step, which could choose only one of the kinds
    of print in a set in which they alternate.
    """
    if limit is None or limit >= len(samples):
        return samples
    ranked = sorted(range(len(samples)), key=lambda number: (number * GOLDEN_RATIO) % 1.0)
    return [samples[number] for number in sorted(ranked[: max(limit, 0)])]


def fingerprint(file: str, samples: List[Sample]) -> str:
    """sha256 over the bytes of the manifest and the chosen images: equal for equal inputs, in whatever folder."""
    digest = hashlib.sha256()
    for path in [file] + [sample.path for sample in samples]:
        with open(path, "rb") as stream:
            digest.update(hashlib.sha256(stream.read()).digest())
    return digest.hexdigest()


def to_manifest(dataset: Dataset, folder: str) -> Dict[str, Any]:
    """The nano-codes/1 form, with image paths relative to ``folder``; reading it back gives equal samples."""
    images = [_to_json(sample, folder) for sample in dataset.samples]
    return {"format": formats.MANIFEST, "name": dataset.name, "images": images}


def _to_json(sample: Sample, folder: str) -> Dict[str, Any]:
    lines = [
        {"text": line.text, "quad": formats.quad_to_json(line.quad), "ignore": line.ignore} for line in sample.lines
    ]
    image = os.path.relpath(sample.path, folder).replace(os.sep, "/")
    box = None if sample.box is None else list(sample.box)
    return {
        "id": sample.id,
        "image": image,
        "code": sample.truth,
        "lines": lines,
        "box": box,
        "tags": dict(sample.tags),
    }
