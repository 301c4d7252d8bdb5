"""Pictures for browsers: decoded under the limits of the line, made smaller, and written anew as JPEG.

So a browser never gets the bytes of a camera, or of a program that posts frames: whatever those are, this is a JPEG.
"""

import os
import tempfile
from typing import NamedTuple, Tuple

import cv2

from ocr_app.core.errors import ImageError
from ocr_app.imaging.load import Limits, load_image
from ocr_app.imaging.preprocess import to_bgr
from ocr_app.line.journal.pictures import FOLDER

LARGEST, SMALL = 1600, 480
"""Pixels of the longer side: of a picture to look into, and of one among others."""
_QUALITY = 82


class PagePicture(NamedTuple):
    """``jpeg``: the bytes; ``size``: width and height of the frame itself, in which quads are given."""

    jpeg: bytes
    size: Tuple[int, int]


def of_file(path: str, limits: Limits, side: int = LARGEST) -> PagePicture:
    """Raises ImageError for a file that is no picture, or beyond the limits."""
    pixels = load_image(path, limits).pixels
    height, width = pixels.shape[:2]
    share = min(1.0, float(side) / max(height, width))
    if share < 1.0:
        wanted = max(1, int(round(width * share))), max(1, int(round(height * share)))
        pixels = cv2.resize(pixels, wanted, interpolation=cv2.INTER_AREA)
    done, coded = cv2.imencode(".jpg", to_bgr(pixels), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    if not done:
        raise ImageError("{} cannot be written as JPEG".format(path), "a picture", code="unsupported")
    return PagePicture(coded.tobytes(), (int(width), int(height)))


def of_bytes(data: bytes, limits: Limits, side: int = LARGEST) -> PagePicture:
    """Raises ImageError, and OSError where there is no room for a temporary file."""
    with tempfile.NamedTemporaryFile(prefix="nano-ocr-page-") as stream:
        stream.write(data)
        stream.flush()
        return of_file(stream.name, limits, side)


def path_of(folder: str, picture: str) -> str:
    """The file of a picture that a row names, empty where it is not one below the folder of pictures, or is gone."""
    root = os.path.realpath(os.path.join(folder, FOLDER))
    path = os.path.realpath(os.path.join(folder, picture)) if picture and "\0" not in picture else ""
    return path if path.startswith(root + os.sep) and os.path.isfile(path) else ""
