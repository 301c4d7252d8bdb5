"""What printed dates mean, and the arithmetic of shelf lives, as the standards have them."""

import datetime

import pytest

from ocr_app.recipes.language.dates import (
    DateRange,
    add_period,
    date_ranges,
    expand_two_digit_year,
    possible_years,
    ranges_agree,
    shift_range,
)
from ocr_app.recipes.language.patterns import PartialDateTime, PatternSettings, gs1_date_tokens, parse_text

DAY = datetime.date


def one_day(*parts):
    return DateRange(DAY(*parts), DAY(*parts))


@pytest.mark.parametrize(
    ("year", "now", "full"), [(25, 2024, 2025), (75, 2024, 1975), (74, 2024, 2074), (0, 2024, 2000), (10, 2070, 2110)]
)
def test_the_century_of_two_digits(year, now, full):
    """GS1 General Specifications 7.12: from 49 years back to 50 years ahead."""
    assert expand_two_digit_year(year, now) == full


def test_a_window_decides_where_it_can_and_the_clock_where_it_cannot():
    printed = PartialDateTime(year=30, month=1, day=5, year_digits=2)
    assert date_ranges(printed, PatternSettings(2000, 2049)) == (one_day(2030, 1, 5),)
    assert len(date_ranges(printed, PatternSettings(1900, 2099))) == 2
    assert date_ranges(printed, PatternSettings(1900, 2099), 2024) == (one_day(2030, 1, 5),)


def test_a_year_of_one_digit_is_the_nearest_one():
    printed = PartialDateTime(year=9, year_digits=1)
    assert possible_years(printed, PatternSettings(2015, 2040), 2026) == [2029]
    assert possible_years(printed, PatternSettings(2015, 2040), None) == [2019, 2029, 2039]
    assert possible_years(PartialDateTime(), PatternSettings(), 2026) == []


def test_day_00_of_gs1_is_the_last_of_the_month():
    printed = parse_text(gs1_date_tokens(), PatternSettings(), "240200")
    assert date_ranges(printed, PatternSettings()) == (one_day(2024, 2, 29),)
    assert parse_text(gs1_date_tokens(), PatternSettings(), "240230") is None


def test_a_time_names_no_date():
    assert date_ranges(PartialDateTime(hour=9, minute=5), PatternSettings()) == ()


def test_a_month_agrees_with_its_days():
    month, day = DateRange(DAY(2024, 2, 1), DAY(2024, 2, 29)), one_day(2024, 2, 5)
    assert ranges_agree(month, day) and ranges_agree(day, month) and not ranges_agree(day, one_day(2024, 2, 6))
    assert shift_range(month, 1, "months", "clamp") == DateRange(DAY(2024, 3, 1), DAY(2024, 3, 31))


def test_days_of_the_year_know_leap_years():
    leap = PartialDateTime(year=24, day_of_year=366, year_digits=2)
    assert date_ranges(leap, PatternSettings())[0].first == DAY(2024, 12, 31)
    assert date_ranges(leap._replace(year=23), PatternSettings()) == ()


@pytest.mark.parametrize(
    ("month_end", "expected"), [("clamp", (2023, 2, 28)), ("roll", (2023, 3, 3)), ("last-day", (2023, 2, 28))]
)
def test_what_happens_where_the_month_lacks_the_day(month_end, expected):
    assert add_period(DAY(2023, 1, 31), 1, "months", month_end) == DAY(*expected)


def test_days_and_weeks_are_counted():
    assert add_period(DAY(2024, 2, 27), 3, "days") == DAY(2024, 3, 1)
    assert add_period(DAY(2024, 3, 1), -1, "weeks") == DAY(2024, 2, 23)
