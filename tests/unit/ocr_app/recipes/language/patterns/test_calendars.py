"""Weeks of ISO 8601, and the eras of Japan, by their published tables."""

import datetime

import pytest

from ocr_app.recipes.language.patterns import calendars

DAY = datetime.date


@pytest.mark.parametrize("year", range(1950, 2100))
def test_weeks_are_those_of_python(year):
    """datetime.date.isocalendar is the other implementation of ISO 8601."""
    assert calendars.weeks_of(year) in (52, 53)
    for week in (1, 2, 52, calendars.weeks_of(year)):
        monday = calendars.week_start(year, week)
        assert tuple(monday.isocalendar()) == (year, week, 1)


def test_years_with_53_weeks():
    """Years that begin on a Thursday, and leap years that begin on a Wednesday."""
    assert [year for year in range(2000, 2030) if calendars.weeks_of(year) == 53] == [2004, 2009, 2015, 2020, 2026]


@pytest.mark.parametrize(
    "year,month,day,eras",
    [
        (2019, 4, 30, (("H", 31),)),
        (2019, 5, 1, (("R", 1),)),
        (2026, 5, 12, (("R", 8),)),
        (1989, 1, 7, (("S", 64),)),
        (1989, 1, 8, (("H", 1),)),
        (1926, 12, 25, (("S", 1),)),
        (1912, 7, 29, (("M", 45),)),
    ],
)
def test_an_era_begins_on_its_day(year, month, day, eras):
    assert calendars.era_years(year, (month,), (day,)) == eras
    letter, number = eras[0]
    assert calendars.year_of_era(letter, number) == year


def test_without_a_day_both_eras_of_a_year_are_possible():
    assert calendars.era_years(2019, (), ()) == (("H", 31), ("R", 1))
    assert calendars.era_years(2024, (2,), (29,)) == (("R", 6),)
