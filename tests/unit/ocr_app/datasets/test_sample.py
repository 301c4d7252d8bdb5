"""Views of a sample, and its labelled lines in their coordinates."""

import numpy as np
import pytest

from ocr_app.core.errors import ImageError
from ocr_app.datasets.sample import Sample, crop_to_box, view, view_lines
from ocr_app.scoring.line_matching import TruthLine


def test_a_crop_moves_the_labelled_lines_with_it():
    sample = Sample("1", "1.png", "A", box=(10, 5, 20, 8), lines=(TruthLine("A", np.full((4, 2), 12, np.float32)),))
    pixels = np.arange(40 * 60, dtype=np.uint32).reshape(40, 60)
    assert crop_to_box(pixels, sample).shape == (8, 20)
    assert crop_to_box(pixels, sample)[0, 0] == pixels[5, 10]
    assert view_lines(sample, "box")[0].quad[0].tolist() == [2.0, 7.0]


def test_a_box_outside_the_picture_is_that_pictures_error():
    with pytest.raises(ImageError, match="is not inside 10 x 10") as caught:
        crop_to_box(np.zeros((10, 10), np.uint8), Sample("1", "1.png", "A", box=(5, 0, 6, 2)))
    assert caught.value.code == "bad-box"


def test_views_of_a_sample_and_where_its_lines_are_in_them():
    quad = np.array([[12, 8], [22, 8], [22, 10], [12, 10]], np.float32)
    sample = Sample("1", "1.png", "A", box=(10, 5, 19, 13), lines=(TruthLine("A", quad),))
    pixels = np.zeros((40, 60, 3), np.uint8)
    shapes = {crop: view(pixels, sample, crop).shape for crop in ("none", "box", "squeezed")}
    assert shapes == {"none": (40, 60, 3), "box": (13, 19, 3), "squeezed": (260, 380, 3)}
    corners = {crop: view_lines(sample, crop)[0].quad[2].tolist() for crop in shapes}
    assert corners == {"none": [22.0, 10.0], "box": [12.0, 5.0], "squeezed": [240.0, 100.0]}


def test_without_a_box_the_view_is_the_image():
    lines = (TruthLine("A", None),)
    sample = Sample("1", "1.png", "A", lines=lines)
    pixels = np.zeros((4, 6), np.uint8)
    assert crop_to_box(pixels, sample) is pixels and view(pixels, sample, "box") is pixels
    assert view_lines(sample, "box") == lines
