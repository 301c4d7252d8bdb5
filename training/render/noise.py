"""Smooth and directional noise for surfaces and prints."""

from __future__ import annotations

import cv2
import numpy as np

from training.render.types import Map


def smooth(rng: np.random.Generator, shape: tuple[int, int], cell: float) -> Map:
    """Noise (H, W) of mean 0 and spread about 1 whose features are ``cell`` pixels large."""
    h, w = shape
    grid = rng.standard_normal((int(h / cell) + 4, int(w / cell) + 4), dtype=np.float32)
    span = (int(grid.shape[1] * cell), int(grid.shape[0] * cell))
    large = cv2.resize(grid, span, interpolation=cv2.INTER_CUBIC)
    top, left = (large.shape[0] - h) // 2, (large.shape[1] - w) // 2
    return np.ascontiguousarray(large[top : top + h, left : left + w])


def streaks(rng: np.random.Generator, shape: tuple[int, int], length: int, vertical: bool = False) -> Map:
    """Noise (H, W) drawn out into streaks of about ``length`` pixels, mean 0 and spread about 1."""
    raw = rng.standard_normal(shape, dtype=np.float32)
    size = (1, length) if vertical else (length, 1)
    blurred = cv2.blur(raw, size, borderType=cv2.BORDER_REFLECT)
    out: Map = blurred * np.float32(length**0.5)
    return out


def ridges(rng: np.random.Generator, shape: tuple[int, int], cell: float, width: float) -> Map:
    """Short bright creases (H, W) in 0..1, as on wrinkled film: parts of the zero lines of smooth noise."""
    line = np.exp(-((smooth(rng, shape, cell) / width) ** 2))
    part = np.clip(smooth(rng, shape, 0.45 * cell) - 0.4, 0.0, 1.0)
    crease: Map = (line * part).astype(np.float32)
    return crease


def ramp(shape: tuple[int, int], angle: float) -> Map:
    """A plane (H, W) from -1 to 1 that rises along ``angle`` (radians)."""
    y, x = np.meshgrid(np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij")
    plane = np.cos(angle) * x + np.sin(angle) * y
    out: Map = (plane / np.abs(plane).max()).astype(np.float32)
    return out
