"""The package before the code is printed on it."""

from __future__ import annotations

import numpy as np
import pytest

from training.render import package
from training.render.fonts import EMBEDDED
from training.render.seeds import stream
from training.render.spec import CONDITIONS, FrameSpec

BOX = (120, 130, 250, 60)
SHAPE = (320, 480)


def spec(condition: str) -> FrameSpec:
    return FrameSpec("dot-5x7", condition, "middle", "flat", "two-line")


@pytest.mark.parametrize("condition", CONDITIONS)
def test_ink_is_darker_than_the_ground_unless_the_condition_says_otherwise(condition: str) -> None:
    for index in range(20):
        tones = package.tones(spec(condition), 0.5, stream(1, index, "tones"))
        difference = float(np.mean(tones.ink)) - float(np.mean(tones.ground))
        assert (difference > 20) if condition == "light-on-dark" else (difference < -20)


def test_low_contrast_is_lower_than_the_usual_one() -> None:
    def contrast(condition: str) -> float:
        found = [package.tones(spec(condition), 0.5, stream(1, k, "tones")) for k in range(20)]
        return float(np.mean([np.mean(tones.ground) - np.mean(tones.ink) for tones in found]))

    assert contrast("low-contrast") < 0.7 * contrast("clean")


def test_a_package_is_reproducible_and_keeps_the_place_of_the_code_free_of_artwork() -> None:
    (first, words), (second, _) = (package.package(spec("clean"), 0.5, 3, 4, SHAPE, BOX, EMBEDDED) for _ in range(2))
    assert np.array_equal(first, second) and first.shape == (*SHAPE, 3)
    x, y, w, h = BOX
    assert first[y : y + h, x : x + w].std() < first.std() + 1e-3
    assert all((quad.max(axis=0)[1] < y) or (quad.min(axis=0)[1] > y + h) for quad in words)


def test_an_underprint_changes_the_place_of_the_code() -> None:
    plane = np.full((*SHAPE, 3), 180.0, dtype=np.float32)
    tones = package.Tones((180.0, 180.0, 180.0), (40.0, 40.0, 40.0))
    package.underprint(plane, spec("overlap"), 0.5, stream(1, 0, "under"), tones, BOX, EMBEDDED)
    assert (plane != 180.0).any() and plane.min() >= 0
