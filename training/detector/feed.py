"""Batches of training crops; the same step gives the same batch, however often a training was resumed."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch

from training.detector import augment, pool
from training.detector.loss import Batch
from training.detector.scenes import Scene
from training.render.seeds import stream


@dataclass
class Source:
    """The part of a pool that a step may use.

    There are ``first`` shards at once and one more every ``every`` steps, up to ``shards``. So the scenes of a step do
    not depend on how far the drawing of the pool had come; a shard that is not there yet is waited for.
    """

    folder: Path
    seed: int
    shards: int
    first: int
    every: int
    _scenes: list[Scene] = field(default_factory=list)
    _read: int = 0

    def at(self, step: int) -> list[Scene]:
        """The scenes of step ``step``."""
        wanted = min(self.shards, self.first + step // self.every)
        while self._read < wanted:
            path = pool.shard_path(self.folder, self.seed, self._read)
            while not path.is_file():
                print(f"waiting for {path}", flush=True)
                time.sleep(10.0)
            self._scenes += pool.read(path)
            self._read += 1
        return self._scenes[: wanted * pool.SHARD]


@dataclass(frozen=True)
class Feed:
    """Batches of ``batch`` crops of ``side`` px from a source."""

    source: Source
    seed: int
    batch: int
    side: int

    def __call__(self, start: int) -> Iterator[Batch]:
        """Batches of the steps from ``start`` on, without end."""
        step = start
        while True:
            yield self.one(step)
            step += 1

    def one(self, step: int) -> Batch:
        """The batch of one step."""
        rng = stream(self.seed, step, "crops")
        scenes = self.source.at(step)
        chosen = [scenes[int(i)] for i in rng.integers(len(scenes), size=self.batch)]
        drawn = [augment.crop(scene, self.side, rng) for scene in chosen]
        images = np.stack([pixels for pixels, _ in drawn])[:, None].astype(np.float32)
        labels = np.stack([np.stack([lab.band, lab.octaves, lab.line, lab.known]) for _, lab in drawn])
        return Batch(torch.from_numpy((images - augment.MEAN) / augment.SPREAD), torch.from_numpy(labels))
