"""Noise of surfaces and prints: shape, mean, spread and direction."""

from __future__ import annotations

import numpy as np
import pytest

from training.render import noise
from training.render.seeds import stream

SHAPE = (200, 300)


@pytest.mark.parametrize("cell", [4.0, 12.0, 30.0])
def test_smooth_noise_has_mean_0_and_neighbours_that_agree(cell: float) -> None:
    plane = noise.smooth(stream(1, 0, "noise"), SHAPE, cell)
    assert plane.shape == SHAPE and plane.dtype == np.float32
    assert abs(float(plane.mean())) < 0.3 and 0.5 < plane.std() < 1.2
    assert np.abs(np.diff(plane, axis=1)).mean() < 2.0 / cell


def test_streaks_run_along_their_direction() -> None:
    across = noise.streaks(stream(1, 0, "noise"), SHAPE, 40)
    down = noise.streaks(stream(1, 0, "noise"), SHAPE, 40, vertical=True)
    for plane, along in ((across, 1), (down, 0)):
        assert plane.std() == pytest.approx(1.0, abs=0.3)
        assert np.abs(np.diff(plane, axis=along)).mean() < 0.5 * np.abs(np.diff(plane, axis=1 - along)).mean()


def test_ridges_are_sparse_and_never_negative() -> None:
    plane = noise.ridges(stream(1, 0, "noise"), SHAPE, 30.0, 0.1)
    assert plane.min() >= 0 and 0 < (plane > 0.1).mean() < 0.2


def test_a_ramp_rises_from_minus_1_to_1() -> None:
    plane = noise.ramp(SHAPE, 0.0)
    assert (plane[:, 0] == -1).all() and (plane[:, -1] == 1).all()
    assert np.abs(noise.ramp(SHAPE, 0.7)).max() == 1.0
