"""Lines of photographs count where two teachers are sure of the same text."""

from __future__ import annotations

import numpy as np
import pytest

from training.real import agreed
from training.real.teacher import TeacherLine

QUAD = [[10.0, 10.0], [110.0, 10.0], [110.0, 30.0], [10.0, 30.0]]


def line(small: str, tiny: str, sure: float = 0.95, quad: list[list[float]] | None = None) -> TeacherLine:
    return TeacherLine(quad or QUAD, small, 0.99, tiny, sure)


@pytest.mark.parametrize(
    ("found", "counts"),
    [
        (line("Syrup", "Syrup"), True),
        (line("Syrup", "syrup"), False),
        (line("Syrup", "Syrup", 0.9), False),
        (line("EEEE", "EEEE"), False),  # what readers see in ornaments
        (line("5", "5"), True),
        (line("-", "-"), False),
        (line("Syrup", "Syrup", quad=[[0, 0], [40, 0], [40, 7], [0, 7]]), False),
    ],
)
def test_what_counts(found: TeacherLine, counts: bool) -> None:
    assert agreed.agreed(found) is counts


def test_a_line_is_cut_with_a_margin_of_its_own() -> None:
    rng = np.random.default_rng(0)
    sizes = {agreed.cut(np.zeros((80, 160), np.uint8), np.array(QUAD, np.float32), rng).shape for _ in range(20)}
    assert all(19 <= h <= 28 and 99 <= w <= 108 for h, w in sizes) and len(sizes) > 3
