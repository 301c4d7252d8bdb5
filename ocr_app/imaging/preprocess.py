"""The preprocessing steps that the thesis compared, as pure functions on uint8 images."""

from typing import Callable, Dict, Tuple

import cv2
import numpy as np

from ocr_app.core.errors import UsageError
from ocr_app.core.types import Image

CLAHE_CLIP = 2.0
CLAHE_TILES = (8, 8)


def raw(image: Image) -> Image:
    """The image as it is."""
    return image


def gray(image: Image) -> Image:
    """One channel, ITU-R BT.601 luma (OpenCV's BGR2GRAY)."""
    return image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)


def clahe(image: Image) -> Image:
    """Contrast-limited adaptive histogram equalisation of the grey image (clip 2.0, 8 x 8 tiles)."""
    return np.asarray(cv2.createCLAHE(CLAHE_CLIP, CLAHE_TILES).apply(gray(image)))


def otsu(image: Image) -> Image:
    """Black and white by Otsu's threshold after a 3 x 3 Gaussian blur."""
    blurred = cv2.GaussianBlur(gray(image), (3, 3), 0)
    return np.asarray(cv2.threshold(blurred, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)[1])


PREPROCESS: Dict[str, Callable[[Image], Image]] = {"raw": raw, "gray": gray, "clahe": clahe, "otsu": otsu}
NAMES: Tuple[str, ...] = tuple(PREPROCESS)


def apply(name: str, image: Image) -> Image:
    """Apply the preprocessing called ``name``. Raises UsageError that lists the known names."""
    if name not in PREPROCESS:
        raise UsageError("unknown preprocess: {!r}".format(name), ", ".join(NAMES))
    return PREPROCESS[name](image)


def to_bgr(image: Image) -> Image:
    """The image with three channels, for networks that need them."""
    return image if image.ndim == 3 else cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)
