"""Dates, GS1 and clocks as the standards have them."""

import datetime

import pytest

from ocr_app.recipes.language.calendar import Moment, Setting, gs1_date_tokens, parse
from ocr_app.recipes.language.dates import Span, agrees, century, judged_clock, moved, spans, todays
from ocr_app.recipes.language.gs1 import check_digit_fits, checked_digits, data

DAY = datetime.date


@pytest.mark.parametrize(
    ("year", "now", "full"), [(25, 2024, 2025), (75, 2024, 1975), (74, 2024, 2074), (0, 2024, 2000), (10, 2070, 2110)]
)
def test_the_century_of_two_digits(year, now, full):
    """GS1 General Specifications 7.12: from 49 years back to 50 years ahead."""
    assert century(year, now) == full


def test_a_window_decides_where_it_can_and_the_clock_where_it_cannot():
    moment = Moment(year=30, month=1, day=5, year_digits=2)
    assert spans(moment, Setting(2000, 2049)) == (Span(DAY(2030, 1, 5), DAY(2030, 1, 5)),)
    assert len(spans(moment, Setting(1900, 2099))) == 2
    assert spans(moment, Setting(1900, 2099), 2024) == (Span(DAY(2030, 1, 5), DAY(2030, 1, 5)),)


def test_day_00_of_gs1_is_the_last_of_the_month():
    moment = parse(gs1_date_tokens(), Setting(), "240200")
    assert spans(moment, Setting()) == (Span(DAY(2024, 2, 29), DAY(2024, 2, 29)),)
    assert parse(gs1_date_tokens(), Setting(), "240230") is None


def test_a_month_agrees_with_its_days():
    month, day = Span(DAY(2024, 2, 1), DAY(2024, 2, 29)), Span(DAY(2024, 2, 5), DAY(2024, 2, 5))
    assert agrees(month, day) and agrees(day, month) and not agrees(day, Span(DAY(2024, 2, 6), DAY(2024, 2, 6)))
    assert moved(month, 1, "months", "clamp") == Span(DAY(2024, 3, 1), DAY(2024, 3, 31))


def test_days_of_the_year_know_leap_years():
    assert spans(Moment(year=24, day_of_year=366, year_digits=2), Setting())[0].first == DAY(2024, 12, 31)
    assert spans(Moment(year=23, day_of_year=366, year_digits=2), Setting()) == ()


def test_a_clock_is_trusted_only_with_reason():
    now, built = datetime.datetime(2026, 5, 1), datetime.datetime(2026, 1, 1)
    assert judged_clock(now, True, built).trusted
    for clock in (
        judged_clock(now, None, built),
        judged_clock(now, False, built),
        judged_clock(datetime.datetime(1970, 1, 1), True, built),
        judged_clock(now, True, built, DAY(2026, 4, 1)),
    ):
        assert not clock.trusted and clock.why


def test_todays_around_midnight():
    assert todays(datetime.datetime(2024, 1, 1, 23, 55), 10) == (DAY(2024, 1, 1), DAY(2024, 1, 2))
    assert todays(datetime.datetime(2024, 1, 1, 12), 10) == (DAY(2024, 1, 1),)


def test_check_digits_of_gs1():
    """09521234543213 is the example of the General Specifications; one wrong digit is always found."""
    automaton = checked_digits(14)
    assert automaton.accepts("09521234543213") and check_digit_fits("09521234543213")
    for place in range(14):
        for digit in "0123456789":
            other = "09521234543213"[:place] + digit + "09521234543213"[place + 1 :]
            assert automaton.accepts(other) == check_digit_fits(other) == (other == "09521234543213")


def test_lengths_of_gs1_elements():
    assert data("10", Setting()).accepts("A" * 20) and not data("10", Setting()).accepts("A" * 21)
    assert data("10", Setting(), 2, 3).accepts("AB") and not data("10", Setting(), 2, 3).accepts("A")
    assert data("3103", Setting()).accepts("001500")
