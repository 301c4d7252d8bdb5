"""What else is printed on a package."""

from __future__ import annotations

import numpy as np
import pytest

from training.render import artwork, fonts
from training.render.seeds import stream


def test_decoration_leaves_the_place_of_the_code_alone() -> None:
    layer = np.full((400, 500, 3), 180, dtype=np.float32)
    artwork.decorate(layer, stream(4, 0, "artwork"), (100, 150, 300, 90), fonts.EMBEDDED)
    assert (layer[150:240, 100:400] == 180).all()
    assert (layer != 180).any()


@pytest.mark.parametrize("corner", [(-30, -20), (495, 395), (900, 900)])
def test_a_print_beyond_the_edge_is_cut_off(corner: tuple[int, int]) -> None:
    layer = np.full((400, 500, 3), 180, dtype=np.float32)
    artwork.stamp(layer, np.ones((50, 60), dtype=np.float32), corner, (0, 0, 0), 1.0)
    assert layer.shape == (400, 500, 3)
