"""Promises of the grammar of codes."""

from __future__ import annotations

import re
from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.render import glyphs, text

SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.sampled_from(text.LAYOUTS))
def test_every_code_can_be_printed_by_the_smallest_head(seed: int, layout: str) -> None:
    lines = text.code_lines(np.random.default_rng(seed), layout)
    assert len(lines) == (2 if layout == "two-line" else 1)
    assert set("".join(lines)) <= set(glyphs.load("5x5").characters)


@given(SEEDS)
def test_a_month_code_expires_after_its_production(seed: int) -> None:
    line = text.code_lines(np.random.default_rng(seed), "two-line")[0]
    match = re.fullmatch(r"PRO: (\d\d)/(\d{4}) EXP: (\d\d)/(\d{4})", line)
    if match:
        made, expires = (int(match[2]), int(match[1])), (int(match[4]), int(match[3]))
        assert made < expires


@given(SEEDS)
def test_a_lot_names_the_day_of_production(seed: int) -> None:
    made = date(2022, 5, 30)
    assert re.fullmatch(r"[LABK]22150\d{3}", text.lot(np.random.default_rng(seed), made))


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 60))
def test_adding_months_gives_a_later_day_of_that_month(day: date, months: int) -> None:
    later = text.add_months(day, months)
    assert later > day
    assert (later.year - day.year) * 12 + later.month - day.month == months


def test_an_unknown_layout_is_named() -> None:
    with pytest.raises(ValueError, match="unknown layout 'round'"):
        text.code_lines(np.random.default_rng(0), "round")
