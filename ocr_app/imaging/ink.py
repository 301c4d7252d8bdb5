"""Ink beside a line of print: marks as dark, or as bright, as its characters, that may be characters themselves.

This finds what no detector marked. Bars, pictures and the edges of a label are not confined to the height of the line,
and do not count.
"""

from typing import List, NamedTuple, Sequence, Tuple

import cv2
import numpy as np

from ocr_app.core.types import Image, Quad
from ocr_app.imaging.geometry import sides
from ocr_app.imaging.line_assembly import joined_quad
from ocr_app.imaging.preprocess import gray

LEFT, RIGHT, BETWEEN = "left", "right", "between"
_HEIGHT = 24  # px to which a line is scaled
_SEEN = 10  # px above and below the line, to tell what is confined to it
_CONTRAST = 0.5  # of that of the print, from which a pixel is ink
_FAINT = 4.0  # grey levels; a print with less contrast is not told from noise
_CHARACTER, _WIDE = 0.4, 2.0  # heights; characters are as high at least, and a few of them as wide at most
_EDGE = 2  # px by which the print's own characters may stand out of its quad


class _Size(NamedTuple):
    """In squared heights of the line: smaller marks are specks; ``least`` is the ink from which marks are a character.

    Beyond the ends of a line there may be anything, between its parts there is nothing but a character that was missed.
    """

    speck: float
    least: float


_BEYOND, _INSIDE = _Size(0.008, 0.03), _Size(0.004, 0.012)


class Mark(NamedTuple):
    """Ink beside a line: LEFT or RIGHT of it, or BETWEEN two of its parts, and the quad of its extent in the image."""

    side: str
    quad: Quad


class _Strip(NamedTuple):
    """A line and its surroundings, level, and the line 24 px high.

    ``pixels``: float32 grey. ``spans``: first and last column of each part of the line. ``to_image``: the matrix from
    points of the strip to those of the image.
    """

    pixels: np.ndarray
    spans: Tuple[Tuple[float, float], ...]
    to_image: np.ndarray


def marks_beside(image: Image, parts: Sequence[Quad], reach: float) -> List[Mark]:
    """The marks beside a line. ``parts``: its quads along the text; ``reach``: heights to look beyond its ends."""
    if min(min(sides(quad)) for quad in parts) < 1.0:
        return []
    strip = _cut(image, parts, reach)
    boxes = _boxes_of_marks(_ink(strip))
    ends = [0.0] + [edge for span in strip.spans for edge in span] + [float(strip.pixels.shape[1])]
    found = []
    for number, (first, last) in enumerate(zip(ends[::2], ends[1::2])):
        side = LEFT if number == 0 else RIGHT if number == len(strip.spans) else BETWEEN
        inside = [box for box in boxes if box[0] >= first - _EDGE and box[0] + box[2] <= last + _EDGE]
        own = [box for box in inside if not _touches(box, strip.spans)]
        size = _INSIDE if side == BETWEEN else _BEYOND
        kept = [box for box in own if box[4] >= size.speck * _HEIGHT**2]
        if sum(box[4] for box in kept) >= size.least * _HEIGHT**2:
            found.append(Mark(side, _in_image(kept, strip.to_image)))
    return found


def _cut(image: Image, parts: Sequence[Quad], reach: float) -> _Strip:
    quad = joined_quad(parts)
    width, height = sides(quad)
    scale = _HEIGHT / height
    left, right = reach * _HEIGHT, reach * _HEIGHT + width * scale
    top, bottom = float(_SEEN), float(_SEEN + _HEIGHT)
    target = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    matrix = cv2.getPerspectiveTransform(np.asarray(quad, np.float32), target)
    size = (int(round(right + left)), _HEIGHT + 2 * _SEEN)
    flags = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    cut = cv2.warpPerspective(image, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE)
    corners = cv2.perspectiveTransform(np.asarray(parts, np.float32).reshape(1, -1, 2), matrix).reshape(-1, 4, 2)
    spans = tuple((float(each[[0, 3], 0].mean()), float(each[[1, 2], 0].mean())) for each in corners)
    return _Strip(gray(cut).astype(np.float32), spans, np.linalg.inv(matrix))


def _ink(strip: _Strip) -> np.ndarray:
    """bool ``(H, W)``: what differs from the background around it at least half as much as the ink of the line does."""
    pixels = cv2.GaussianBlur(strip.pixels, (3, 3), 0)
    columns = np.median(pixels[::2], axis=0)[None]
    offsets = pixels - cv2.blur(columns, (2 * _HEIGHT + 1, 1), borderType=cv2.BORDER_REPLICATE)
    line = offsets[_SEEN : _SEEN + _HEIGHT]
    printed = np.concatenate([line[:, max(0, int(first)) : int(last) + 1].ravel() for first, last in strip.spans])
    count = max(1, printed.size // 20)
    ordered = np.partition(printed, (count, printed.size - count)) if printed.size > 2 * count else np.sort(printed)
    darkest, brightest = -float(ordered[count]), float(ordered[-count])
    sign, contrast = (-1.0, darkest) if darkest > brightest else (1.0, brightest)
    return np.asarray(sign * offsets > _CONTRAST * max(contrast, _FAINT))


def _boxes_of_marks(ink: np.ndarray) -> List[List[int]]:
    """x, y, width, height, area of each mark that is confined to the line."""
    boxes = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)[2][1:].tolist()
    height, width = ink.shape
    confined = [box for box in boxes if box[1] > 0 and box[1] + box[3] < height]
    level = [box for box in confined if _SEEN <= box[1] + 0.5 * box[3] <= _SEEN + _HEIGHT]
    return [box for box in level if (box[0] > 0 and box[0] + box[2] < width) or _is_cut_character(box)]


def _is_cut_character(box: Sequence[int]) -> bool:
    """Whether a mark that goes on beyond the strip has the size of characters, and is not a rule or a fold."""
    return bool(box[3] >= _CHARACTER * _HEIGHT and box[2] <= _WIDE * _HEIGHT)


def _touches(box: Sequence[int], spans: Sequence[Tuple[float, float]]) -> bool:
    """Whether a mark reaches into a part of the line: then it belongs to its characters."""
    return any(box[0] < last + _EDGE and box[0] + box[2] > first - _EDGE for first, last in spans)


def _in_image(boxes: Sequence[Sequence[int]], to_image: np.ndarray) -> Quad:
    left, top = min(box[0] for box in boxes), min(box[1] for box in boxes)
    right, bottom = max(box[0] + box[2] for box in boxes), max(box[1] + box[3] for box in boxes)
    corners = np.array([[[left, top], [right, top], [right, bottom], [left, bottom]]], np.float32)
    return np.asarray(cv2.perspectiveTransform(corners, to_image)[0], np.float32)
