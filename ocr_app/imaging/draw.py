"""Results as pictures: numbered quads on the image, and a legend below it with the text of each number."""

import os
import textwrap
from typing import List, Sequence

import cv2
import numpy as np

from ocr_app.core.errors import UsageError
from ocr_app.core.types import Image, TextLine
from ocr_app.imaging.preprocess import to_bgr

_GREEN = (80, 200, 60)  # BGR
_INK = (30, 30, 30)
_PAPER = (245, 245, 245)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_CHARACTER_WIDTH = 9  # px of an average character of the legend
_LEGEND_WIDTH = 480  # px; narrower images get a legend of this width, so that its texts can be read


def draw_lines(image: Image, lines: Sequence[TextLine]) -> Image:
    """A copy of the image (BGR) with the quad of each line, and its number at the first corner."""
    picture = to_bgr(image).copy()
    weight = _weight(picture)
    for number, line in enumerate(lines, 1):
        corners = np.round(line.quad).astype(np.int32)
        cv2.polylines(picture, [corners.reshape(-1, 1, 2)], True, _GREEN, weight, cv2.LINE_AA)
        if len(lines) > 1:
            _tag(picture, corners[0], str(number), weight)
    return picture


def draw_with_legend(image: Image, lines: Sequence[TextLine], notes: Sequence[str] = ()) -> Image:
    """As :func:`draw_lines`, with a legend below: one row like "1  0.98  EXP 08/2023" per line, then the ``notes``.

    Without lines and notes the legend says that no text was found.
    """
    picture = draw_lines(image, lines)
    rows = ["{}  {:.2f}  {}".format(n, line.confidence, line.text) for n, line in enumerate(lines, 1)]
    width = max(picture.shape[1], _LEGEND_WIDTH)
    rows += [row for note in notes for row in _wrap(note, width)]
    strip = _strip(rows or ["no text found"], width)
    wide = cv2.copyMakeBorder(picture, 0, 0, 0, strip.shape[1] - picture.shape[1], cv2.BORDER_CONSTANT, None, _PAPER)
    return np.vstack([wide, strip])


def _wrap(text: str, width: int) -> List[str]:
    """The text in rows that fit into the width."""
    return textwrap.wrap(text, max(20, (width - 12) // _CHARACTER_WIDTH)) or [""]


def _weight(picture: Image) -> int:
    return max(1, int(round(max(picture.shape[:2]) / 500.0)))


def _tag(picture: Image, corner: np.ndarray, text: str, weight: int) -> None:
    """A number on a green patch that ends at the corner, so that it does not hide the line."""
    scale = 0.35 + 0.1 * weight
    (width, height), _ = cv2.getTextSize(text, _FONT, scale, weight)
    x, y = max(0, int(corner[0]) - width - 2 * weight), max(height + weight, int(corner[1]))
    cv2.rectangle(picture, (x, y - height - 2 * weight), (x + width + weight, y + weight), _GREEN, -1)
    cv2.putText(picture, text, (x, y - weight), _FONT, scale, _INK, weight, cv2.LINE_AA)


def _strip(rows: List[str], width: int) -> Image:
    """Rows of text (ASCII; other characters as ?) on a light ground; a row that is too long is scaled down."""
    height = 20
    strip = np.full((height * len(rows) + 8, width, 3), _PAPER, np.uint8)
    for index, row in enumerate(rows):
        text = row.encode("ascii", "replace").decode()
        natural = cv2.getTextSize(text, _FONT, 0.5, 1)[0][0]
        scale = min(0.5, 0.5 * (width - 12) / max(1, natural))
        cv2.putText(strip, text, (6, height * (index + 1)), _FONT, scale, _INK, 1, cv2.LINE_AA)
    return strip


def save_png(path: str, image: Image) -> None:
    """Write a PNG. Raises UsageError if the folder cannot be written."""
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as stream:
            stream.write(encode(image, ".png"))
    except OSError as error:
        raise UsageError("cannot write {}: {}".format(path, error), "a writable folder") from error


def encode(image: Image, kind: str = ".png") -> bytes:
    """The bytes of an image file; ``kind`` is ".png" or ".jpg"."""
    return bytes(cv2.imencode(kind, image)[1].tobytes())
