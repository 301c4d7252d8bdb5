"""Batches of training crops; a step always has the same batch, however often the training was resumed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from training.detector import augment, pool
from training.detector.loss import DetectorBatch
from training.detector.scenes import Scene
from training.render.seeds import stream


@dataclass(frozen=True)
class PoolSchedule:
    """The shards of one pool, and when the training uses them.

    ``first`` shards from step ``start`` on, then one more every ``every`` steps, up to ``shards``; about ``share`` of
    the crops are from it, in relation to the shares of the other pools in use. The scenes of a step therefore do not
    depend on how many shards exist.
    """

    seed: int
    style: str
    shards: int
    first: int
    every: int
    start: int = 0
    share: float = 1.0

    def at(self, step: int) -> int:
        """The number of shards that step ``step`` uses."""
        return min(self.shards, self.first + (step - self.start) // self.every) if step >= self.start else 0


@dataclass
class DetectorSource:
    """The scenes of the pools in a folder; it waits for a shard that does not exist yet."""

    folder: Path
    parts: tuple[PoolSchedule, ...]
    _shards: dict[int, list[list[Scene]]] = field(default_factory=dict)

    def at(self, step: int) -> list[tuple[float, list[Scene]]]:
        """The scenes that step ``step`` may use: the share and the scenes of each pool that is in use."""
        return [(part.share, self._of(part, part.at(step))) for part in self.parts if part.at(step)]

    def _of(self, part: PoolSchedule, shards: int) -> list[Scene]:
        loaded = self._shards.setdefault(part.seed, [])
        while len(loaded) < shards:
            path = pool.shard_path(self.folder, part.seed, len(loaded))
            while not path.is_file():
                print(f"waiting for {path}", flush=True)
                time.sleep(10.0)
            loaded.append(pool.read(path))
        return [scene for shard in loaded[:shards] for scene in shard]


@dataclass(frozen=True)
class DetectorFeed:
    """Batches of ``batch`` crops of ``side`` px from a source."""

    source: DetectorSource
    seed: int
    batch: int
    side: int

    def __call__(self, start: int) -> Iterator[DetectorBatch]:
        """The batches of the steps from ``start`` on, without end."""
        step = start
        while True:
            yield self.one(step)
            step += 1

    def one(self, step: int) -> DetectorBatch:
        """The batch of one step."""
        rng = stream(self.seed, step, "crops")
        parts = self.source.at(step)
        shares = np.array([share for share, _ in parts])
        kinds = rng.choice(len(parts), size=self.batch, p=shares / shares.sum())
        chosen = [parts[int(kind)][1][int(rng.integers(len(parts[int(kind)][1])))] for kind in kinds]
        drawn = [augment.crop(scene, self.side, rng) for scene in chosen]
        images = np.stack([pixels for pixels, _ in drawn])[:, None].astype(np.float32)
        labels = np.stack([shown.stacked() for _, shown in drawn])
        return DetectorBatch(torch.from_numpy((images - augment.MEAN) / augment.SPREAD), torch.from_numpy(labels))
