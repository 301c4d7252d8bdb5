"""The line crops of a data set."""

import pytest

from ocr_app.core.errors import DatasetError
from ocr_app.datasets.crops import line_crops
from ocr_app.datasets.loading import open_dataset


def test_annotated_lines_are_cut_with_a_margin(greys):
    crops = line_crops(greys)
    assert [(crop.id, crop.truth) for crop in crops] == [("0:1", "50"), ("1:1", "80"), ("1:2", "150")]
    assert crops[0].image.shape[:2] == (24, 64) and abs(crops[0].image.mean() - 50) < 1


def test_a_set_without_lines_is_an_error(folder):
    with pytest.raises(DatasetError, match="neither"):
        line_crops(open_dataset(str(folder)))
