"""Whole frames: reproducible, with their lines where the ink is."""

from __future__ import annotations

import numpy as np
import pytest

from training.render import scene, spec
from training.render.seeds import stream


def frame(index: int) -> scene.Frame:
    return scene.render(spec.balanced(index, stream(5, index, "spec")), 5, index)


def test_the_same_arguments_give_the_same_pixels() -> None:
    first, again, other = frame(1), frame(1), frame(2)
    assert np.array_equal(first.pixels, again.pixels) and first.code == again.code
    assert not np.array_equal(first.pixels, other.pixels)


@pytest.mark.parametrize("index", range(4))
def test_lines_are_in_the_frame_and_in_the_box(index: int) -> None:
    made = frame(index)
    height, width = made.pixels.shape[:2]
    assert (height, width) == scene.FRAME and made.pixels.dtype == np.uint8
    x, y, w, h = made.box
    for line in made.lines:
        assert line.text in made.code
        assert (line.quad >= 0).all() and (line.quad <= (width, height)).all()
        assert (line.quad.min(axis=0) >= (x - 1, y - 1)).all()
        assert (line.quad.max(axis=0) <= (x + w + 1, y + h + 1)).all()


def test_the_tags_are_those_of_the_spec() -> None:
    wanted = spec.balanced(3, stream(5, 3, "spec"))
    assert scene.render(wanted, 5, 3).tags == wanted.tags()
