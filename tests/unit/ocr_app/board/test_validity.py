"""What speaks against a run."""

import pytest

from ocr_app.board.validity import reasons

CLOCKS = {"min": 1479.0, "cur": 1479.0, "max": 1479.0, "governor": "schedutil", "locked": True}
CLEAN = {
    "environment": {"power_mode": "MAXN", "throttle_count": 3},
    "after": {"clocks": CLOCKS, "temperatures_c": {"CPU-therm": 45.0}, "throttle_count": 3},
    "load": {"other_cores": 0.1},
    "counts": {"images": 100, "errors": 0, "inferences": 100},
}


def found(part, **changes):
    return [(r["code"], r["scope"]) for r in reasons(**dict(CLEAN, **{part: dict(CLEAN[part], **changes)}))]


def test_nothing_speaks_against_a_clean_run():
    assert reasons(**CLEAN) == []


@pytest.mark.parametrize(
    "part, changes, reason",
    [
        ("counts", {"errors": 1}, ("errors", "all")),
        ("counts", {"inferences": 9}, ("too-few-samples", "times")),
        ("load", {"other_cores": 0.6}, ("machine-busy", "times")),
        ("after", {"temperatures_c": {"GPU-therm": 95.5}}, ("hot", "times")),
        ("after", {"clocks": dict(CLOCKS, cur=1000.0)}, ("clock-lowered", "times")),
        ("after", {"throttle_count": 4}, ("throttled", "times")),
        ("environment", {"power_mode": "5W"}, ("power-mode", "times")),
    ],
)
def test_each_reason_is_named_with_its_scope(part, changes, reason):
    assert found(part, **changes) == [reason]


def test_what_cannot_be_read_speaks_against_nothing():
    unknown = {"min": None, "cur": None, "max": None, "governor": None, "locked": None}
    assert found("after", clocks=unknown, temperatures_c={}, throttle_count=None) == []
    assert found("load", other_cores=None) == []
    assert found("environment", power_mode=None, throttle_count=None) == []


def test_a_low_clock_under_a_saving_governor_is_by_design():
    assert found("after", clocks=dict(CLOCKS, cur=102.0, locked=False)) == []
