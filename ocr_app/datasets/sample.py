"""A data set and its samples, whatever the file format."""

from typing import Dict, NamedTuple, Optional, Tuple

import cv2
import numpy as np

from ocr_app.core.errors import ImageError
from ocr_app.core.types import Image
from ocr_app.scoring.line_matching import TruthLine

Box = Tuple[int, int, int, int]
"""x, y, width and height in pixels of the image as loaded, from its top-left corner."""

CROPS = ("box", "none", "squeezed")
"""box: the annotated box; none: the whole image; squeezed: the box resized to 380 x 260 px whatever its shape, as in
the TensorRT runs of the thesis (easy_ocr/accelerated/easyOCR_fp32.py of its repository)."""

SQUEEZED = (380, 260)  # width, height, px


class Sample(NamedTuple):
    """One image and its truth.

    ``truth`` is the whole code, with its lines joined by one space if the format has lines. ``layout`` is "page" or
    "line". ``tags`` name the kind of print and the conditions, to break results down by.
    """

    id: str
    path: str
    truth: str
    layout: str = "page"
    box: Optional[Box] = None
    lines: Tuple[TruthLine, ...] = ()
    tags: Dict[str, str] = {}


class Dataset(NamedTuple):
    """``sha256`` covers the manifest and the bytes of the images.

    ``complete`` is False if the images may contain text other than the labelled lines: then no text is scored, and only
    the line metric is meaningful.
    """

    name: str
    format: str
    source: str
    samples: Tuple[Sample, ...]
    sha256: str = ""
    complete: bool = True


def view(pixels: Image, sample: Sample, crop: str) -> Image:
    """The part of the image that the reader is given. Raises ImageError (bad-box) for a box that is not inside it."""
    if crop == "none":
        return pixels
    shown = crop_to_box(pixels, sample)
    return np.asarray(cv2.resize(shown, SQUEEZED)) if crop == "squeezed" else shown


def view_lines(sample: Sample, crop: str) -> Tuple[TruthLine, ...]:
    """The labelled lines of the sample, in the coordinates of its view."""
    if crop == "none" or sample.box is None:
        return sample.lines
    corner, size = np.array(sample.box[:2], np.float32), np.array(sample.box[2:], np.float32)
    scale = np.array(SQUEEZED, np.float32) / size if crop == "squeezed" else np.float32(1.0)
    return tuple(
        line if line.quad is None else line._replace(quad=np.asarray((line.quad - corner) * scale, np.float32))
        for line in sample.lines
    )


def crop_to_box(pixels: Image, sample: Sample) -> Image:
    """The part of the image inside the sample's box; the image itself if there is no box.

    Raises ImageError (bad-box) if the box is not inside the image.
    """
    if sample.box is None:
        return pixels
    x, y, width, height = sample.box
    tall, wide = pixels.shape[:2]
    if x + width > wide or y + height > tall:
        found = "{}: box {} is not inside {} x {} pixels".format(sample.path, list(sample.box), wide, tall)
        raise ImageError(found, "[x, y, width, height]", "correct the data set", code="bad-box")
    return pixels[y : y + height, x : x + width]
