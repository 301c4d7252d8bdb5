"""What a board's own record says against its times."""

import pytest

from fleet.campaigns.trouble import SETTINGS, SUPPLY, THROTTLED, Trouble, troubles
from tests.unit.fleet.campaigns import made


def found(entries=None, records=None, **more):
    return troubles(made.board("nano-1", records, entries, **more))


def test_a_cool_board_with_fixed_clocks_has_none():
    assert found() == []


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ({"hottest_c": 96.5}, "hottest zone at 96.5 degrees; throttling starts near 97"),
        ({"most_cooling": 2}, "the kernel lowered clocks to cool the board (cooling state 2)"),
        ({"least_busy_gpu_mhz": 460}, "the busy GPU fell to 460 of 922 MHz"),
        ({"least_cpu_mhz": 921.0}, "the processor fell to 921 of 1479 MHz"),
    ],
)
def test_throttling_is_named_with_its_part(seen, words):
    assert found({made.RUN: {"during": made.during(**seen)}}) == [Trouble(THROTTLED, made.RUN, words)]


def test_a_clock_that_is_not_fixed_may_fall():
    before = made.state()
    before["cpu"] = {**made.CLOCKS, "locked": False}
    assert found({made.RUN: {"during": made.during(least_cpu_mhz=102.0), "before": before}}) == []


def test_a_count_of_the_processor_that_rose_is_throttling():
    counts = {"before": made.state(throttle_count=3), "after": made.state(throttle_count=5)}
    assert found({made.RUN: counts}) == [Trouble(THROTTLED, made.RUN, "heat throttled the processor 2 times")]


def test_reasons_of_a_record_count_too():
    told = found(records=made.whole(**{made.RUN: made.run(doubts=["clock-lowered", "machine-busy"])}))
    assert told == [Trouble(THROTTLED, made.RUN, "a constant clock was lowered (1, limit 0)")]
    told = found(records=made.whole(**{made.CNN: made.cnn(against=["the busy GPU fell to 76 MHz: throttled"])}))
    assert told == [Trouble(THROTTLED, made.CNN, "the busy GPU fell to 76 MHz: throttled")]


def test_a_weak_supply_is_named():
    seen = {"during": made.during(least_input_mv=4610), "after": made.state(over_current=2)}
    assert found({made.SPEED: seen}) == [
        Trouble(SUPPLY, made.SPEED, "the 5 V input fell to 4610 mV; at least 4750 mV are needed"),
        Trouble(SUPPLY, made.SPEED, "2 over-current alarms in the kernel's log"),
    ]


def test_power_mode_and_clocks_are_settings_of_the_board():
    assert found(before=made.state(mode="5W", unlocked=["GPU", "cpu0"])) == [
        Trouble(SETTINGS, "", "power mode 5W, not MAXN"),
        Trouble(SETTINGS, "", "clocks not locked: GPU, cpu0"),
    ]


def test_a_board_without_nvidias_tools_is_judged_by_the_rest():
    without = {**made.state(), "tools": None, "why_no_tools": "nvpmodel cannot be run"}
    seen = {"during": {**made.during(hottest_c=None), "tegrastats": None}, "before": without}
    assert found({made.RUN: seen}, before=without) == []


def test_a_board_that_brought_nothing_has_no_trouble_to_tell():
    assert troubles(made.BoardRecords("nano-1")) == []
