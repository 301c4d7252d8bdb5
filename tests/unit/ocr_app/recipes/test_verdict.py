"""A verdict is "pass" only when nothing at all speaks against the code."""

import datetime
import json

import pytest
from posteriors import frame_of, line_of

from ocr_app.core.errors import UsageError
from ocr_app.recipes import Clock, decode, loads, verify

NOON = datetime.datetime(2024, 6, 15, 12, 0)
TRUSTED = Clock(NOON, True)


def recipe_of(fields, more=""):
    return loads("name: x\nspaces: required\nyears: 2015-2040\nlines: [[{}]]\n{}".format(fields, more))


def verdict_of(text, recipe, rivals=None, **inputs):
    return verify(decode([line_of(text, rivals)], recipe), recipe, **inputs)


def codes(verdict):
    return [reason.code for reason in verdict.reasons]


DATE = "EXP, {date: DD.MM.YYYY, as: expiry}"


def test_a_clear_code_passes():
    verdict = verdict_of("EXP 31.12.2024", recipe_of(DATE), expected={"expiry": "31.12.2024"})
    assert verdict.verdict == "pass" and verdict.reasons == () and verdict.assurance > 5
    assert json.loads(json.dumps(verdict.to_json()))["verdict"] == "pass"


@pytest.mark.parametrize(
    ("text", "rivals", "verdict", "reason"),
    [
        ("EXP 3B.12.2024", {5: {"0": -9.0}}, "fail", "contradicted"),
        ("EXP 31.12.2024X", None, "fail", "unexpected-character"),
        ("EXP 31.12.2024 X", None, "fail", "unexpected-text"),
        ("EXP 31.12.2024", {5: {"0": -1.0}}, "no-read", "unsure"),
        ("EXP 3I.12.2024", {5: {"0": -0.1, "1": -0.2}}, "no-read", "unsure"),
        ("EXP 31.12.20", None, "no-read", "code-not-found"),
        ("SALT", None, "no-read", "code-not-found"),
    ],
)
def test_what_is_not_clear_does_not_pass(text, rivals, verdict, reason):
    given = verdict_of(text, recipe_of(DATE), rivals)
    assert given.verdict in (verdict, "fail") and (reason in codes(given) or given.verdict == "fail")
    assert given.verdict != "pass"


def test_another_code_than_the_expected_one_fails():
    verdict = verdict_of("EXP 31.12.2024", recipe_of(DATE), expected={"expiry": "30.12.2024"})
    assert verdict.verdict == "fail" and verdict.reasons[0].to_json() == {
        "code": "not-expected", "where": "expiry", "found": "31.12.2024", "expected": "30.12.2024",
    }  # fmt: skip
    with pytest.raises(UsageError):
        verdict_of("EXP 31.12.2024", recipe_of(DATE), expected={"lot": "1"})


def test_junk_may_be_allowed_by_the_recipe():
    assert verdict_of("EXP 31.12.2024 X", recipe_of(DATE, "junk: ignore")).verdict == "pass"


def test_a_missed_deadline_rejects():
    recipe = recipe_of(DATE)
    assert verdict_of("EXP 31.12.2024", recipe, elapsed_ms=9.0, deadline_ms=10.0).verdict == "pass"
    for late in (10.1, None, float("nan")):
        verdict = verdict_of("EXP 31.12.2024", recipe, elapsed_ms=late, deadline_ms=10.0)
        assert verdict.verdict == "fail" and codes(verdict) == ["deadline-missed"]


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


def test_nothing_found_is_no_pass_whatever_is_expected():
    recipe = recipe_of(DATE)
    verdict = verify(decode(frame_of(), recipe), recipe)
    assert verdict.verdict == "no-read" and verdict.to_json()["assurance"] is None


def test_what_a_field_without_a_name_is_expected_to_say_counts_too():
    recipe = loads("name: a\nlines:\n  - [{digits: 4, expect: '1234'}]\n")
    assert verify(decode(frame_of("1234"), recipe), recipe).verdict == "pass"
    verdict = verify(decode(frame_of("9999"), recipe), recipe)
    assert (verdict.verdict, verdict.reasons[0].code, verdict.reasons[0].where) == ("fail", "not-expected", "field 1")


def test_a_name_that_is_printed_twice_has_to_say_the_same_twice():
    recipe = loads("name: a\nlines:\n  - [{digits: 4, as: n}, '-', {digits: 4, as: n}]\n")
    assert verify(decode(frame_of("1234-1234"), recipe), recipe, {"n": "1234"}).verdict == "pass"
    for text in ("9999-1234", "1234-9999"):
        verdict = verify(decode(frame_of(text), recipe), recipe, {"n": "1234"})
        assert verdict.verdict == "fail" and {reason.code for reason in verdict.reasons} == {"not-expected"}
    assert verify(decode(frame_of("9999-1234"), recipe), recipe).verdict == "fail"
