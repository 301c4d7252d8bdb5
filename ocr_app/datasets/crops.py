"""The line crops of a data set, the same for every reader: what recognisers alone are measured on."""

from typing import List, NamedTuple

from ocr_app.core.errors import DatasetError
from ocr_app.core.types import Image, Quad
from ocr_app.datasets.sample import Dataset, Sample, view
from ocr_app.imaging.geometry import grow, rectify, sides
from ocr_app.imaging.load import load_image

MARGIN = 0.1
"""The margin on every side of an annotated line, as a share of the height of the line."""


class LineCrop(NamedTuple):
    """One line. ``id`` is the sample's; a line that is cut out of an image has its number added, from 1."""

    id: str
    image: Image
    truth: str


def line_crops(dataset: Dataset) -> List[LineCrop]:
    """Every line of the set: images of one line as they are, annotated quads cut out and straightened.

    Raises DatasetError for a set with neither, and ImageError for an image that cannot be read.
    """
    crops = [crop for sample in dataset.samples for crop in _crops_of(sample)]
    if not crops:
        found = "{} has neither images of one line nor lines with quads".format(dataset.name)
        raise DatasetError(found, "a set of line crops, or annotated lines")
    return crops


def _crops_of(sample: Sample) -> List[LineCrop]:
    pixels = load_image(sample.path).pixels
    if sample.layout == "line":
        return [LineCrop(sample.id, view(pixels, sample, "box"), sample.truth)]
    lines = [(line.text, line.quad) for line in sample.lines if line.scored]
    return [
        LineCrop("{}:{}".format(sample.id, number), _cut(pixels, quad), text)
        for number, (text, quad) in enumerate(lines, 1)
        if text is not None and quad is not None
    ]


def _cut(pixels: Image, quad: Quad) -> Image:
    return rectify(pixels, grow(quad, MARGIN * sides(quad)[1]))
