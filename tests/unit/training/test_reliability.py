"""Reliability: bins of equal size, one number, and a diagram."""

import pytest

from training import reliability
from training.reliability import ReliabilityBin, calibration_error, nines, reliability_bins


def test_bins_hold_equally_many_cases_by_rising_confidence():
    cases = [(0.9, True), (0.2, False), (0.8, True), (0.1, False)]
    assert reliability_bins(cases, 2) == [ReliabilityBin(2, 0.15, 0.0), ReliabilityBin(2, 0.85, 1.0)]


def test_equal_confidences_are_never_split():
    cases = [(0.5, True)] * 3 + [(0.5, False)] * 3
    assert reliability_bins(cases, 3) == [ReliabilityBin(6, 0.5, 0.5)]


def test_the_error_is_the_weighted_distance():
    assert calibration_error([(0.75, True)] * 3 + [(0.75, False)]) == 0.0
    assert calibration_error([(1.0, True)] * 3 + [(1.0, False)]) == pytest.approx(0.25)
    assert calibration_error([(0.2, False), (0.2, True), (0.9, True), (0.9, True)], 2) == pytest.approx(0.2)
    assert calibration_error([]) == 0.0


@pytest.mark.parametrize("confidence", [-0.1, 1.1, float("nan")])
def test_what_is_no_probability_is_refused(confidence):
    with pytest.raises(ValueError, match="from 0 to 1"):
        reliability_bins([(confidence, True)])


def test_the_scale_counts_nines():
    assert [round(nines(share), 3) for share in (0.0, 0.9, 0.99, 1.0)] == [0, 1, 2, 4]


def test_the_diagram_names_each_curve_with_its_error_and_is_the_same_each_time():
    curves = {"one": [(1.0, True)] * 3 + [(1.0, False)], "two": [(0.5, True), (0.5, False)]}
    drawn = reliability.diagram(curves)
    assert drawn.count("error 25.0 points") == 1 and drawn.count("error 0.0 points") == 1
    assert drawn == reliability.diagram(curves)


def test_the_record_has_the_bins_and_the_error():
    record = reliability.to_json([(1.0, True), (1.0, False)])
    assert record == {"cases": 2, "calibration_error": 0.5, "bins": [[2, 1.0, 0.5]]}
