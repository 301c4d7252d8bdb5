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
    assert accepts(time_tokens("HH:MM"), "23:59") and not accepts(time_tokens("HH:MM"), "24:01")


def test_numbers_without_leading_zeros():
    tokens = date_tokens("D.M.YYYY")
    assert accepts(tokens, "1.2.2024") and accepts(tokens, "31.12.2024") and not accepts(tokens, "01.02.2024")


def test_letters_that_are_printed_stand_in_quotes():
    tokens = date_tokens("YYYY-'W'WW-D")
    assert accepts(tokens, "2024-W52-7") and not accepts(tokens, "2024-W52-8") and not accepts(tokens, "2024W527")


def test_a_year_has_52_or_53_weeks():
    settings = PatternSettings(2019, 2027)
    found = [year for year in range(2019, 2028) if accepts(date_tokens("WW/YYYY"), "53/{}".format(year), settings)]
    assert found == [2020, 2026]
    assert not accepts(date_tokens("YYWW"), "2400") and accepts(date_tokens("YYWW"), "2401")
    assert accepts(mask_tokens("YYWW"), "2053", settings) and not accepts(mask_tokens("YYWW"), "2153", settings)


def test_the_day_ends_at_24_00_and_not_later():
    tokens = time_tokens("HH:MM:SS")
    assert [accepts(tokens, text) for text in ("24:00:00", "24:00:01", "24:01:00", "25:00:00")] == [
        True, False, False, False,
    ]  # fmt: skip


def test_twelve_hours_have_their_half_of_the_day():
    tokens = time_tokens("HH:MM AM")
    good, bad = ("12:00 AM", "01:59 PM", "12:59 PM"), ("00:30 AM", "13:00 PM", "01:00", "24:00 AM")
    assert all(accepts(tokens, text) for text in good) and not any(accepts(tokens, text) for text in bad)
    assert accepts(time_tokens("H:MMPM"), "9:05AM")


def test_thai_years():
    settings = PatternSettings(2024, 2030)
    assert [accepts(date_tokens("DD/MM/BBBB"), "29/02/{}".format(year), settings) for year in (2567, 2568, 2571)] == [
        True, False, True,
    ]  # fmt: skip
    assert accepts(date_tokens("DDMMBB"), "120569", settings) and not accepts(date_tokens("DDMMBB"), "120526", settings)


def test_years_of_japanese_eras():
    settings = PatternSettings(1980, 2030)
    good = ("R08.05.12", "R01.05.01", "H31.04.30", "S64.01.07", "H01.01.08", "R06.02.29")
    bad = ("R01.04.30", "H31.05.01", "S64.01.08", "H01.01.07", "R07.02.29", "R13.01.01", "X08.05.12")
    tokens = date_tokens("GYY.MM.DD")
    assert all(accepts(tokens, text, settings) for text in good)
    assert not any(accepts(tokens, text, settings) for text in bad)
    assert accepts(date_tokens("GY.M.D"), "R8.5.12", settings)


def test_letters_of_years_months_and_shifts():
    settings = PatternSettings(
        2020, 2029, year_letters="ABCDEFGHJK", year_letters_from=2020, month_letters="123456789OND", shifts="TN"
    )
    tokens = mask_tokens("<Y><M>DD<S>")
    assert accepts(tokens, "E229T", settings)  # 29 February 2024
    assert not accepts(tokens, "F229T", settings) and not accepts(tokens, "EN31T", settings)
    assert accepts(tokens, "ED31N", settings) and not accepts(tokens, "ED31A", settings)
