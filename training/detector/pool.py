"""Scenes drawn before training: shards on disk, each reproducible bit by bit from the seed and its number."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from training.detector import scenes
from training.detector.scenes import Scene

SHARD = 250  # scenes per shard
_KINDS = ("lines", "unsure", "words", "texts")  # the quads of a scene, in the order of its fields


class PoolError(RuntimeError):
    """A pool is empty, or one of its shards is damaged."""


@dataclass(frozen=True)
class Pool:
    """Scenes in memory, in the order of their numbers."""

    scenes: list[Scene]

    def __len__(self) -> int:
        return len(self.scenes)


def shard_path(folder: Path, seed: int, number: int) -> Path:
    """The path of shard ``number`` of the pool ``seed``."""
    return folder / f"{seed}-{number:04d}.npz"


def make(folder: Path, seed: int, first: int, last: int, style: str = "mixed") -> None:
    """Draw the shards ``first`` to ``last`` (excluded) of a style that do not exist yet.

    Raises:
        ValueError: the range is empty.
    """
    if not 0 <= first < last:
        raise ValueError(f"shards must be a range with 0 <= first < last, got {first}..{last}")
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(first, last):
        path = shard_path(folder, seed, number)
        if not path.is_file():
            write(path, [scenes.render(seed, number * SHARD + i, style) for i in range(SHARD)])
            print(f"{path}: {SHARD} scenes", flush=True)


def write(path: Path, drawn: list[Scene]) -> None:
    """Write a shard, completely or not at all: all pixels in one row, shapes, and quads with their scene's number."""
    part = path.with_suffix(".part.npz")
    arrays: dict[str, Any] = {
        "pixels": np.concatenate([scene.grey.ravel() for scene in drawn]),
        "shapes": np.array([scene.grey.shape for scene in drawn], dtype=np.int32),
    }
    for kind in _KINDS:
        quads = [getattr(scene, kind) for scene in drawn]
        arrays[kind] = np.concatenate(quads)
        arrays[f"{kind}_counts"] = np.array([len(part) for part in quads], dtype=np.int32)
    np.savez(part, **arrays)
    part.replace(path)


def read(path: Path) -> list[Scene]:
    """The scenes of a shard.

    Raises:
        PoolError: the file is not a complete shard.
    """
    try:
        with np.load(path) as data:
            shapes, pixels = data["shapes"], data["pixels"]
            quads = [_split(data[kind], data[f"{kind}_counts"]) for kind in _KINDS]
    except (OSError, KeyError, ValueError) as error:
        raise PoolError(f"{path}: not a shard of scenes ({error}); delete it and draw it again") from error
    ends = np.cumsum(shapes.prod(axis=1))
    greys = [pixels[e - h * w : e].reshape(h, w) for e, (h, w) in zip(ends, shapes, strict=True)]
    return [Scene(grey, *parts) for grey, *parts in zip(greys, *quads, strict=True)]


def _split(quads: NDArray[np.float32], counts: NDArray[np.int32]) -> list[NDArray[np.float32]]:
    return list(np.split(quads, np.cumsum(counts)[:-1]))


def shards(folder: Path, seed: int) -> list[Path]:
    """The existing shards of the pool ``seed``, in order."""
    return sorted(p for p in folder.glob(f"{seed}-*.npz") if not p.name.endswith(".part.npz"))


def load(folder: Path, seed: int) -> Pool:
    """Every existing scene of the pool ``seed``.

    Raises:
        PoolError: there is none.
    """
    found = shards(folder, seed)
    if not found:
        command = f"python -m training.detector.pool --out {folder} --seed {seed}"
        raise PoolError(f"{folder} holds no scenes of seed {seed}; run: {command}")
    return Pool([scene for path in found for scene in read(path)])


def main() -> None:
    """Draw the shards that the command line names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=Path("build/detector-pool"))
    parser.add_argument("--seed", type=int, default=11)
    parser.add_argument("--first", type=int, default=0, help="number of the first shard")
    parser.add_argument("--last", type=int, default=40, help="number after that of the last shard")
    parser.add_argument("--style", choices=scenes.STYLES, default="mixed")
    given = parser.parse_args()
    make(given.out, given.seed, given.first, given.last, given.style)


if __name__ == "__main__":
    main()
