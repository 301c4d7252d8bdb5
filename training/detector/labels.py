"""The labels of a frame: bands, heights and ignored cells, one value per cell of 4 x 4 px."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.imaging.geometry import sides
from ocr_app.readers.codes.detector import CELL, UNIT_HEIGHT, band_of

_SHIFT = 4  # fractional bits of polygon corners
_LEAST = 8.0  # px; lower lines are not learnt, because their characters are only two cells high
_END_WEIGHT = 2.5  # of the cells around the ends of a line: a date cut at its first digit is a misread


@dataclass(frozen=True)
class Labels:
    """All float32 (H/4, W/4).

    Attributes:
        band: share of the cell within the central band of a line of text, 0..1.
        octaves: log2(line height / 16 px) within the lines, 0 elsewhere.
        line: 1 within the quad of a line, where ``octaves`` holds.
        known: weight of the cell: 0 where nothing is learnt, more around the ends of lines.
        code: 1 within the quads of code lines.
        sorted: 1 within the quads of lines of which it is known whether they are codes.
    """

    band: NDArray[np.float32]
    octaves: NDArray[np.float32]
    line: NDArray[np.float32]
    known: NDArray[np.float32]
    code: NDArray[np.float32]
    sorted: NDArray[np.float32]

    def stacked(self) -> NDArray[np.float32]:
        """All of them as one array (6, H/4, W/4), in this order."""
        return np.stack([self.band, self.octaves, self.line, self.known, self.code, self.sorted])


def draw(
    shape: tuple[int, int],
    lines: NDArray[np.float32],
    unsure: NDArray[np.float32],
    words: NDArray[np.float32] | None = None,
    texts: NDArray[np.float32] | None = None,
) -> Labels:
    """The labels of a frame of ``shape`` (H, W), both multiples of 4.

    Args:
        shape: of the frame in pixels.
        lines: (N, 4, 2) quads of code lines in pixels of the frame, pixel edges at whole numbers.
        unsure: (M, 4, 2) quads that are ignored.
        words: (K, 4, 2) quads of text that is no code.
        texts: (L, 4, 2) quads of text that may or may not be a code.
    """
    if shape[0] % CELL or shape[1] % CELL:
        raise ValueError(f"a frame's sides must be multiples of {CELL}, got {shape}")
    cells = (shape[0] // CELL, shape[1] // CELL)
    fine = np.zeros(shape, dtype=np.uint8)
    octaves, line, code, sort = (np.zeros(cells, np.float32) for _ in range(4))
    known = np.ones(cells, np.float32)
    for quad in unsure:
        _fill(known, quad / CELL, 0.0)
    for quad, is_code in _sorted_lines(lines, words, texts):
        height, place = sides(quad)[1], np.asarray(quad / CELL, np.float32)
        if height < _LEAST:
            _fill(known, place, 0.0)
            continue
        _fill(known, place, 1.0)
        _fill(fine, band_of(quad), 255)
        _fill(octaves, place, float(np.log2(height / UNIT_HEIGHT)))
        _fill(line, place, 1.0)
        _fill(code, place, 1.0 if is_code else 0.0)
        _fill(sort, place, 0.0 if is_code is None else 1.0)
        for end in _ends(quad, height):
            _fill(known, np.asarray(end / CELL, np.float32), _END_WEIGHT)
    band = cv2.resize(fine, (cells[1], cells[0]), interpolation=cv2.INTER_AREA).astype(np.float32) / np.float32(255)
    return Labels(band, octaves, line, known, code, sort)


def _sorted_lines(
    lines: NDArray[np.float32], words: NDArray[np.float32] | None, texts: NDArray[np.float32] | None
) -> list[tuple[NDArray[np.float32], bool | None]]:
    """Every line of text with whether it is a code, None where that is not known; codes come last, on top."""
    kinds: tuple[tuple[NDArray[np.float32] | None, bool | None], ...] = ((texts, None), (words, False), (lines, True))
    return [(quad, kind) for quads, kind in kinds if quads is not None for quad in quads]


def _ends(quad: NDArray[np.float32], height: float) -> list[NDArray[np.float32]]:
    """The quads that reach from 0.6 heights before each end of a line to 0.9 heights into it."""
    along = quad[1] - quad[0] + quad[2] - quad[3]
    step = along / max(1e-6, float(np.linalg.norm(along))) * height
    left, right = (quad[0], quad[3]), (quad[1], quad[2])
    return [
        np.stack([top - before * step, top + after * step, bottom + after * step, bottom - before * step])
        for (top, bottom), before, after in ((left, 0.6, 0.9), (right, 0.9, 0.6))
    ]


def _fill(target: NDArray[np.float32] | NDArray[np.uint8], quad: NDArray[np.floating[Any]], value: float) -> None:
    """Fill the cells whose centre is in the quad, in place."""
    points = np.rint((np.asarray(quad, np.float64) - 0.5) * 2**_SHIFT).astype(np.int32)
    cv2.fillConvexPoly(target, points, value, cv2.LINE_8, _SHIFT)
