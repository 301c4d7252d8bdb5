"""Batches from the pool: lines of similar width, each altered a little differently every time it is used."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from training.recogniser import pool
from training.recogniser.lines import HEIGHT
from training.recogniser.texts import CASED
from training.render.seeds import between, chance, stream

WIDTH_UNIT = 32  # the width of a batch is a multiple of this
_GROUP = 40  # batches drawn together and sorted by width


@dataclass(frozen=True)
class RecogniserBatch:
    """Images (N, channels, H, W) float32, the classes of all texts in one row, the lengths in steps and characters."""

    images: Tensor
    targets: Tensor
    steps: Tensor
    lengths: Tensor


@dataclass(frozen=True)
class RecogniserTarget:
    """What a network sees and outputs.

    ``characters``: of its classes; class 0 is the CTC blank. ``step``: the input pixels of one time step. ``height``:
    of a crop, px. ``channels``: of the input, all alike for a grey crop.
    """

    characters: str = CASED
    step: int = 4
    height: int = HEIGHT
    channels: int = 1

    @property
    def cased(self) -> bool:
        """Whether lower-case letters have classes of their own."""
        return any(character.islower() for character in self.characters)

    @property
    def classes(self) -> int:
        """The number of classes, including the blank."""
        return len(self.characters) + 1

    @property
    def upper(self) -> list[int]:
        """For each class the one of its character in upper case; its own where there is none, as for the blank."""
        return [0] + [self.characters.find(c.upper()) + 1 or k for k, c in enumerate(self.characters, 1)]

    def steps(self, width: int) -> int:
        """The number of time steps for a row of ``width`` pixels."""
        return -(-width // self.step)

    def row(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """A crop (H, W) as the network sees it; padding is 0."""
        return normalised(pixels)


SHIPPED = RecogniserTarget()


@dataclass(frozen=True)
class RecogniserSource:
    """Which shards feed the training, and how many of them from which step on.

    Training starts with ``first`` shards and takes one more every ``every`` steps up to ``shards``: the same shards at
    the same step on every machine, however fast they are drawn. ``share`` is the share of the lines from here.
    ``seed`` is that of a drawn pool, or the name of a pool of real lines.
    """

    folder: Path
    seed: int | str
    shards: int
    first: int
    every: int
    share: float = 1.0

    def available(self, step: int) -> int:
        """The number of shards in use at a step."""
        return min(self.shards, self.first + step // self.every)


Pick = tuple[pool.Shard, int]  # a shard, and the number of a line in it


class RecogniserFeed:
    """The batches of a training."""

    def __init__(
        self,
        sources: Sequence[RecogniserSource],
        seed: int,
        batch: int,
        narrow_from: int = 0,
        target: RecogniserTarget = SHIPPED,
    ) -> None:
        """``seed``: of choice and alterations; from step ``narrow_from`` on, a quarter of the lines is squeezed."""
        self._sources, self._seed, self._batch = sources, seed, batch
        self._narrow_from, self._target = narrow_from, target
        self._shards: list[list[pool.Shard]] = [[] for _ in sources]

    def __call__(self, start: int) -> Iterator[RecogniserBatch]:
        """Batches from step ``start`` on, without end."""
        group = start // _GROUP
        skip = start % _GROUP
        while True:
            yield from self._group(group, skip)
            group, skip = group + 1, 0

    def _group(self, group: int, skip: int) -> Iterator[RecogniserBatch]:
        rng = stream(self._seed, group, "choice")
        amounts = self._amounts()
        picks: list[Pick] = []
        for source, shards, amount in zip(self._sources, self._shards, amounts, strict=True):
            self._load(source, shards, source.available(group * _GROUP))
            picks += drawn(shards, rng, amount)
        widths = [int(shard.starts[k + 1] - shard.starts[k]) for shard, k in picks]
        order = np.argsort(np.asarray(widths) + rng.normal(0, 8, len(picks)), kind="stable")
        cuts = rng.permutation(_GROUP)
        for k in range(skip, _GROUP):
            chosen = [picks[p] for p in order[cuts[k] * self._batch : (cuts[k] + 1) * self._batch]]
            step = group * _GROUP + k
            yield self._pack(chosen, stream(self._seed, step, "alter"), step >= self._narrow_from)

    def _amounts(self) -> list[int]:
        """The number of lines of a group from each source, by their shares."""
        total, whole = sum(source.share for source in self._sources), _GROUP * self._batch
        edges = np.rint(np.cumsum([0.0, *(source.share for source in self._sources)]) / total * whole).astype(int)
        return [int(n) for n in np.diff(edges)]

    def _load(self, source: RecogniserSource, shards: list[pool.Shard], count: int) -> None:
        while len(shards) < count:
            while not pool.path(source.folder, source.seed, len(shards)).is_file():
                time.sleep(2.0)
            shards.append(pool.load(source.folder, source.seed, len(shards), self._target.cased))

    def _pack(self, picks: list[Pick], rng: np.random.Generator, narrow: bool) -> RecogniserBatch:
        rows, texts = [], []
        for shard, k in picks:
            text = shard.texts[k]
            squeeze = between(rng, 0.55, 0.85) if narrow and chance(rng, 0.25) else 1.0
            row = self._target.row(altered(shard.crop(k), rng, squeeze))
            if needed_steps(text) <= self._target.steps(row.shape[1]):
                rows.append(row)
                texts.append(text)
        return pack(rows, texts, self._target)


def drawn(shards: Sequence[pool.Shard], rng: np.random.Generator, amount: int) -> list[Pick]:
    """``amount`` lines of shards of any size, each equally likely."""
    ends = np.cumsum([len(shard.texts) for shard in shards])
    numbers = rng.integers(int(ends[-1]), size=amount)
    places = np.searchsorted(ends, numbers, side="right")
    return [(shards[s], int(n - ends[s] + len(shards[s].texts))) for s, n in zip(places, numbers, strict=True)]


def pack(rows: list[NDArray[np.float32]], texts: list[str], target: RecogniserTarget = SHIPPED) -> RecogniserBatch:
    """A batch of rows (H, W), padded on the right with 0."""
    width = -(-max(row.shape[1] for row in rows) // WIDTH_UNIT) * WIDTH_UNIT
    images = np.zeros((len(rows), target.channels, target.height, width), dtype=np.float32)
    for k, row in enumerate(rows):
        images[k, :, :, : row.shape[1]] = row
    class_of = {character: k + 1 for k, character in enumerate(target.characters)}
    return RecogniserBatch(
        torch.from_numpy(images),
        torch.tensor([class_of[c] for text in texts for c in text], dtype=torch.long),
        torch.tensor([target.steps(row.shape[1]) for row in rows], dtype=torch.long),
        torch.tensor([len(text) for text in texts], dtype=torch.long),
    )


def needed_steps(text: str) -> int:
    """The time steps that CTC needs for a text: one per character, and one more between two equal neighbours."""
    return len(text) + sum(a == b for a, b in pairwise(text))


def normalised(pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
    """A crop (32, W) with zero mean and about unit spread; 4 grey levels keep the noise of an empty crop small."""
    grey = pixels.astype(np.float32)
    return np.asarray((grey - grey.mean()) / (grey.std() + 4.0), dtype=np.float32)


def altered(pixels: NDArray[np.uint8], rng: np.random.Generator, squeeze: float = 1.0) -> NDArray[np.uint8]:
    """The crop (H, W) as another camera and another box would have produced it, its width times ``squeeze``."""
    h, w = pixels.shape
    width = max(8, round(w * squeeze * float(np.clip(np.exp(rng.normal(0.0, 0.09)), 0.75, 1.3))))
    scale = between(rng, 0.86, 1.07)
    shear = rng.normal(0.0, 0.06)
    move = np.array([
        [width / w, shear, -shear * h / 2],
        [rng.normal(0.0, 0.3) * h / 32.0 / w, scale, (1.0 - scale) * h / 2 + rng.normal(0.0, 0.9)],
    ])  # fmt: skip
    out = cv2.warpAffine(pixels, move, (width, h), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    if chance(rng, 0.15):
        out = 255 - out
    if chance(rng, 0.12):
        low = int(rng.integers(13, 26))
        small = cv2.resize(out, (max(4, round(width * low / h)), low), interpolation=cv2.INTER_AREA)
        out = cv2.resize(small, (width, h), interpolation=cv2.INTER_LINEAR)
    elif chance(rng, 0.15):
        out = cv2.GaussianBlur(out, (0, 0), between(rng, 0.4, 1.0))
    if chance(rng, 0.3):
        spread = between(rng, 0.03, 0.22) * float(out.std())
        noise = rng.standard_normal(out.shape, dtype=np.float32) * np.float32(spread)
        out = np.clip(out + noise, 0, 255).astype(np.uint8)
    return np.asarray(out, dtype=np.uint8)
