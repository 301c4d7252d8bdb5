"""Chooses how the reader scales a frame for the detector, and its thresholds, on held-out data of the training's side.

python -m training.detector.choose --pool build/detector-pool --seed 12 122 162 [--model FILE]

Every combination is measured on held-out drawn scenes, receipts and photographs (see ``real_scenes --held-out``), never
on the sets that evaluation uses. The table goes to docs/models/code-detector-settings.json; the best row within the
time of PP-OCRv6 tiny's detector on the same pictures is printed.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.imaging.geometry import sides
from ocr_app.networks.onnx_runtime import OnnxNetwork
from ocr_app.readers.codes.detector import CodeDetectorSettings, lines_from_maps, prepare
from training import cards
from training.detector import evaluate, pool
from training.detector.matching import Tally, overlap
from training.detector.scenes import Scene

TARGET = cards.CARDS / "code-detector-settings.json"
_SIZES = ((640, 960), (800, 960), (960, 960), (960, 1280), (1120, 1280))  # side, largest_side
_PIXEL, _LINE = (0.3, 0.4, 0.5), (0.5, 0.6, 0.7)
_LARGEST_SCALE = 2.0
_MATCHED = 0.5  # least overlap at which a quad is the one of a line
_EXTRA_COST = 2.0  # points of recall that one more wrong quad per frame is worth


@dataclass(frozen=True)
class Row:
    """One combination: what it finds of all text and of codes (percent), wrong quads per frame, and its time."""

    side: int
    largest_side: int
    pixel_threshold: float
    line_threshold: float
    text: float
    codes: float
    extra_per_frame: float
    milliseconds: float

    def settings(self) -> CodeDetectorSettings:
        """The reader's settings of this row."""
        return CodeDetectorSettings(
            side=self.side,
            largest_side=self.largest_side,
            largest_scale=_LARGEST_SCALE,
            pixel_threshold=self.pixel_threshold,
            line_threshold=self.line_threshold,
        )

    def worth(self) -> float:
        """What is found, text and codes alike, less what wrong quads cost."""
        return 0.5 * (self.text + self.codes) - _EXTRA_COST * self.extra_per_frame


def measure(network: OnnxNetwork, scenes: list[Scene], settings: CodeDetectorSettings) -> Iterator[Row]:
    """A row for each pair of thresholds at the sizes of ``settings``; the network runs once for all of them."""
    answers: list[tuple[NDArray[np.float32], float]] = []
    start = time.process_time()
    for scene in scenes:
        blob, scale = prepare(scene.grey, settings)
        answers.append((network.infer_one(blob)[0], scale))
    spent = 1e3 * (time.process_time() - start) / len(scenes)
    for pixel, line in itertools.product(_PIXEL, _LINE):
        chosen = settings._replace(pixel_threshold=pixel, line_threshold=line)
        text, codes = Tally(), Tally()
        for scene, (maps, scale) in zip(scenes, answers, strict=True):
            found = [np.asarray(f.quad / scale, np.float32) for f in lines_from_maps(maps, chosen)]
            text.add(*scene.whole_text(), found)
            codes.add(*scene.whole(), found)
        shares = (text.figures()["recall"], codes.figures()["recall"], text.figures()["extra_per_frame"])
        yield Row(settings.side, settings.largest_side, pixel, line, *shares, round(spent, 1))


def best(rows: Iterable[Row], milliseconds: float) -> Row:
    """The row of the greatest worth among those that take at most ``milliseconds``.

    Raises:
        ValueError: every row takes longer.
    """
    affordable = [row for row in rows if row.milliseconds <= milliseconds]
    if not affordable:
        raise ValueError(f"no combination takes at most {milliseconds} ms")
    return max(affordable, key=Row.worth)


def overhangs(network: OnnxNetwork, scenes: list[Scene], settings: CodeDetectorSettings) -> dict[str, list[float]]:
    """How far true lines reach beyond the quads that were found for them, in heights: what the margin has to cover.

    The 50th, 90th and 95th percentile of the greater overhang of both sides, across the line and along it.
    """
    across, along = [0.0], [0.0]
    for scene in scenes:
        blob, scale = prepare(scene.grey, settings)
        found = [np.asarray(f.quad / scale, np.float32) for f in lines_from_maps(network.infer_one(blob)[0], settings)]
        for true in scene.whole_text()[0]:
            quad = max(found, key=lambda quad, true=true: overlap(true, quad), default=None)  # type: ignore[misc]
            if quad is not None and overlap(true, quad) >= _MATCHED:
                beyond = _beyond(true, quad)
                across.append(beyond[1])
                along.append(beyond[0])
    points = (50, 90, 95)
    return {
        "across": [round(float(value), 2) for value in np.percentile(across, points)],
        "along": [round(float(value), 2) for value in np.percentile(along, points)],
    }


def _beyond(true: NDArray[np.float32], quad: NDArray[np.float32]) -> tuple[float, float]:
    """How far the true line reaches beyond a quad along and across it, in heights of the quad; at least 0."""
    width, height = sides(quad)
    right, down = (quad[1] - quad[0]) / max(width, 1e-6), (quad[3] - quad[0]) / max(height, 1e-6)
    places = np.stack([(true - quad[0]) @ right, (true - quad[0]) @ down], axis=1)
    outside = np.maximum(-places.min(axis=0), places.max(axis=0) - (width, height))
    return float(max(0.0, outside[0]) / height), float(max(0.0, outside[1]) / height)


def rival_time(scenes: list[Scene]) -> float:
    """Milliseconds of CPU time a picture of PP-OCRv6 tiny's detector; infinite where it is not installed."""
    rival = evaluate.rival_detector()
    if rival is None:
        return float("inf")
    start = time.process_time()
    for scene in scenes:
        rival(np.asarray(cv2.cvtColor(scene.grey, cv2.COLOR_GRAY2BGR), np.uint8))
    return round(1e3 * (time.process_time() - start) / len(scenes), 1)


def main(arguments: list[str] | None = None) -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pool", type=Path, default=Path("build/detector-pool"))
    parser.add_argument("--seed", type=int, nargs="+", required=True, help="pools of held-out scenes")
    parser.add_argument("--most", type=int, default=20, help="scenes of each pool (default %(default)s)")
    parser.add_argument("--model", type=Path, default=evaluate.MODEL)
    parser.add_argument("--target", type=Path, default=TARGET)
    wanted = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    scenes = [scene for seed in wanted.seed for scene in pool.load(wanted.pool, seed).scenes[: wanted.most]]
    network = OnnxNetwork(str(wanted.model), threads=1)
    limit = rival_time(scenes)
    rows: list[Row] = []
    for side, largest in _SIZES:
        size = CodeDetectorSettings(side=side, largest_side=largest, largest_scale=_LARGEST_SCALE)
        rows += measure(network, scenes, size)
        print(f"{side} to {largest}: {rows[-1].milliseconds} ms, {max(rows[-9:], key=Row.worth)}", flush=True)
    chosen = best(rows, limit)
    beyond = overhangs(network, scenes, chosen.settings())
    table = {
        "pictures": len(scenes),
        "rival_milliseconds": limit,
        "chosen": asdict(chosen),
        "overhang": beyond,
        "rows": [asdict(row) for row in rows],
    }
    wanted.target.write_text(json.dumps(table, indent=1) + "\n", encoding="utf-8")
    print(f"within {limit} ms: {chosen}; overhang {beyond}")


if __name__ == "__main__":
    main()
