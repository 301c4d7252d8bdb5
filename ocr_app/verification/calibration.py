"""The images on which a network is judged: line crops for a recogniser, whole frames for a detector."""

import os
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core.errors import DatasetError
from ocr_app.core.types import Image, Quad
from ocr_app.datasets.crops import LineCrop, line_crops
from ocr_app.datasets.loading import DEFAULT_FILES, open_dataset, spread
from ocr_app.datasets.sample import Dataset, Sample
from ocr_app.imaging import sources
from ocr_app.imaging.load import load_image
from ocr_app.verification.subjects import RECOGNISER


class CalibrationItem(NamedTuple):
    """One image. ``truth`` is None where unknown. ``quads``: the labelled lines; if any, only these are compared."""

    id: str
    image: Image
    truth: Optional[str]
    quads: Tuple[Quad, ...] = ()


class Calibration(NamedTuple):
    """``sets``: name, sha256 and number of items of each source."""

    items: Tuple[CalibrationItem, ...]
    sets: Tuple[Dict[str, Any], ...]


def calibration(paths: Sequence[str], role: str, limit: Optional[int] = None) -> Calibration:
    """Items of data sets, or of folders of images without a manifest; ``limit`` of each, evenly spread.

    Raises DatasetError, UsageError, ImageError.
    """
    items: List[CalibrationItem] = []
    sets = []
    for path in paths:
        name, sha256, available = _items_of(path, role)
        chosen = spread(available, limit)
        items += chosen
        sets.append({"name": name, "sha256": sha256, "items": len(chosen)})
    return Calibration(tuple(items), tuple(sets))


def _items_of(path: str, role: str) -> Tuple[str, Optional[str], List[CalibrationItem]]:
    if os.path.isdir(path) and not any(os.path.isfile(os.path.join(path, name)) for name in DEFAULT_FILES):
        images = sources.expand([path])
        items = [CalibrationItem(image, load_image(image).pixels, None) for image in images]
        return os.path.basename(path.rstrip("/")), None, items
    dataset = open_dataset(path)
    return dataset.name, dataset.sha256, _crops(dataset) if role == RECOGNISER else _frames(dataset)


def _crops(dataset: Dataset) -> List[CalibrationItem]:
    crops: List[LineCrop] = line_crops(dataset)
    return [CalibrationItem(crop.id, crop.image, crop.truth) for crop in crops]


def _frames(dataset: Dataset) -> List[CalibrationItem]:
    frames = [_frame(sample) for sample in dataset.samples if sample.layout == "page"]
    if not frames:
        raise DatasetError("{} has no whole frames".format(dataset.name), "a set of pages, for a detector")
    return frames


def _frame(sample: Sample) -> CalibrationItem:
    """A page as a camera delivers it, and the lines on it that are scored."""
    scored = [line for line in sample.lines if line.scored]
    image = load_image(sample.path).pixels
    truth = "\n".join(line.text or "" for line in scored) or sample.truth
    return CalibrationItem(sample.id, image, truth, tuple(line.quad for line in scored if line.quad is not None))
