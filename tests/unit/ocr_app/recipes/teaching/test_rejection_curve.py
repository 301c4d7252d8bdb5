"""The rejection curve counts good and wrong passes at every threshold."""

from ocr_app.recipes.teaching.rejection_curve import (
    OperatingPoint,
    choose_operating_point,
    compute_rejection_curve,
    summarise_rejection,
)

CASES = [(5.0, True), (4.0, True), (3.0, False), (3.0, True), (1.0, True), (float("-inf"), False)]


def test_the_rejection_curve_counts_good_and_wrong_passes():
    curve = compute_rejection_curve(CASES)
    assert curve[:3] == [OperatingPoint(5.0, 1, 0), OperatingPoint(4.0, 2, 0), OperatingPoint(3.0, 3, 1)]


def test_the_operating_point_passes_the_most_good_codes():
    assert choose_operating_point(CASES) == OperatingPoint(4.0, 2, 0)
    assert choose_operating_point(CASES, 1) == OperatingPoint(1.0, 4, 1)
    assert choose_operating_point([(1.0, False)]).good == 0 and choose_operating_point([]).good == 0


def test_the_summary_names_codes_and_operating_points():
    record = summarise_rejection(CASES)
    assert record["codes"] == 6 and record["right"] == 4
    assert record["passed"][0] == {"wrong_allowed": 0, "good": 2, "wrong": 0, "threshold": 4.0}
    assert [point["wrong_allowed"] for point in record["passed"]] == [0, 1, 5]
    assert summarise_rejection([])["passed"][0]["threshold"] is None
