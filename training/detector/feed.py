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

    ``first`` shards from step ``start`` on, then one more every ``every`` steps, up to ``shards``; its scenes are drawn
    ``weight`` times as often as others. The scenes of a step therefore do not depend on how many shards exist.
    """

    seed: int
    style: str
    shards: int
    first: int
    every: int
    start: int = 0
    weight: int = 1

    def at(self, step: int) -> int:
        """The number of shards that step ``step`` uses."""
        return min(self.shards, self.first + (step - self.start) // self.every) if step >= self.start else 0


@dataclass
class DetectorSource:
    """The scenes of the pools in a folder; it waits for a shard that does not exist yet."""

    folder: Path
    parts: tuple[PoolSchedule, ...]
    _scenes: dict[int, list[Scene]] = field(default_factory=dict)

    def at(self, step: int) -> list[list[Scene]]:
        """The scenes that step ``step`` may use: one list per pool, each scene repeated by the weight of its pool."""
        return [self._of(part, part.at(step)) * part.weight for part in self.parts]

    def _of(self, part: PoolSchedule, shards: int) -> list[Scene]:
        scenes = self._scenes.setdefault(part.seed, [])
        while len(scenes) < shards * pool.SHARD:
            path = pool.shard_path(self.folder, part.seed, len(scenes) // pool.SHARD)
            while not path.is_file():
                print(f"waiting for {path}", flush=True)
                time.sleep(10.0)
            scenes += pool.read(path)
        return scenes[: shards * pool.SHARD]


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
        scenes = [scene for part in self.source.at(step) for scene in part]
        chosen = [_one_of(scenes, rng) for _ in range(self.batch)]
        drawn = [augment.crop(scene, self.side, rng) for scene in chosen]
        images = np.stack([pixels for pixels, _ in drawn])[:, None].astype(np.float32)
        labels = np.stack([np.stack([lab.band, lab.octaves, lab.line, lab.known]) for _, lab in drawn])
        return DetectorBatch(torch.from_numpy((images - augment.MEAN) / augment.SPREAD), torch.from_numpy(labels))


def _one_of(scenes: list[Scene], rng: np.random.Generator) -> Scene:
    """One of two random scenes; the first is skipped if it is from a line camera, because these are soon learnt."""
    first, second = (scenes[int(i)] for i in rng.integers(len(scenes), size=2))
    return second if first.line_camera else first
