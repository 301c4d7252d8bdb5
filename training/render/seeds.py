"""Random streams: one per image and stage, so that no image and no stage depends on another."""

from __future__ import annotations

import zlib

import numpy as np


def stream(seed: int, index: int, stage: str) -> np.random.Generator:
    """The generator of one stage (``"text"``, ``"optics"``...) of image ``index`` under ``seed``.

    Raises:
        ValueError: seed or index is negative.
    """
    if seed < 0 or index < 0:
        raise ValueError(f"seed and index must not be negative, got seed={seed}, index={index}")
    key = (index, zlib.crc32(stage.encode("ascii")))
    return np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))


def between(rng: np.random.Generator, low: float, high: float) -> float:
    """A uniform float in low..high."""
    return float(rng.uniform(low, high))


def chance(rng: np.random.Generator, probability: float) -> bool:
    """True with the given probability."""
    return bool(rng.random() < probability)


def pick(rng: np.random.Generator, options: tuple[str, ...]) -> str:
    """One of the options, each as likely."""
    return options[int(rng.integers(len(options)))]
