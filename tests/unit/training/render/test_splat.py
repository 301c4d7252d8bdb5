"""Dots to ink coverage."""

from __future__ import annotations

import numpy as np
import pytest

from training.render.splat import Dots, splat


def test_a_dot_has_the_area_of_its_radius() -> None:
    disc = splat(Dots(np.array([[20.3, 19.6]]), np.array([6.0])), (40, 40))
    assert disc.sum() == pytest.approx(np.pi * 36, rel=0.02)


def test_dots_outside_the_map_leave_no_ink() -> None:
    assert splat(Dots(np.array([[-50.0, 5.0]]), np.array([3.0])), (10, 10)).max() == 0.0
    assert splat(Dots(np.zeros((0, 2)), np.zeros(0)), (10, 10)).max() == 0.0
