"""What the recipe and the caller expect of fields is compared without spaces, named field or not."""

from posteriors import frame_of
from verdicts import DATE, TRUSTED, recipe_of, verdict_of

from ocr_app.recipes import decode, loads, verify


def test_another_code_than_the_expected_one_fails():
    verdict = verdict_of("EXP 31.12.2024", recipe_of(DATE), expected={"expiry": "30.12.2024"})
    assert verdict.verdict == "fail" and verdict.reasons[0].to_json() == {
        "code": "not-expected", "where": "expiry", "found": "31.12.2024", "expected": "30.12.2024",
    }  # fmt: skip


def test_a_date_may_be_expected_by_its_value():
    assert verdict_of("EXP 31.12.2024", recipe_of(DATE), expected={"expiry": "2024-12-31"}).verdict == "pass"
    assert verdict_of("EXP 31.12.2024", recipe_of(DATE), expected={"expiry": "2024-12-30"}).verdict == "fail"
    own = recipe_of("{date: MM/YYYY, as: expiry, expect: '2024-12'}")
    assert verdict_of("12/2024", own).verdict == "pass" and verdict_of("11/2024", own).verdict == "fail"


def test_a_number_is_expected_with_all_its_digits():
    assert verdict_of("0123", recipe_of("{digits: 4, as: lot}"), expected={"lot": "123"}).verdict == "fail"


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


def test_the_expectation_of_the_caller_replaces_that_of_the_recipe():
    recipe = recipe_of("{digits: 4, as: lot, expect: '1234'}")
    assert verdict_of("5678", recipe).verdict == "fail"
    assert verdict_of("5678", recipe, expected={"lot": "56 78"}).verdict == "pass"


def test_an_expected_field_that_is_not_printed_is_missing():
    recipe = recipe_of("{digits: 2}, {optional: {letters: 3, as: mark}}")
    verdict = verdict_of("12", recipe, expected={"mark": "ABC"})
    assert [(reason.code, reason.where, reason.expected) for reason in verdict.reasons] == [
        ("field-missing", "mark", "ABC")
    ]


def test_today_may_be_expected_with_a_period():
    recipe = recipe_of("{date: DD.MM.YYYY, as: expiry, expect: today + 12 months}")
    assert verdict_of("15.06.2025", recipe, clock=TRUSTED).verdict == "pass"
    assert verdict_of("16.06.2025", recipe, clock=TRUSTED).verdict == "fail"
