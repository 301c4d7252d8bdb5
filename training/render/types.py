"""Names of arrays, and the value that every print process returns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  # (H, W, 3) BGR
Layer = NDArray[np.float32]  # (H, W, 3) BGR, 0..255, before the camera
Map = NDArray[np.float32]  # (H, W)
Points = NDArray[np.float64]  # (N, 2) x, y in pixels
Quad = NDArray[np.float64]  # (4, 2) x, y in pixels, clockwise from top-left along the reading direction


@dataclass(frozen=True)
class InkMap:
    """One printed line.

    Attributes:
        coverage: (H, W) share of each pixel that is covered with ink, 0..1.
        quad: (4, 2) corners of the line in pixels of ``coverage``.
    """

    coverage: Map
    quad: Quad


def rectangle(x0: float, y0: float, x1: float, y1: float) -> Quad:
    """The corners of an upright rectangle as a (4, 2) quad."""
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float64)
