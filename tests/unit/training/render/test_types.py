"""Quads: clockwise from the top left."""

from __future__ import annotations

import numpy as np

from training.render.types import rectangle


def test_a_rectangle_runs_clockwise_from_the_top_left() -> None:
    quad = rectangle(1, 2, 5, 4)
    assert quad.dtype == np.float64
    assert quad.tolist() == [[1, 2], [5, 2], [5, 4], [1, 4]]
