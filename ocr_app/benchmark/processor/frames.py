"""Frames of three lines: photographs of a data set, filled up with lines of the next ones."""

from typing import Iterator, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app.core.types import Image, Quad
from ocr_app.datasets.sample import Sample
from ocr_app.imaging.load import load_image
from ocr_app.imaging.preprocess import to_bgr

LINES = 3
_ROOM = 12  # px around a line that are added with it, or kept free of it


class ComposedFrame(NamedTuple):
    """``lines``: how many annotated lines it shows."""

    name: str
    image: Image
    lines: int


def frames_of(samples: Sequence[Sample]) -> List[ComposedFrame]:
    """One frame per sample with annotated lines. Those with fewer than three get lines of the samples after them.

    A line that finds no room above or below is left out. Raises ImageError for an image that cannot be read.
    """
    usable = [sample for sample in samples if _quads(sample)]
    images = [to_bgr(load_image(sample.path).pixels) for sample in usable]
    return [_filled(usable, images, number) for number in range(len(usable))]


def _quads(sample: Sample) -> List[Quad]:
    return [line.quad for line in sample.lines if line.quad is not None]


def _filled(samples: Sequence[Sample], images: Sequence[Image], number: int) -> ComposedFrame:
    image = images[number].copy()
    taken = [_rows(quad) for quad in _quads(samples[number])]
    for strip in _strips(samples, images, number):
        if len(taken) >= LINES:
            break
        top = _free_row(taken, strip.shape[0], image.shape[0])
        width = min(strip.shape[1], image.shape[1])
        if top is not None:
            image[top : top + strip.shape[0], :width] = strip[:, :width]
            taken.append((top, top + strip.shape[0]))
    return ComposedFrame(samples[number].id, image, len(taken))


def _strips(samples: Sequence[Sample], images: Sequence[Image], number: int) -> Iterator[Image]:
    """The lines of the following samples that show only one, each with the pixels around it, as wide as its frame."""
    for step in range(1, len(samples)):
        other = (number + step) % len(samples)
        quads = _quads(samples[other])
        if len(quads) == 1:
            low, high = _rows(quads[0])
            yield images[other][max(0, low) : high]


def _rows(quad: Quad) -> Tuple[int, int]:
    """The rows of a quad with some room around it."""
    return int(np.floor(quad[:, 1].min())) - _ROOM, int(np.ceil(quad[:, 1].max())) + _ROOM


def _free_row(taken: Sequence[Tuple[int, int]], height: int, limit: int) -> Optional[int]:
    """The first row from the bottom where a strip of this height covers nothing; None where there is no room."""
    for top in range(limit - height, -1, -1):
        if all(top + height <= low or top >= high for low, high in taken):
            return top
    return None
