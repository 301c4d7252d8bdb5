"""What a data set is made of, whatever its file format."""

from typing import Dict, NamedTuple, Optional, Tuple

import cv2
import numpy as np

from ocr_app.core.errors import ImageError
from ocr_app.core.types import Image
from ocr_app.scoring.line_matching import TruthLine

Box = Tuple[int, int, int, int]
"""x, y, width, height in pixels of the image as loaded; x and y from the top-left corner."""

CROPS = ("box", "none", "squeezed")
"""box: the annotated box; none: the whole image; squeezed: the box resized to 380 x 260 px whatever its shape, as the
thesis did for its TensorRT runs (easy_ocr/accelerated/easyOCR_fp32.py of its repository)."""

SQUEEZED = (380, 260)  # width, height, px


class Sample(NamedTuple):
    """One image and its truth.

    ``truth`` is the whole code, its lines joined by one space where the format has lines. ``layout`` is "page" or
    "line". ``tags`` name the kind of print and the conditions, for break-downs.
    """

    id: str
    path: str
    truth: str
    layout: str = "page"
    box: Optional[Box] = None
    lines: Tuple[TruthLine, ...] = ()
    tags: Dict[str, str] = {}


class Dataset(NamedTuple):
    """``sha256`` covers the manifest and the images' bytes. ``complete`` is False where text beside the labelled
    lines may stand in the pictures: then only the line metric means anything, and no text is scored."""

    name: str
    format: str
    source: str
    samples: Tuple[Sample, ...]
    sha256: str = ""
    complete: bool = True


def view(pixels: Image, sample: Sample, crop: str) -> Image:
    """What the reader is shown of the image. Raises ImageError (bad-box) when the box does not lie inside it."""
    if crop == "none":
        return pixels
    shown = crop_to_box(pixels, sample)
    return np.asarray(cv2.resize(shown, SQUEEZED)) if crop == "squeezed" else shown


def view_lines(sample: Sample, crop: str) -> Tuple[TruthLine, ...]:
    """The sample's labelled lines in the coordinates of its view."""
    if crop == "none" or sample.box is None:
        return sample.lines
    corner, size = np.array(sample.box[:2], np.float32), np.array(sample.box[2:], np.float32)
    scale = np.array(SQUEEZED, np.float32) / size if crop == "squeezed" else np.float32(1.0)
    return tuple(
        line if line.quad is None else line._replace(quad=np.asarray((line.quad - corner) * scale, np.float32))
        for line in sample.lines
    )


def crop_to_box(pixels: Image, sample: Sample) -> Image:
    """The part of the image inside the sample's box; the image itself where there is no box.

    Raises ImageError (bad-box) when the box does not lie inside the image.
    """
    if sample.box is None:
        return pixels
    x, y, width, height = sample.box
    tall, wide = pixels.shape[:2]
    if x + width > wide or y + height > tall:
        found = "{}: box {} does not lie inside {} x {} pixels".format(sample.path, list(sample.box), wide, tall)
        raise ImageError(found, "[x, y, width, height]", "correct the data set", code="bad-box")
    return pixels[y : y + height, x : x + width]
