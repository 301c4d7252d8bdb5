"""Compares found quads with true ones: their overlap, and whether the crop would hold the whole line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.imaging.geometry import shared_part

Quads = Sequence[NDArray[np.float32]]

WHOLE = 0.97  # share of a line's length that must be in a found quad for the line to be found whole
_MARGIN = 0.1  # margin of a crop around its quad on each side, in heights; the reader's margin is not smaller
_OVERLAP = 0.5  # least intersection over union at which a line counts as found
_MET = 0.3  # least share of the smaller quad that both have in common where a line counts as met (shared/real)


@dataclass
class Tally:
    """Counts over frames; shares are percentages."""

    frames: int = 0
    lines: int = 0
    met: int = 0
    overlapped: int = 0
    whole: int = 0
    found: int = 0
    extra: int = 0

    def add(self, true: Quads, unsure: Quads, found: Quads) -> None:
        """Count one frame. Found quads whose middle is in an unsure quad are neither right nor wrong."""
        self.frames += 1
        self.lines += len(true)
        near = [[f for f in found if not _apart(t, f)] for t in true]
        self.met += sum(any(shared_part(t, f) > _MET for f in close) for t, close in zip(true, near, strict=True))
        self.overlapped += sum(
            any(overlap(t, f) >= _OVERLAP for f in close) for t, close in zip(true, near, strict=True)
        )
        self.whole += sum(any(covered(t, f) >= WHOLE for f in close) for t, close in zip(true, near, strict=True))
        right = [any(overlap(t, f) >= 0.25 for t in true) for f in found]
        doubtful = [any(_inside(u, f.mean(axis=0)[None]).all() for u in unsure) for f in found]
        self.found += len(found)
        self.extra += sum(not r and not d for r, d in zip(right, doubtful, strict=True))

    def figures(self) -> dict[str, float]:
        """Percentages of lines met, found, found whole, and of quads that are lines; and the extra quads per frame."""
        return {
            "met": round(100.0 * self.met / max(1, self.lines), 2),
            "recall": round(100.0 * self.overlapped / max(1, self.lines), 2),
            "whole": round(100.0 * self.whole / max(1, self.lines), 2),
            "precision": round(100.0 * (1.0 - self.extra / max(1, self.found)), 2),
            "extra_per_frame": round(self.extra / max(1, self.frames), 3),
        }


def overlap(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    """The intersection over union of two convex quads."""
    a, b = np.asarray(a, np.float32), np.asarray(b, np.float32)
    if _apart(a, b):
        return 0.0
    shared = float(cv2.intersectConvexConvex(a, b)[0])
    return shared / max(1e-6, abs(cv2.contourArea(a)) + abs(cv2.contourArea(b)) - shared)


def _apart(a: NDArray[np.float32], b: NDArray[np.float32]) -> bool:
    """Whether the upright boxes of two quads do not touch: then nothing else needs to be computed."""
    return bool((a.min(axis=0) >= b.max(axis=0)).any() or (b.min(axis=0) >= a.max(axis=0)).any())


def covered(true: NDArray[np.float32], found: NDArray[np.float32]) -> float:
    """The share of the true line's length whose middle half (in height) is in the crop of the found quad."""
    along = np.linspace(0.0, 1.0, 201)[:, None]
    rows = []
    for down in (0.25, 0.5, 0.75):
        left, right = true[0] + down * (true[3] - true[0]), true[1] + down * (true[2] - true[1])
        rows.append(_inside(enlarged(found), left + along * (right - left)))
    return float(np.logical_and.reduce(rows).mean())


def enlarged(quad: NDArray[np.float32]) -> NDArray[np.float64]:
    """The quad with the crop's margin on each side."""
    corners = np.asarray(quad, np.float64)
    height = 0.5 * (np.linalg.norm(corners[3] - corners[0]) + np.linalg.norm(corners[2] - corners[1]))
    right = corners[1] - corners[0] + corners[2] - corners[3]
    down = corners[3] - corners[0] + corners[2] - corners[1]
    right, down = right / max(1e-9, float(np.linalg.norm(right))), down / max(1e-9, float(np.linalg.norm(down)))
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], dtype=np.float64)
    return np.asarray(corners + _MARGIN * height * (signs[:, :1] * right + signs[:, 1:] * down), np.float64)


def _inside(quad: NDArray[np.float64] | NDArray[np.float32], points: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Which of the points (N, 2) lie in a convex quad given clockwise (y down)."""
    corners = np.asarray(quad, np.float64)
    edges = np.roll(corners, -1, axis=0) - corners
    offsets = points[:, None, :] - corners[None]
    sides = edges[None, :, 0] * offsets[:, :, 1] - edges[None, :, 1] * offsets[:, :, 0]
    return np.asarray((sides >= -1e-6).all(axis=1), dtype=np.bool_)
