"""The rejection curve: how many good codes pass when the threshold lets so many wrong ones pass."""

from typing import Any, Dict, List, NamedTuple, Sequence, Tuple


class Point(NamedTuple):
    """With everything of at least ``threshold`` passed: how many right and how many wrong texts that is."""

    threshold: float
    good: int
    wrong: int


def rejection_curve(cases: Sequence[Tuple[float, bool]]) -> List[Point]:
    """Points from the strictest threshold to the laxest; a case is (assurance, whether the text is right).

    Cases of equal assurance pass together.
    """
    points: List[Point] = []
    good = wrong = 0
    for assurance, right in sorted(cases, key=lambda case: -case[0]):
        good, wrong = good + int(right), wrong + int(not right)
        if points and points[-1].threshold == assurance:
            points.pop()
        points.append(Point(assurance, good, wrong))
    return points


def passed_at(cases: Sequence[Tuple[float, bool]], wrong: int = 0) -> Point:
    """The point that passes most good codes with at most ``wrong`` wrong ones."""
    best = Point(float("inf"), 0, 0)
    for point in rejection_curve(cases):
        if point.wrong <= wrong and point.good >= best.good:
            best = point
    return best


def summary(cases: Sequence[Tuple[float, bool]]) -> Dict[str, Any]:
    """``codes``, ``right``, and for 0, 1 and 5 wrong passes how many good codes pass and at what threshold."""
    record: Dict[str, Any] = {"codes": len(cases), "right": sum(int(right) for _, right in cases), "passed": []}
    for wrong in (0, 1, 5):
        point = passed_at(cases, wrong)
        threshold = None if abs(point.threshold) > 1e6 else round(point.threshold, 3)
        record["passed"].append(
            {"wrong_allowed": wrong, "good": point.good, "wrong": point.wrong, "threshold": threshold}
        )
    return record
