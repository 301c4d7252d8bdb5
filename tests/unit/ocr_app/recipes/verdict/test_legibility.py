"""A line whose text cannot be trusted does not pass, whatever it says."""

import pytest
from posteriors import line_of
from verdicts import DATE, codes, recipe_of, verdict_of

from ocr_app.recipes import decode
from ocr_app.recipes.decoding.description import missing_line
from ocr_app.recipes.verdict.legibility import check_legibility


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


def test_junk_may_be_allowed_by_the_recipe():
    assert verdict_of("EXP 31.12.2024 X", recipe_of(DATE, "junk: ignore")).verdict == "pass"


def test_a_doubtful_character_is_named_with_its_place_and_its_rival():
    verdict = verdict_of("EXP 31.12.2024", recipe_of(DATE), {5: {"0": -1.0}})
    assert verdict.reasons[0].to_json() == {"code": "unsure", "where": "line 1[5]", "found": "0", "expected": "1"}


def test_a_missing_line_and_a_margin_that_is_not_a_number_are_reasons():
    recipe = recipe_of(DATE)
    (reason,) = check_legibility(recipe, missing_line(recipe.lines[0]))
    assert (reason.code, reason.where) == ("line-not-found", "line 1")
    line = decode([line_of("EXP 31.12.2024")], recipe).lines[0]
    assert check_legibility(recipe, line) == []
    (reason,) = check_legibility(recipe, line._replace(margin=float("nan")))
    assert (reason.code, reason.found) == ("ambiguous", "another text trails by only nan")


def test_characters_that_count_as_alike_are_said_to_be_so():
    found = verdict_of("L1O2", recipe_of("{alphanumeric: 4}"), {2: {"0": -0.5}})
    (reason,) = [each for each in found.reasons if each.where == "line 1[2]"]
    assert reason.code == "unsure" and {reason.found, reason.expected} == {"O", "0"} and "alike" in reason.detail
    assert verdict_of("L1O2", recipe_of("{lot: A999}"), {2: {"0": -0.5}}).verdict == "pass", "the type decides"
