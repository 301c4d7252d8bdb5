"""Surfaces of packages: near their colour, with glare on top."""

from __future__ import annotations

import numpy as np
import pytest

from training.render import substrate
from training.render.seeds import stream


@pytest.mark.parametrize("name", substrate.SURFACES)
def test_every_surface_stays_near_its_colour(name: str) -> None:
    layer = substrate.surface(name, stream(1, 0, "surface"), (120, 160), (150.0, 140.0, 130.0))
    assert layer.shape == (120, 160, 3)
    assert layer.dtype == np.float32
    assert np.allclose(layer.mean(axis=(0, 1)), [150, 140, 130], atol=32)


def test_an_unknown_surface_is_named() -> None:
    with pytest.raises(ValueError, match="unknown surface 'velvet'"):
        substrate.surface("velvet", stream(1, 0, "surface"), (10, 10), (0, 0, 0))


def test_glare_only_adds_light_and_grows_with_its_strength() -> None:
    weak, strong = (substrate.glare(stream(1, 0, "glare"), (90, 120), s, (60, 45)) for s in (0.2, 0.9))
    assert weak.min() >= 0
    assert strong.mean() > 2 * weak.mean()
