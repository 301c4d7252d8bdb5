"""The rejection curve: how many good codes pass when the threshold lets so many wrong ones pass."""

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

_WRONG_ALLOWED = (0, 1, 5)

Case = Tuple[float, bool]
"""A code's assurance, and whether its text is right."""


class OperatingPoint(NamedTuple):
    """How many right and wrong texts pass when everything of at least ``threshold`` passes."""

    threshold: float
    good: int
    wrong: int


def compute_rejection_curve(cases: Sequence[Case]) -> List[OperatingPoint]:
    """Operating points from the strictest threshold to the laxest. Cases of equal assurance pass together."""
    points: List[OperatingPoint] = []
    good = wrong = 0
    for assurance, right in sorted(cases, key=lambda case: -case[0]):
        good, wrong = good + int(right), wrong + int(not right)
        if points and points[-1].threshold == assurance:
            points.pop()
        points.append(OperatingPoint(assurance, good, wrong))
    return points


def choose_operating_point(cases: Sequence[Case], wrong: int = 0) -> OperatingPoint:
    """The point that passes the most good codes with at most ``wrong`` wrong ones."""
    best = OperatingPoint(float("inf"), 0, 0)
    for point in compute_rejection_curve(cases):
        if point.wrong <= wrong and point.good >= best.good:
            best = point
    return best


def summarise_rejection(cases: Sequence[Case]) -> Dict[str, Any]:
    """``codes``, ``right``, and ``passed``: the operating points for 0, 1 and 5 wrong passes."""
    record: Dict[str, Any] = {"codes": len(cases), "right": sum(int(right) for _, right in cases), "passed": []}
    for wrong in _WRONG_ALLOWED:
        point = choose_operating_point(cases, wrong)
        threshold = None if abs(point.threshold) > 1e6 else round(point.threshold, 3)
        record["passed"].append(
            {"wrong_allowed": wrong, "good": point.good, "wrong": point.wrong, "threshold": threshold}
        )
    return record
