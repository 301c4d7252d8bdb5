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
