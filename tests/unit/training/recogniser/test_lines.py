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


def test_labels_are_printed_in_the_case_of_their_text() -> None:
    crops = [lines.render(10, index, TYPEFACES, lines.STYLES["label"]) for index in range(60)]
    assert any(crop.shown not in (crop.text, crop.text.lower(), crop.text.title()) for crop in crops)
    assert {crop.kind for crop in crops} <= {"font", "dot-font"}


def test_metal_has_streaks_and_relief_and_is_reproducible() -> None:
    first, second = (lines.render(11, 3, TYPEFACES, lines.STYLES["metal"]) for _ in range(2))
    np.testing.assert_array_equal(first.pixels, second.pixels)
    plane = lines._brushed((40, 200), 120.0, 60.0, np.random.default_rng(1))
    assert plane.shape == (40, 200) and plane.std() > 1.0 and plane.min() >= 5.0 and plane.max() <= 250.0


def test_other_styles_know_neither() -> None:
    for style in (lines.STYLES["hard"], lines.STYLES["plain"]):
        assert style.brushed == 0.0 and style.relief < 0.1 and not style.cased
