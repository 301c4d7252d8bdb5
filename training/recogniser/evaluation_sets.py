"""The lines on which the recogniser is measured: drawn ones, receipts that no training saw, and real crops."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.datasets.crops import MARGIN
from ocr_app.datasets.loading import open_dataset
from ocr_app.imaging.geometry import grow, rectify, sides
from training import cards
from training.real import receipts
from training.recogniser import lines
from training.render import fonts

REAL = cards.ROOT.parent / "shared" / "real"
_HELD_OUT_SEED, _UNSEEN_SEED, _PLAIN_SEED, _LABEL_SEED = 77, 78, 79, 80
_RECEIPT_EVERY = 2  # of the held-out receipts' lines every second one is measured
KINDS = {
    "ed": "products",
    "fe": "products",
    "zx": "part labels",
    "gb": "dot matrix",
    "dpm": "marked metal",
    "dm": "boxes and tags",
    "med": "medicine",
    "kg": "bottle",
}  # by the prefix of a photograph's name


@dataclass(frozen=True)
class EvaluationLine:
    """A crop with its ground truth and the group in which it is reported.

    ``shown`` is the text in the case that was printed, "" where that is not known.
    """

    pixels: NDArray[np.uint8]
    text: str
    group: str
    shown: str = ""


def rendered(
    seed: int, use: str, count: int, style: str = "hard", height: int = lines.HEIGHT
) -> Iterable[EvaluationLine]:
    """Lines of the pool's renderer with the fonts reserved for ``use``; the training uses other seeds."""
    for index in range(count):
        crop = lines.render(seed, index, fonts.names(use), lines.STYLES[style], height)
        yield EvaluationLine(crop.pixels, crop.text, crop.kind, crop.shown)


def drawn(folder: Path) -> Iterable[EvaluationLine]:
    """The lines of a nano-codes set, cut by their true quads."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for entry in manifest["images"]:
        frame = np.asarray(cv2.imread(str(folder / entry["image"])), dtype=np.uint8)
        for line in entry["lines"]:
            yield EvaluationLine(cut(frame, np.asarray(line["quad"])), line["text"], entry["tags"]["print"])


def cut(frame: NDArray[np.uint8], quad: NDArray[np.float64]) -> NDArray[np.uint8]:
    """The pixels of a line, with the margin that every recogniser gets."""
    corners = np.asarray(quad, dtype=np.float32)
    return np.asarray(rectify(frame, grow(corners, MARGIN * sides(corners)[1])), dtype=np.uint8)


def real_crops(split: str, folder: Path = REAL) -> Iterable[EvaluationLine]:
    """Real crops (evaluation only)."""
    for sample in open_dataset(f"{folder / 'labels.tsv'}:{split}").samples:
        yield EvaluationLine(np.asarray(cv2.imread(sample.path), dtype=np.uint8), sample.truth or "", split)


def photographs(name: str, folder: Path = REAL) -> Iterable[EvaluationLine]:
    """The scored lines of real photographs (evaluation only), cut by their quads, by kind of photograph."""
    for sample in open_dataset(str(folder / f"{name}.json")).samples:
        frame = np.asarray(cv2.imread(sample.path), dtype=np.uint8)
        kind = KINDS[Path(sample.path).name.split("_")[0]]
        for line in sample.lines:
            if line.scored and line.text is not None and line.quad is not None:
                yield EvaluationLine(cut(frame, line.quad), line.text, kind)


def held_out_receipts(folder: Path = receipts.FOLDER) -> Iterable[EvaluationLine]:
    """Lines of the receipts that no training saw, with letters or digits; the labels are upper case."""
    chosen = [line for line in receipts.split(receipts.read(folder)).held_out if line.cer is not None]
    chosen = chosen[::_RECEIPT_EVERY]
    for line, pixels in zip(chosen, receipts.crops(chosen, folder), strict=True):
        yield EvaluationLine(pixels, line.text, "receipt")


def rendered_sets(count: int, height: int = lines.HEIGHT) -> dict[str, list[EvaluationLine]]:
    """The drawn sets that every machine with the fonts can make; single lines are ``height`` px high."""
    return {
        "rendered, held out": list(rendered(_HELD_OUT_SEED, "train", count, height=height)),
        "rendered, unseen typefaces": list(rendered(_UNSEEN_SEED, "test", count, height=height)),
        "rendered, plain": list(rendered(_PLAIN_SEED, "train", count, "plain", height)),
        "rendered, labels in unseen typefaces": list(rendered(_LABEL_SEED, "test", count, "label", height)),
        "nano-codes-100, true quads": list(drawn(cards.ROOT / "data" / "nano-codes-100")),
    }


def real_sets() -> dict[str, list[EvaluationLine]]:
    """The real sets that exist on this machine."""
    found: dict[str, list[EvaluationLine]] = {}
    if (receipts.FOLDER / "lines.tsv").is_file():
        found["receipts, held out"] = list(held_out_receipts())
    if (REAL / "labels.tsv").is_file():
        found.update({"real dates": list(real_crops("dates")), "real lines": list(real_crops("lines"))})
        for name in ("photos", "photos2"):
            if (REAL / f"{name}.json").is_file():
                found[f"real {name}, true quads"] = list(photographs(name))
    else:
        print(f"not measured: real crops and photographs ({REAL.name}/ is not there)", file=sys.stderr)
    return found
