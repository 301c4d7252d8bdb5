"""Pre-processings keep size and type, and leave their input alone."""

import numpy as np
import pytest

from ocr_app.core.errors import UsageError
from ocr_app.imaging import preprocess


@pytest.mark.parametrize("name", preprocess.NAMES)
@pytest.mark.parametrize("shape", [(20, 30, 3), (20, 30)])
def test_size_and_type_stay(name, shape):
    image = np.random.RandomState(1).randint(0, 255, shape, np.uint8)
    before = image.copy()
    made = preprocess.apply(name, image)
    assert made.dtype == np.uint8 and made.shape[:2] == shape[:2]
    np.testing.assert_array_equal(image, before)


def test_raw_is_the_image_itself():
    image = np.zeros((10, 10, 3), np.uint8)
    assert preprocess.raw(image) is image


def test_gray_weighs_the_colours_by_bt601():
    red = np.zeros((1, 1, 3), np.uint8)
    red[0, 0, 2] = 255
    assert preprocess.gray(red)[0, 0] == 76  # 0.299 * 255


def test_otsu_is_black_and_white():
    image = np.random.RandomState(1).randint(0, 255, (20, 30, 3), np.uint8)
    assert set(np.unique(preprocess.otsu(image))) <= {0, 255}


def test_clahe_raises_local_contrast():
    faint = np.tile(np.linspace(100, 110, 64).astype(np.uint8), (64, 1))
    assert np.ptp(preprocess.clahe(faint)) > 1.5 * np.ptp(faint)


def test_unknown_name_lists_the_known_ones():
    with pytest.raises(UsageError, match="raw, gray, clahe, otsu"):
        preprocess.apply("magic", np.zeros((2, 2), np.uint8))
