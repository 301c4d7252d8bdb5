"""What a frame has to show."""

from __future__ import annotations

import pytest

from training.render import spec
from training.render.seeds import stream


def test_ninety_images_hold_every_combination_once() -> None:
    specs = [spec.balanced(i, stream(2025, i, "spec")) for i in range(90)]
    assert len({(s.print, s.condition, s.difficulty) for s in specs}) == 90


def test_an_unknown_tag_is_named() -> None:
    with pytest.raises(ValueError, match="unknown condition 'rain'"):
        spec.FrameSpec("font", "rain", "easy", "flat", "two-line")
    assert spec.draw(stream(1, 2, "spec")).tags().keys() == {"print", "condition", "difficulty", "surface", "layout"}
