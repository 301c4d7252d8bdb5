"""The pool of line crops: drawn once, in shards, so that training never waits for drawing.

    python -m training.recogniser.pool --folder build/recogniser-pool --seed 31 --shards 120

Shard k of a seed is the same on every machine; a shard that exists is not drawn again.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from training.recogniser import lines
from training.render import fonts

SHARD = 1000  # lines per shard


@dataclass(frozen=True)
class Shard:
    """Lines side by side: pixels (H, sum of widths) uint8; the start, text and kind of print of each line."""

    pixels: NDArray[np.uint8]
    starts: NDArray[np.int64]  # (lines + 1,)
    texts: tuple[str, ...]
    kinds: tuple[str, ...]

    def crop(self, k: int) -> NDArray[np.uint8]:
        """Line k (H, W)."""
        return self.pixels[:, self.starts[k] : self.starts[k + 1]]


def path(folder: Path, seed: int | str, shard: int) -> Path:
    """The path of a shard; ``seed`` is that of a drawn pool, or the name of a pool of real lines."""
    return folder / f"{seed}" / f"{shard:05d}.npz"


def draw(
    folder: Path, seed: int, shard: int, typefaces: tuple[str, ...], style: str = "hard", height: int = lines.HEIGHT
) -> Path:
    """Draw a shard unless it exists; it appears complete or not at all. ``style`` is one of ``lines.STYLES``."""
    target = path(folder, seed, shard)
    if target.is_file():
        return target
    crops = [lines.render(seed, shard * SHARD + k, typefaces, lines.STYLES[style], height) for k in range(SHARD)]
    return save(target, crops)


def save(target: Path, crops: Sequence[lines.Crop]) -> Path:
    """Write a shard; it appears complete or not at all."""
    starts = np.concatenate([[0], np.cumsum([crop.pixels.shape[1] for crop in crops])])
    target.parent.mkdir(parents=True, exist_ok=True)
    half = target.with_suffix(f".{os.getpid()}.part")
    with half.open("wb") as stream:
        np.savez(
            stream,
            pixels=np.concatenate([crop.pixels for crop in crops], axis=1),
            starts=starts,
            texts=np.array([crop.text for crop in crops]),
            shown=np.array([crop.shown for crop in crops]),
            kinds=np.array([crop.kind for crop in crops]),
        )
    half.replace(target)
    return target


def load(folder: Path, seed: int | str, shard: int, cased: bool = False) -> Shard:
    """A shard that has been drawn; with ``cased``, its texts are as printed. Raises FileNotFoundError."""
    with np.load(path(folder, seed, shard)) as data:
        texts = data["shown" if cased else "texts"]
        return Shard(data["pixels"], data["starts"], tuple(texts.tolist()), tuple(data["kinds"].tolist()))


def typefaces(use: str) -> tuple[str, ...]:
    """The typefaces of fonts.toml for a use; labels are set in their own ones and, half as often, in those of codes."""
    return fonts.names("label") * 2 + fonts.names("train") if use == "label" else fonts.names(use)


def main(arguments: list[str] | None = None) -> None:
    """Draw shards; several of these commands may share the work with ``--start`` and ``--step``."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--seed", type=int, required=True)
    parser.add_argument("--shards", type=int, required=True)
    parser.add_argument("--start", type=int, default=0)
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--fonts", choices=("train", "test", "label"), default="train")
    parser.add_argument("--style", choices=tuple(lines.STYLES), default="hard")
    parser.add_argument("--height", type=int, default=lines.HEIGHT, help="of the crops, px (default %(default)s)")
    wanted = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    how = (typefaces(wanted.fonts), wanted.style, wanted.height)
    for shard in range(wanted.start, wanted.shards, wanted.step):
        print(draw(wanted.folder, wanted.seed, shard, *how), flush=True)


if __name__ == "__main__":
    main()
