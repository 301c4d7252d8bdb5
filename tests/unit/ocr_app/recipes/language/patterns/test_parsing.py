"""A text's meaning under a pattern; None where it has none."""

from ocr_app.recipes.language.patterns import (
    PartialDateTime,
    PatternSettings,
    date_tokens,
    mask_tokens,
    parse_text,
    time_tokens,
)

SETTINGS = PatternSettings(2000, 2049, ("en", "de"))


def test_the_parts_that_a_text_prints():
    assert parse_text(date_tokens("DD~MM~YY"), SETTINGS, "05/11/24") == PartialDateTime(24, 11, 5, year_digits=2)
    assert parse_text(date_tokens("MM/YYYY"), SETTINGS, "08/2022") == PartialDateTime(2022, 8, year_digits=4)
    assert parse_text(time_tokens("HH:MM"), SETTINGS, "09:05") == PartialDateTime(hour=9, minute=5)
    lot = parse_text(mask_tokens("'L'YYDDD9"), SETTINGS, "L243661")
    assert lot == PartialDateTime(year=24, day_of_year=366, year_digits=2)


def test_months_by_name():
    assert parse_text(date_tokens("DD MMM YYYY"), SETTINGS, "31 DEZ 2024").month == 12
    assert parse_text(date_tokens("MMMM YYYY"), SETTINGS, "SEPTEMBER 2024").month == 9


def test_numbers_of_one_or_two_digits():
    assert parse_text(date_tokens("D.M.YYYY"), SETTINGS, "1.12.2024")[:3] == (2024, 12, 1)


def test_a_text_of_another_pattern_or_an_impossible_date_has_no_meaning():
    assert parse_text(date_tokens("DD.MM.YYYY"), SETTINGS, "2024-01-01") is None
    assert parse_text(date_tokens("DD.MM.YYYY"), SETTINGS, "31.02.2024") is None


def test_what_weeks_and_halves_of_days_mean():
    week = parse_text(date_tokens("YYYY-'W'WW-D"), SETTINGS, "2026-W53-4")
    assert (week.year, week.week, week.weekday) == (2026, 53, 4)
    hours = {
        text: parse_text(time_tokens("HH:MM AM"), SETTINGS, text).hour for text in ("12:30 AM", "12:30 PM", "01:00 PM")
    }
    assert hours == {"12:30 AM": 0, "12:30 PM": 12, "01:00 PM": 13}
    assert parse_text(time_tokens("HH:MM"), SETTINGS, "24:00").hour == 24


def test_what_years_of_other_calendars_mean():
    assert parse_text(date_tokens("DD/MM/BBBB"), SETTINGS, "12/05/2569")[:3] == (2026, 5, 12)
    thai = parse_text(date_tokens("DD/MM/BB"), SETTINGS, "12/05/69")
    assert (thai.year, thai.year_digits) == (26, 2)
    assert parse_text(date_tokens("GYY.MM.DD"), SETTINGS, "R08.05.12")[:3] == (2026, 5, 12)
    assert parse_text(date_tokens("GY.M.D"), SETTINGS, "H20.5.1")[:3] == (2008, 5, 1)


def test_what_letters_of_lots_mean():
    settings = SETTINGS._replace(year_letters="ABCDE", year_letters_from=2020, month_letters="ABCDEFGHJKLM")
    lot = parse_text(mask_tokens("<Y><M>DD<S>"), settings, "BJ07C")
    assert (lot.month, lot.day) == (9, 7)
    assert lot.year_choices == (2001, 2006, 2011, 2016, 2021, 2026, 2031, 2036, 2041, 2046)
