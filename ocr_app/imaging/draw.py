"""Pictures of results: the quads and texts on the image."""

import os
from typing import Iterable

import cv2
import numpy as np

from ocr_app.errors import UsageError
from ocr_app.imaging.geometry import sides
from ocr_app.imaging.preprocess import to_bgr
from ocr_app.types import Image, TextLine

_GREEN = (80, 200, 60)  # BGR
_BLACK = (0, 0, 0)
_FONT = cv2.FONT_HERSHEY_SIMPLEX
_CAP_HEIGHT = 21.0  # px of a capital letter of this font at scale 1 (cv2.getTextSize)


def draw_lines(image: Image, lines: Iterable[TextLine]) -> Image:
    """A copy of the image (BGR) with each line's quad, a mark at its first corner, and its text above it."""
    picture = to_bgr(image).copy()
    weight = max(1, int(round(max(picture.shape[:2]) / 500.0)))
    for line in lines:
        corners = np.round(line.quad).astype(np.int32)
        cv2.polylines(picture, [corners.reshape(-1, 1, 2)], True, _GREEN, weight, cv2.LINE_AA)
        cv2.circle(picture, (int(corners[0][0]), int(corners[0][1])), weight * 2, _GREEN, -1, cv2.LINE_AA)
        _label(picture, line, weight)
    return picture


def _label(picture: Image, line: TextLine, weight: int) -> None:
    """Text in a filled box just above the quad (below it where there is no room)."""
    largest = max(picture.shape[:2]) / 1000.0
    scale = min(max(0.4, largest), max(0.4, 0.5 * sides(line.quad)[1] / _CAP_HEIGHT))
    text = line.text.encode("ascii", "replace").decode()
    (width, height), below = cv2.getTextSize(text, _FONT, scale, weight)
    x = int(min(max(0, line.quad[:, 0].min()), max(0, picture.shape[1] - width)))
    y = int(line.quad[:, 1].min()) - below - 2
    if y < height:
        y = int(line.quad[:, 1].max()) + height + below
    cv2.rectangle(picture, (x, y - height - below), (x + width, y + below), _GREEN, -1)
    cv2.putText(picture, text, (x, y), _FONT, scale, _BLACK, weight, cv2.LINE_AA)


def save_png(path: str, image: Image) -> None:
    """Write a PNG; raises UsageError when the folder cannot be written."""
    try:
        os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
        with open(path, "wb") as stream:
            stream.write(encode(image, ".png"))
    except OSError as error:
        raise UsageError("cannot write {}: {}".format(path, error), "a folder that can be written") from error


def encode(image: Image, kind: str = ".png") -> bytes:
    """Bytes of an image file; ``kind`` is ".png" or ".jpg"."""
    return bytes(cv2.imencode(kind, image)[1].tobytes())
