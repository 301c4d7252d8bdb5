"""The automaton of a pattern accepts every date that exists and no other."""

import calendar
import itertools

import pytest

from ocr_app.recipes.language.patterns import (
    PatternSettings,
    date_tokens,
    mask_tokens,
    pattern_automaton,
    time_tokens,
)

SETTINGS = PatternSettings(2023, 2024)


def accepts(tokens, text, settings=SETTINGS):
    return pattern_automaton(tokens, settings).accepts(text)


@pytest.mark.parametrize("pattern", ["DDMMYYYY", "YYYYMMDD", "MMDDYYYY"])
def test_exactly_the_days_of_the_calendar_whatever_their_order(pattern):
    for year, month, day in itertools.product((2022, 2023, 2024), range(14), range(33)):
        numbers = {"YYYY": "%04d" % year, "MM": "%02d" % month, "DD": "%02d" % day}
        text = pattern
        for part, number in numbers.items():
            text = text.replace(part, number)
        exists = year > 2022 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]
        assert accepts(date_tokens(pattern), text) == exists, text


def test_without_a_year_29_february_exists():
    assert accepts(date_tokens("DD.MM"), "29.02") and not accepts(date_tokens("DD.MM"), "30.02")
    assert accepts(date_tokens("MM/YYYY"), "02/2023") and not accepts(date_tokens("MM/YYYY"), "13/2023")


def test_a_separator_is_the_same_throughout():
    tokens = date_tokens("DD~MM~YYYY")
    assert [accepts(tokens, text) for text in ("01.02.2024", "01022024", "01.02/2024")] == [True, True, False]
    assert not accepts(tokens, "01.02.2024", SETTINGS._replace(separators=("/",)))


def test_month_names_are_those_of_the_languages():
    tokens = date_tokens("MMM YYYY")
    assert accepts(tokens, "DEC 2023") and not accepts(tokens, "DEZ 2023")
    assert accepts(tokens, "DEZ 2023", SETTINGS._replace(languages=("de",)))
    assert accepts(date_tokens("MMMM YYYY"), "DECEMBER 2023")


def test_days_of_the_year_weeks_and_times():
    assert accepts(mask_tokens("YYDDD"), "24366") and not accepts(mask_tokens("YYDDD"), "23366")
    assert accepts(mask_tokens("WW"), "53") and not accepts(mask_tokens("WW"), "54")
    assert accepts(time_tokens("HH:MM"), "23:59") and not accepts(time_tokens("HH:MM"), "24:00")


def test_numbers_without_leading_zeros():
    tokens = date_tokens("D.M.YYYY")
    assert accepts(tokens, "1.2.2024") and accepts(tokens, "31.12.2024") and not accepts(tokens, "01.02.2024")
