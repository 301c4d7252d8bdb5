"""The page of throughput and latency: what was gained, and whether that is what was wanted."""

import pytest

from fleet.live import results


def figures(per_second, told, read=50.0):
    spread = {"50": told, "95": 1.2 * told, "99": 1.3 * told, "mean": told}
    own = {"50": read, "95": 1.2 * read, "99": 1.3 * read, "mean": read}
    return {"parts": 100, "passed": 100, "per_second": per_second, "told_ms": spread, "read_ms": own}


@pytest.fixture
def record():
    def way(name, speeds, processes=1):
        shape = {"name": name, "processes": processes, "threads": 1, "queue": 4}
        return {**shape, "rounds": [figures(speed, 60.0) for speed in speeds]}

    return {
        "command": "./inv line measure",
        "created": "2026-11-30T10:00:00+00:00",
        "machine": {"cpu": "A", "system": "B", "arch": "C", "python": "3.11.7"},
        "idle_before": 0.99,
        "half": 5.0,
        "ways": [way("one by one", [10.0, 5.0, 10.0]), way("2 processes", [17.0, 8.0, 18.0], 2)],
        "rates": [{"rate_hz": 1.0, **figures(1.0, 60.0)}, {"rate_hz": 5.0, **figures(5.0, 65.0)}],
    }


def test_the_gain_is_the_median_over_rounds_that_saw_the_same_computer(record):
    assert results.gain(record, "2 processes", "one by one") == pytest.approx(1.7)
    assert results.wait(record) == pytest.approx(1.3)
    page = results.page(record)
    assert "1.70 times" in page and page.count("reached.") == 2 and "**not reached**" not in page
    assert "99 % of the processor was idle." in page and "| 5 (half of the greatest) | 5.0 |" in page


def test_what_was_not_reached_and_a_busy_computer_are_said(record):
    record["idle_before"] = 0.2
    for each in record["ways"][1]["rounds"]:
        each["per_second"] /= 2.0
    record["rates"][1]["told_ms"]["95"] = 200.0
    page = results.page(record)
    assert page.count("**not reached**") == 2 and "these figures suffer from them" in page
