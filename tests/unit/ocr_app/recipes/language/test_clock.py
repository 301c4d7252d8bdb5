"""A clock is trusted only with reason."""

import datetime

import pytest

from ocr_app.recipes.language.clock import judge_clock, possible_todays

DAY = datetime.date
NOW, BUILT = datetime.datetime(2026, 5, 1), datetime.datetime(2026, 1, 1)


def test_a_synchronised_clock_is_trusted():
    clock = judge_clock(NOW, True, BUILT)
    assert clock.trusted and clock.why == "" and clock.now == NOW


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ((NOW, None, BUILT), "no time service reports that the clock is synchronised"),
        ((NOW, False, BUILT), "clock is not synchronised"),
        ((datetime.datetime(1970, 1, 1), True, BUILT), "clock is before 2026-01-01"),
        ((NOW, True, BUILT, DAY(2026, 4, 1)), "clock is after 2026-04-01"),
    ],
)
def test_a_clock_is_trusted_only_with_reason(arguments, why):
    clock = judge_clock(*arguments)
    assert not clock.trusted and clock.why == why


def test_todays_around_midnight():
    assert possible_todays(datetime.datetime(2024, 1, 1, 23, 55), 10) == (DAY(2024, 1, 1), DAY(2024, 1, 2))
    assert possible_todays(datetime.datetime(2024, 1, 1, 12), 10) == (DAY(2024, 1, 1),)
