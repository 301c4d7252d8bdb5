"""Summaries of given numbers; nothing here is timed."""

from ocr_app.benchmark.latency import by_phase, least_and_median, per_second, summarise


def test_a_summary_worked_by_hand():
    assert summarise([float(value) for value in range(1, 101)]) == {
        "n": 100,
        "median": 50.5,
        "p95": 95.05,
        "p99": 99.01,
        "mean": 50.5,
        "std": 29.011,
        "min": 1.0,
        "max": 100.0,
    }


def test_a_quantile_needs_samples():
    assert summarise([1.0] * 19)["p95"] is None
    assert summarise([1.0] * 20)["p95"] == 1.0
    assert summarise([1.0] * 99)["p99"] is None


def test_nothing_measured_is_no_number():
    assert summarise([])["median"] is None and summarise([])["n"] == 0
    assert summarise([2.0])["std"] is None
    assert per_second([]) is None


def test_phases_keep_their_order_and_absent_ones_stay_out():
    found = by_phase([{"total": 4.0, "detect": 3.0}, {"total": 6.0}])
    assert list(found) == ["detect", "total"]
    assert (found["detect"]["n"], found["total"]["mean"]) == (1, 5.0)


def test_repeats_of_one_image_keep_minimum_and_median():
    assert least_and_median([{"total": 9.0}, {"total": 3.0}, {"total": 4.0}]) == {"total": [3.0, 4.0]}


def test_throughput_is_one_image_after_the_other():
    assert per_second([250.0, 750.0]) == 2.0
