"""From figures of few boards to an estimate for many: a straight line, by least squares."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class CostLine:
    """``fixed`` + ``each`` * boards."""

    fixed: float
    each: float

    def at(self, boards: int) -> float:
        """The estimate for a number of boards."""
        return self.fixed + self.each * boards


def fit(points: Sequence[tuple[int, float]]) -> CostLine:
    """The line through (boards, cost). Raises ValueError for fewer than two different numbers of boards."""
    if len({boards for boards, _ in points}) < 2:
        raise ValueError("a line needs two different numbers of boards")
    count = len(points)
    middle = sum(boards for boards, _ in points) / count
    mean = sum(cost for _, cost in points) / count
    over = sum((boards - middle) * (cost - mean) for boards, cost in points)
    each = over / sum((boards - middle) ** 2 for boards, _ in points)
    return CostLine(mean - each * middle, each)
