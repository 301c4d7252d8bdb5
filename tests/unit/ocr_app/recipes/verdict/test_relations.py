"""Relations hold for every meaning of what is printed; what needs today needs a clock that is trusted."""

import datetime

import pytest
from verdicts import NOON, TRUSTED, codes, recipe_of, verdict_of

from ocr_app.recipes import Clock


def test_a_date_of_today_needs_a_clock_that_is_trusted():
    recipe = recipe_of("{date: DD.MM.YYYY, as: made, expect: today}")
    assert verdict_of("15.06.2024", recipe, clock=TRUSTED).verdict == "pass"
    assert verdict_of("14.06.2024", recipe, clock=TRUSTED).verdict == "fail"
    for clock in (None, Clock(NOON, False, "not synchronised")):
        verdict = verdict_of("15.06.2024", recipe, clock=clock)
        assert verdict.verdict == "hold" and codes(verdict) == ["clock-not-trusted"]


def test_around_midnight_two_dates_are_right():
    recipe = recipe_of("{date: DD.MM.YYYY, as: made, expect: today}")
    clock = Clock(datetime.datetime(2024, 6, 16, 0, 4), True)
    assert [verdict_of(day, recipe, clock=clock).verdict for day in ("15.06.2024", "16.06.2024", "17.06.2024")] == [
        "pass", "pass", "fail",
    ]  # fmt: skip
    later = Clock(datetime.datetime(2024, 6, 16, 0, 30), True)
    assert verdict_of("15.06.2024", recipe, clock=later).verdict == "fail"


@pytest.mark.parametrize(
    ("relation", "text", "verdict"),
    [
        ("expiry = made + 12 months", "31.01.2024 31.01.2025", "pass"),
        ("expiry = made + 1 month", "31.01.2024 29.02.2024", "pass"),
        ("expiry = made + 1 month (roll)", "31.01.2024 02.03.2024", "pass"),
        ("expiry = made + 1 month (last-day)", "30.01.2024 29.02.2024", "pass"),
        ("expiry = made + 30 days", "31.01.2024 01.03.2024", "pass"),
        ("expiry = made + 30 days", "31.01.2024 02.03.2024", "fail"),
        ("expiry = made + 2 years", "29.02.2024 28.02.2026", "pass"),
        ("expiry after made", "31.01.2024 31.01.2024", "fail"),
        ("expiry after made + 6 months", "31.01.2024 01.08.2024", "pass"),
        ("made before expiry", "31.01.2024 01.02.2024", "pass"),
    ],
)
def test_relations(relation, text, verdict):
    recipe = recipe_of(
        "{date: DD.MM.YYYY, as: made}, {date: DD.MM.YYYY, as: expiry}", "relations: ['{}']".format(relation)
    )
    given = verdict_of(text, recipe)
    assert given.verdict == verdict and codes(given) == ([] if verdict == "pass" else ["relation-broken"])


def test_months_without_days_are_compared_as_months():
    recipe = recipe_of(
        "{date: MM/YYYY, as: made}, {date: MM/YYYY, as: expiry}", "relations: [expiry = made + 12 months]"
    )
    assert verdict_of("08/2022 08/2023", recipe).verdict == "pass"
    assert verdict_of("08/2022 09/2023", recipe).verdict == "fail"


def test_a_date_with_two_meanings_does_not_pass_where_they_disagree():
    recipe = recipe_of(
        "{date: [DD.MM.YYYY, MM.DD.YYYY], as: made, expect: today}",
    )
    clock = Clock(datetime.datetime(2024, 2, 1, 12, 0), True)
    assert codes(verdict_of("01.02.2024", recipe, clock=clock)) == ["date-ambiguous"]
    clear = Clock(datetime.datetime(2024, 2, 13, 12, 0), True)
    assert verdict_of("13.02.2024", recipe, clock=clear).verdict == "pass"


def test_an_expiry_of_day_00_is_the_last_day_of_its_month():
    recipe = recipe_of("{gs1: '17', as: expiry, expect: today}")
    clock = Clock(datetime.datetime(2024, 2, 29, 12, 0), True)
    assert verdict_of("(17)240200", recipe, clock=clock).verdict == "pass"
    assert verdict_of("(17)240228", recipe, clock=clock).verdict == "fail"


def test_a_relation_with_a_field_that_is_not_printed_does_not_count():
    recipe = recipe_of(
        "{date: MM/YYYY, as: made}, {optional: {date: MM/YYYY, as: expiry}}", "relations: [expiry after made]"
    )
    assert verdict_of("08/2022", recipe).verdict == "pass"


def test_a_relation_beyond_the_calendar_is_broken():
    recipe = recipe_of("{date: DD.MM.YYYY, as: made}", "relations: [made = made + 9999 years]")
    assert codes(verdict_of("01.01.2024", recipe)) == ["relation-broken"]
