"""Figures of a detector: held-out scenes, nano-codes-100, and photos where they are there.

python -m training.detector.evaluate --model ocr_app/data/models/code-detector.onnx --out FILE.json
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.imaging.geometry import sides
from ocr_app.networks.onnx import OnnxNetwork
from ocr_app.readers.codes_detect import Detector, DetectorSettings, settings_from
from training.detector import pool, scenes
from training.detector.matching import Tally

_ROOT = Path(__file__).resolve().parents[2]
CODES = _ROOT / "ocr_app" / "data" / "codes.json"
NANO_CODES = _ROOT / "data" / "nano-codes-100"
_HEIGHTS = (6, 9, 12, 16, 24, 40, 120)  # px of the network's input
HELD_OUT = 13  # seed of scenes that no training sees


@dataclass(frozen=True)
class Example:
    """An image, its lines, what counts as neither, and the kinds it is reported under."""

    image: NDArray[np.uint8]
    lines: list[NDArray[np.float32]]
    unsure: list[NDArray[np.float32]]
    kinds: tuple[str, ...]


def evaluate(model: Path, threads: int = 2, photos: Path | None = None, folder: Path | None = None) -> dict[str, Any]:
    """Figures of the detector in ``model`` with the settings of codes.json.

    Args:
        model: an ONNX file.
        threads: of ONNX Runtime.
        photos: a folder with photos.json, if there is one; evaluation only.
        folder: of the pool; None leaves the held-out scenes away.
    """
    detector = Detector(OnnxNetwork(str(model), threads=threads), settings())
    report: dict[str, Any] = {
        "model": {"sha256": hashlib.sha256(model.read_bytes()).hexdigest(), "bytes": model.stat().st_size},
        "nano-codes-100": measure(detector, nano_codes(NANO_CODES)),
    }
    if folder:
        pool.make(folder, HELD_OUT, 0, 1)
        held_out = pool.load(folder, HELD_OUT).scenes
        report["scenes"] = measure(detector, (_example(scene) for scene in held_out))
        report["scenes"]["by height"] = by_height(detector, held_out)
    if photos:
        report["photos"] = measure(detector, photo_set(photos))
    return report


def settings() -> DetectorSettings:
    """The default detector's settings in codes.json."""
    data = json.loads(CODES.read_text(encoding="utf-8"))
    return settings_from(data["models"][data["default"]]["detector"])


def measure(detector: Detector, examples: Iterator[Example]) -> dict[str, Any]:
    """Figures over all examples and by kind, and milliseconds an image (median)."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    spent = []
    for example in examples:
        begun = time.perf_counter()
        found = [line.quad for line in detector(example.image)]
        spent.append(1000.0 * (time.perf_counter() - begun))
        for kind in ("all", *example.kinds):
            tallies[kind].add(example.lines, example.unsure, found)
    if not spent:
        raise ValueError("a set without images has no figures")
    kinds = {kind: {"lines": tally.lines, **tally.figures()} for kind, tally in sorted(tallies.items())}
    return {"images": len(spent), "milliseconds": round(float(np.median(spent)), 1), "kinds": kinds}


def by_height(detector: Detector, held_out: list[scenes.Scene]) -> dict[str, Any]:
    """Percent of lines found, by line height in pixels of the network's input."""
    tallies: dict[str, Tally] = defaultdict(Tally)
    for scene in held_out:
        found = [line.quad for line in detector(np.asarray(cv2.cvtColor(scene.grey, cv2.COLOR_GRAY2BGR)))]
        scale = settings().side / max(scene.grey.shape)
        for quad in scene.lines:
            place = int(np.searchsorted(_HEIGHTS, sides(quad)[1] * scale))
            if 0 < place < len(_HEIGHTS):
                tallies[f"{_HEIGHTS[place - 1]}-{_HEIGHTS[place]} px"].add([quad], [], found)
    keep = ("recall", "whole")
    return {k: {"lines": t.lines, **{name: t.figures()[name] for name in keep}} for k, t in sorted(tallies.items())}


def _example(scene: scenes.Scene) -> Example:
    image = np.asarray(cv2.cvtColor(scene.grey, cv2.COLOR_GRAY2BGR), dtype=np.uint8)
    kind = "in hand" if scene.grey.shape[0] == scene.grey.shape[1] else "line camera"
    return Example(image, list(scene.lines), list(scene.unsure), (kind,))


def nano_codes(folder: Path) -> Iterator[Example]:
    """The images of a drawn data set, kinds from their tags."""
    data = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for record in data["images"]:
        quads = [np.asarray(line["quad"], dtype=np.float32) for line in record["lines"]]
        kinds = tuple(f"{tag} {record['tags'][tag]}" for tag in ("print", "condition", "difficulty"))
        yield Example(_image(folder / record["image"]), quads, [], kinds)


def photo_set(folder: Path) -> Iterator[Example]:
    """Labelled photos; lines marked as to be ignored count neither way."""
    data = json.loads((folder / "photos.json").read_text(encoding="utf-8"))
    for name, record in sorted(data.items()):
        lines = [np.asarray(r["quad"], dtype=np.float32) for r in record["lines"] if not r["ignore"]]
        unsure = [np.asarray(r["quad"], dtype=np.float32) for r in record["lines"] if r["ignore"]]
        yield Example(_image(folder / name), lines, unsure, ())


def _image(path: Path) -> NDArray[np.uint8]:
    image = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if image is None:
        raise FileNotFoundError(f"{path}: no image that OpenCV reads")
    return np.asarray(image, dtype=np.uint8)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, help="write the figures to this JSON file")
    parser.add_argument("--pool", type=Path, help="folder of the pool, to measure on held-out scenes as well")
    parser.add_argument("--photos", type=Path, help="folder with photos.json")
    parser.add_argument("--threads", type=int, default=2)
    wanted = parser.parse_args(arguments)
    text = json.dumps(evaluate(wanted.model, wanted.threads, wanted.photos, wanted.pool), indent=2) + "\n"
    if wanted.out:
        wanted.out.write_text(text, encoding="utf-8")
    print(text, end="")


if __name__ == "__main__":
    main()
