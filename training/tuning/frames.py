"""Crops of frames to fine-tune a detector with: photographs as a better detector sees them, receipts, drawn scenes.

On photographs the map of the better detector is learnt (Hinton et al. 2015, distillation): it has seen each picture
once, upright and large, and its map is turned and scaled with the crop. On receipts and drawn scenes the lines are
known, and their marks are learnt. A step always has the same crops.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ocr_app.readers.ppocr.detector import prepare
from training.detector import augment, pool
from training.detector.real_scenes import PAGES
from training.detector.scenes import Scene, stack
from training.real import photographs
from training.render.seeds import between, chance, stream
from training.tuning.marks import draw_marks

Quads = Sequence[NDArray[np.floating[Any]]]
Seen = tuple[NDArray[np.uint8], Quads]
"""What a detector sees in a picture: its map at a half of the size, 0..255, and the quads of the lines."""

_REDUCTION = 2  # a stored map has half of the picture's size
_QUALITY = 92  # of the pictures in memory, as JPEG
_DOUBTFUL = 0.5  # character error rate of a receipt's label from which its place is not learnt


@dataclass(frozen=True)
class FrameBatch:
    """Normalised images (N, 3, H, W), the maps to learn (N, H, W), 0..1, and where they are known (N, H, W), 0 or 1."""

    images: Tensor
    maps: Tensor
    known: Tensor


@dataclass(frozen=True)
class StoredFrame:
    """A picture as JPEG, with the quads of its lines, those that are not learnt, and the map of a better detector.

    ``seen``: that map as PNG at half of the size; without one, the marks of ``lines`` are learnt.
    """

    data: NDArray[np.uint8]
    lines: NDArray[np.float32]
    unsure: NDArray[np.float32]
    seen: NDArray[np.uint8] | None = None


def stored(
    image: NDArray[np.uint8], lines: Quads, unsure: Quads = (), seen: NDArray[np.uint8] | None = None
) -> StoredFrame:
    """A picture, grey or coloured, as it is kept in memory."""
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])[1]
    packed = None if seen is None else np.asarray(cv2.imencode(".png", seen)[1], np.uint8)
    quads, others = ([np.asarray(quad, np.float64) for quad in part] for part in (lines, unsure))
    return StoredFrame(np.asarray(data, np.uint8), stack(quads), stack(others), packed)


def photographs_of(groups: Sequence[str], see: Callable[[NDArray[np.uint8]], Seen]) -> Iterator[StoredFrame]:
    """The photographs of the groups that training may use, as a detector sees them."""
    for group in groups:
        chosen = [each for each in photographs.catalogue(group) if not each.held_out]
        for _, image in photographs.pictures(chosen):
            seen, quads = see(image)
            yield stored(image, quads, seen=seen)


def receipts(every: int, folder: Path = PAGES) -> Iterator[StoredFrame]:
    """One receipt in ``every``, without those that are held out (``real_scenes.pages``)."""
    data = json.loads((folder / "pages.json").read_text(encoding="utf-8"))
    for index, (member, record) in enumerate(sorted(data.items())):
        if index % 10 == 0 or index % every != 1:
            continue
        with zipfile.ZipFile(folder / str(record["shard"])) as archive:
            grey = cv2.imdecode(np.frombuffer(archive.read(member), np.uint8), cv2.IMREAD_GRAYSCALE)
        doubtful = [line for line in record["lines"] if line["cer"] is not None and line["cer"] > _DOUBTFUL]
        sure = [line for line in record["lines"] if line not in doubtful]
        known, unsure = ([np.asarray(line["quad"], np.float32) for line in part] for part in (sure, doubtful))
        yield stored(np.asarray(grey, np.uint8), known, unsure)


def drawn(folder: Path, seeds: Sequence[int]) -> Iterator[StoredFrame]:
    """The scenes of drawn pools (``training.detector.pool``)."""
    for seed in seeds:
        for scene in pool.load(folder, seed).scenes:
            yield stored(scene.grey, [*scene.lines, *scene.words, *scene.texts], list(scene.unsure))


@dataclass
class FrameFeed:
    """Batches of ``batch`` crops of ``side`` px. ``sources``: the share of each, and its frames."""

    sources: Sequence[tuple[float, Sequence[StoredFrame]]]
    unclip_ratio: float
    seed: int
    batch: int
    side: int
    _shares: NDArray[np.float64] = field(init=False)

    def __post_init__(self) -> None:
        shares = np.array([share for share, _ in self.sources])
        self._shares = shares / shares.sum()

    def __call__(self, start: int) -> Iterator[FrameBatch]:
        """The batches of the steps from ``start`` on, without end."""
        step = start
        while True:
            yield self.one(step)
            step += 1

    def one(self, step: int) -> FrameBatch:
        """The batch of one step."""
        rng = stream(self.seed, step, "frames")
        kinds = rng.choice(len(self.sources), size=self.batch, p=self._shares)
        crops = [self._crop(self.sources[int(kind)][1], rng) for kind in kinds]
        images = np.concatenate([prepare(image, self.side)[0] for image, _, _ in crops])
        maps = np.stack([marks for _, marks, _ in crops]).astype(np.float32) / np.float32(255)
        known = np.stack([each for _, _, each in crops]).astype(np.float32)
        return FrameBatch(torch.from_numpy(images), torch.from_numpy(maps), torch.from_numpy(known))

    def _crop(
        self, frames: Sequence[StoredFrame], rng: np.random.Generator
    ) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
        """A crop in colour (side, side, 3), the map to learn, 0..255, and where it is known, 0 or 1."""
        frame = frames[int(rng.integers(len(frames)))]
        image = np.asarray(cv2.imdecode(frame.data, cv2.IMREAD_COLOR), np.uint8)
        grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
        view = augment.view_of(Scene(grey, frame.lines, frame.unsure), self.side, rng)
        shape = (self.side, self.side)
        way = cv2.INTER_LINEAR if abs(np.linalg.det(view[:, :2])) > 0.5 else cv2.INTER_AREA
        crop = cv2.warpAffine(image, view, shape, flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=(128,) * 3)
        known = np.ones(shape, np.uint8)
        if frame.seen is None:
            marks = draw_marks(shape, augment.moved(frame.lines, view), self.unclip_ratio)
            for quad in augment.moved(frame.unsure, view):
                cv2.fillConvexPoly(known, np.rint(quad).astype(np.int32), 0)
            known[marks > 0] = 1
        else:
            small = np.asarray(cv2.imdecode(frame.seen, cv2.IMREAD_GRAYSCALE), np.uint8)
            marks = np.asarray(cv2.warpAffine(small, _halved(view), shape, flags=cv2.INTER_LINEAR), np.uint8)
        return _lit(np.asarray(crop, np.uint8), rng), marks, known


def _halved(view: NDArray[np.float64]) -> NDArray[np.float64]:
    """The transform (2, 3) of a map at a reduced size; centres of pixels are at whole numbers."""
    turn = view[:, :2] * _REDUCTION
    offset = view[:, 2] + view[:, :2] @ np.full(2, (_REDUCTION - 1) / 2)
    return np.concatenate([turn, offset[:, None]], axis=1)


def _lit(image: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """The effects of light, lens, sensor and file on a crop; some crops lose their colours, or take on a tint."""
    if chance(rng, 0.3):
        return np.asarray(cv2.cvtColor(augment.light(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), rng), cv2.COLOR_GRAY2BGR))
    tint = np.array([between(rng, 0.75, 1.25) for _ in range(3)]) if chance(rng, 0.5) else np.ones(3)
    seen = np.clip(image * tint, 0, 255).astype(np.uint8)
    if chance(rng, 0.25):
        seen = np.asarray(cv2.GaussianBlur(seen, (0, 0), between(rng, 0.5, 1.6)), np.uint8)
    if chance(rng, 0.15):
        seen = np.asarray(255 - seen, np.uint8)
    contrast, offset = (between(rng, 0.4, 1.3), between(rng, -40, 40)) if chance(rng, 0.5) else (1.0, 0.0)
    noise = rng.normal(0, between(rng, 1, 8), seen.shape) if chance(rng, 0.4) else 0.0
    seen = np.clip((seen - 127.5) * contrast + 127.5 + offset + noise, 0, 255).astype(np.uint8)
    if chance(rng, 0.3):
        data = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))])[1]
        seen = np.asarray(cv2.imdecode(data, cv2.IMREAD_COLOR), np.uint8)
    return seen
