"""Turned frames: nothing is cut off, and a pass is wrong by its text alone."""

from __future__ import annotations

import numpy as np
import pytest

from training import measure_rotation
from training.measure_rotation import Turned


@pytest.mark.parametrize("degrees", [-12, -2, 0, 8, 90, 180, 270])
def test_a_turned_frame_is_large_enough_and_keeps_its_middle(degrees: float) -> None:
    image = np.full((60, 80, 3), 200, np.uint8)
    image[27:33, 37:43] = 20
    made = measure_rotation.turned(image, degrees)
    height, width = made.shape[:2]
    assert made[height // 2, width // 2].max() < 60 and made[2, 2].min() > 150
    assert (height >= 60 and width >= 80) or degrees in (90, 270)


def test_positive_angles_turn_clockwise() -> None:
    image = np.zeros((60, 80), np.uint8)
    image[5:10, 35:45] = 255  # at the top
    made = measure_rotation.turned(image, 90)
    assert made.shape == (80, 60) and made[35:45, 50:55].min() == 255  # on the right
    slightly = measure_rotation.turned(image, 10)
    assert np.average(np.arange(slightly.shape[1]), weights=slightly.sum(axis=0)) > slightly.shape[1] / 2


def test_passes_are_counted_by_their_text() -> None:
    found = [Turned(True, True, "pass"), Turned(False, True, "pass"), Turned(False, False, "pass")]
    found += [Turned(False, False, "no-read")]
    counted = measure_rotation.counted(-8, found)
    assert counted == {"degrees": -8, "frames": 4, "exact": 1, "passed": 2, "wrong_passes": 1}


def test_equality_is_that_of_a_text_form() -> None:
    assert measure_rotation.is_equal("nospace", "EXP 01", "EXP01")
    assert not measure_rotation.is_equal("thesis", "EXP 01", "EXP01")


def test_the_table_says_what_is_lost_near_upright() -> None:
    angles = [
        {"degrees": degrees, "frames": 100, "exact": exact, "passed": 80, "wrong_passes": 0}
        for degrees, exact in ((-12, 70), (-8, 95), (0, 98))
    ]
    table = measure_rotation.table({"angles": angles})
    assert "| -8 degrees | 100 | 95 | 80 | 0 |" in table and "| upright | 100 | 98 | 80 | 0 |" in table
    assert "0 wrong passes in 300 frames" in table and "lowest accuracy is 95 exact frames, 97 % of upright" in table
