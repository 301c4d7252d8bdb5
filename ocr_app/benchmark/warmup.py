"""The picture that readers are warmed up on: drawn, and so outside every data set."""

from typing import Tuple

import cv2
import numpy as np

from ocr_app.core.types import Image

PAGE_SIZE = (240, 640)
LINE_SIZE = (48, 320)


def warm_up_image(layout: str) -> Image:
    """A code of two lines (page, 240 x 640) or one (line, 48 x 320) in grey on a shaded ground; uint8 BGR."""
    if layout == "line":
        return _draw(LINE_SIZE, ("EXP 24.07.31",), 1.0)
    return _draw(PAGE_SIZE, ("PRO:24.01.31 L07", "EXP:25.07.31 09:41"), 1.3)


def _draw(size: Tuple[int, int], lines: Tuple[str, ...], scale: float) -> Image:
    height, width = size
    ground = np.tile(np.linspace(150, 220, width), (height, 1))
    image = np.repeat(ground[:, :, None], 3, axis=2).astype(np.uint8)
    step = height // (len(lines) + 1)
    for row, text in enumerate(lines, 1):
        place = (width // 16, row * step + step // 4)
        cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, scale, (60, 60, 60), 2, cv2.LINE_AA)
    return image
