"""The map that a detector of PP-OCR learns: a mark within each line of text, from which its quad can be grown again."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.imaging.geometry import grow, sides
from ocr_app.readers.ppocr.detector import unclip_distance

MARGIN = 0.12  # of a line's height on each side, by which the published detectors' quads are wider than the print
_ROUNDS = 8  # of the iteration below, which halves its error in each
_SHIFT = 4  # fractional bits of polygon corners


def mark_of(quad: NDArray[np.floating[Any]], unclip_ratio: float) -> NDArray[np.float32]:
    """The mark (4, 2) that grows to the quad of print (4, 2), with its margin, at the detector's ``unclip_ratio``.

    DB shrinks by a share of area over perimeter (Liao et al. 2020, eq. 10); here the inverse of the growing is solved.
    """
    whole = grow(np.asarray(quad, np.float32), MARGIN * sides(np.asarray(quad, np.float32))[1])
    width, height = sides(whole)
    inwards = 0.0
    for _ in range(_ROUNDS):
        smaller = (max(1e-3, width - 2.0 * inwards), max(1e-3, height - 2.0 * inwards))
        inwards = 0.5 * (inwards + unclip_distance(*smaller, unclip_ratio))
    return np.asarray(grow(whole, -inwards), np.float32)


def draw_marks(
    shape: tuple[int, int], quads: Iterable[NDArray[np.floating[Any]]], unclip_ratio: float
) -> NDArray[np.uint8]:
    """The marks of quads in pixels, as a map (H, W) of 0 and 255."""
    marks = np.zeros(shape, np.uint8)
    for quad in quads:
        points = np.rint((mark_of(quad, unclip_ratio) - 0.5) * 2**_SHIFT).astype(np.int32)
        cv2.fillConvexPoly(marks, points, 255, cv2.LINE_8, _SHIFT)
    return marks
