"""Sections about reading: their choices are those of the rest of the application."""

import pytest

from ocr_app.cli import arguments
from ocr_app.line.settings.reading import ENGINES, PRECISIONS, ImageSettings, ReaderSettings, RecipeSettings


def test_precisions_are_those_of_the_other_verbs():
    assert PRECISIONS == arguments.PRECISIONS


def test_engines():
    assert ENGINES == ("image", "none", "tensorrt", "onnxruntime")


@pytest.mark.parametrize("regions", [((0, 0, 1, 1),), ((5, 6, 70, 80), (1, 2, 3, 4)), ()])
def test_regions_that_fit(regions):
    assert ImageSettings(regions=regions).regions == regions


@pytest.mark.parametrize("regions", [((0, 0, 1),), ((-1, 0, 1, 1),), ((0, 0, 1, 0),)])
def test_regions_that_do_not(regions):
    with pytest.raises(ValueError, match="width and height from 1"):
        ImageSettings(regions=regions)


def test_expected_values_are_texts():
    with pytest.raises(ValueError, match="texts by field name"):
        RecipeSettings(expected={"lot": 12})


@pytest.mark.parametrize("device", ["gpu", "CPU", ""])
def test_a_device_is_named_exactly(device):
    with pytest.raises(ValueError, match="cpu or cuda"):
        ReaderSettings(device=device)
