"""Promises of the print head."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from training.render import glyphs
from training.render.head import HeadSettings, ink_share, print_line, survivors
from training.render.types import InkMap

TABLE = glyphs.load("5x7")
STEADY = HeadSettings(dot_spread=0.0, jitter=0.0)


def printed(head: HeadSettings, text: str = "L22150295", seed: int = 3) -> InkMap:
    return print_line(text, TABLE, head, np.random.default_rng(seed))


def test_coverage_is_a_share_and_reaches_full_ink() -> None:
    coverage = printed(STEADY).coverage
    assert coverage.dtype == np.float32
    assert coverage.min() == 0.0
    assert 0.95 < coverage.max() <= 1.0


@settings(max_examples=25, deadline=None)
@given(st.floats(1.5, 8), st.floats(-0.3, 0.4), st.floats(0, 0.5), st.floats(-2, 2), st.floats(0.7, 1.5))
def test_all_ink_without_chance_lies_in_the_quad(
    pitch: float, slant: float, bounce: float, sag: float, stretch: float
) -> None:
    head = replace(STEADY, pitch_px=pitch, slant=slant, bounce=bounce, curvature=sag, stretch=stretch)
    line = printed(head)
    ys, xs = np.nonzero(line.coverage > 0.5)
    (x0, y0), (x1, y1) = line.quad[0], line.quad[2]
    assert x0 - 1 <= xs.min() and xs.max() <= x1 + 1
    assert y0 - 1 <= ys.min() and ys.max() <= y1 + 1


@pytest.mark.parametrize(
    "loss", [{"missing_dots": 0.2}, {"missing_columns": 0.2}, {"missing_rows": (3,)}], ids=["dots", "columns", "rows"]
)
def test_every_kind_of_loss_removes_ink(loss: dict[str, object]) -> None:
    whole, broken = printed(STEADY), printed(replace(STEADY, **loss))  # type: ignore[arg-type]
    assert ink_share(broken) < 0.97 * ink_share(whole)
    assert np.array_equal(broken.quad, whole.quad)


def test_all_dots_missing_leaves_no_ink() -> None:
    assert ink_share(printed(replace(STEADY, missing_dots=1.0))) == 0.0


@settings(max_examples=20, deadline=None)
@given(st.floats(0.05, 0.95))
def test_the_share_of_lost_dots_is_the_share_asked_for(share: float) -> None:
    places = np.argwhere(np.ones((400, 7)))[:, ::1].astype(float)
    kept = survivors(places, replace(STEADY, missing_dots=share), np.random.default_rng(1))
    assert kept.mean() == pytest.approx(1 - share, abs=0.05)


@pytest.mark.parametrize("more", [{"satellites": 1.0}, {"merge": 1.0}, {"bold": 2}, {"dot": 0.6}])
def test_satellites_merging_bold_and_larger_dots_add_ink(more: dict[str, object]) -> None:
    assert ink_share(printed(replace(STEADY, **more))) > ink_share(printed(STEADY))  # type: ignore[arg-type]


def test_stretch_widens_a_line_and_leaves_its_height() -> None:
    slow, fast = printed(STEADY).quad, printed(replace(STEADY, stretch=1.5)).quad
    assert np.ptp(fast[:, 0]) > 1.4 * np.ptp(slow[:, 0])
    assert np.ptp(fast[:, 1]) == pytest.approx(np.ptp(slow[:, 1]))


@pytest.mark.parametrize("bad", [{"missing_dots": 1.5}, {"pitch_px": 0}, {"gap": -1}, {"merge": -0.1}, {"bold": 0}])
def test_impossible_settings_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=next(iter(bad))):
        HeadSettings(**bad)  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["", "   "])
def test_a_text_without_dots_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="prints no dot"):
        printed(STEADY, text)
