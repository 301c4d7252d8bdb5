"""Line crops: reproducible, of the network's height, with ink."""

from __future__ import annotations

import numpy as np

from training.recogniser import lines, prints
from training.render.fonts import EMBEDDED

TYPEFACES = (EMBEDDED,)


def test_the_same_seed_and_index_give_the_same_crop() -> None:
    first, second = (lines.render(5, 12, TYPEFACES) for _ in range(2))
    assert first.text == second.text
    np.testing.assert_array_equal(first.pixels, second.pixels)


def test_no_crop_depends_on_another() -> None:
    assert lines.render(5, 3, TYPEFACES).text != lines.render(5, 4, TYPEFACES).text
    assert lines.render(5, 3, TYPEFACES).text != lines.render(6, 3, TYPEFACES).text


def test_a_crop_is_32_high_and_says_what_is_printed() -> None:
    for index in range(40):
        crop = lines.render(8, index, TYPEFACES)
        assert crop.pixels.shape[0] == lines.HEIGHT
        assert crop.pixels.shape[1] <= lines.WIDEST
        assert crop.pixels.dtype == np.uint8
        assert crop.text == crop.shown.upper()
        assert crop.kind in prints.KINDS


def test_ink_shows_on_the_crop() -> None:
    spreads = [float(lines.render(9, index, TYPEFACES).pixels.std()) for index in range(30)]
    assert np.median(spreads) > 6
