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


def test_a_week_is_seven_days_and_its_day_one():
    """ISO 8601: the first week of 2021 begins on 4 January, 2020 has a week 53."""
    settings = PatternSettings(2020, 2029)
    week = PartialDateTime(2020, week=53, year_digits=4)
    assert date_ranges(week, settings) == (DateRange(DAY(2020, 12, 28), DAY(2021, 1, 3)),)
    assert date_ranges(week._replace(weekday=5), settings) == (one_day(2021, 1, 1),)
    assert date_ranges(week._replace(year=2021), settings) == ()
    moved = shift_range(date_ranges(week, settings)[0], 1, "months", "clamp")
    assert moved == DateRange(DAY(2021, 1, 28), DAY(2021, 2, 3))


def test_a_letter_of_a_year_is_the_one_in_the_window_or_the_nearest():
    printed = PartialDateTime(2001, 9, 7, year_choices=(2001, 2021))
    settings = PatternSettings(2000, 2029)
    assert date_ranges(printed, settings) == (one_day(2001, 9, 7), one_day(2021, 9, 7))
    assert date_ranges(printed, settings, 2024) == (one_day(2021, 9, 7),)


def test_a_year_of_one_digit_is_the_one_in_its_window():
    printed = PartialDateTime(6, day_of_year=132, year_digits=1)
    assert date_ranges(printed, PatternSettings(2022, 2031)) == (one_day(2026, 5, 12),)
