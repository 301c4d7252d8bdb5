"""Teaching, samples, and the rejection curve."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes import loads
from ocr_app.recipes.language.recipe import accepts
from ocr_app.recipes.teaching.examples import how_many, texts
from ocr_app.recipes.teaching.proposal import propose
from ocr_app.recipes.teaching.rejection_curve import Point, passed_at, rejection_curve, summary

SAMPLES = [
    ["PREMIUM FLOUR", "PRO: 08/2022 EXP: 08/2023", "L22150295 20 H02:05"],
    ["PRO: 11/2022 EXP: 11/2024", "L22310001 07 H22:15"],
    ["PRO: 01/2023 EXP: 01/2024", "L23010999 20 H00:05"],
]


def test_a_proposal_generalises_its_samples():
    proposal = propose(SAMPLES, "flour")
    recipe = loads(proposal)
    assert recipe.name == "flour" and len(recipe.layouts) == 1 and "look over" in proposal
    dates, lot = recipe.lines
    assert all(accepts(recipe, dates, s[-2]) and accepts(recipe, lot, s[-1]) for s in SAMPLES)
    assert accepts(recipe, dates, "PRO: 12/2024 EXP: 01/2026") and not accepts(
        recipe, dates, "PRO: 13/2024 EXP: 01/2026"
    )
    assert not accepts(recipe, lot, "K22150295 20 H02:05") and not accepts(recipe, lot, "L2215029 20 H02:05")
    assert [field.name for field in recipe.fields if field.kind == "date"] == ["production", "expiry"]


def test_samples_of_different_forms_become_layouts():
    recipe = loads(
        propose([["BEST BEFORE 04 SEP 20", "LOT A12-7"], ["BEST BEFORE 14 OCT 21", "LOT A1299-71"], ["31.12.2021"]])
    )
    assert len(recipe.layouts) == 2 and accepts(recipe, recipe.lines[1], "LOT B123-71")


def test_a_lot_of_one_sample_keeps_its_letters():
    recipe = loads(propose([["LOT A1234B"]]))
    assert accepts(recipe, recipe.lines[0], "LOT A9999B") and not accepts(recipe, recipe.lines[0], "LOT C1234B")


@pytest.mark.parametrize("text", ["\"'[A]'\" 12345", "A:B#C{D} 12:30", "L'1234 %-&*"])
def test_any_print_becomes_valid_yaml(text):
    recipe = loads(propose([[text]]))
    assert accepts(recipe, recipe.lines[0], text)


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(RecipeError):
        propose([[], ["  "]])


def test_samples_are_accepted_and_repeat():
    recipe = loads("name: x\nlines: [[EXP, {date: MM/YYYY}, {optional: {digits: 1-3}}]]\nyears: 2020-2021")
    root = recipe.lines[0].root
    found = texts(recipe.registry, root, 20, seed=3)
    assert len(set(found)) == 20 and found == texts(recipe.registry, root, 20, seed=3)
    assert all(accepts(recipe, recipe.lines[0], text) for text in found)
    assert how_many(recipe.registry, root) == 2 * 24 * (1 + 2 * 1110)


def test_the_rejection_curve_counts_good_and_wrong_passes():
    cases = [(5.0, True), (4.0, True), (3.0, False), (3.0, True), (1.0, True), (float("-inf"), False)]
    assert rejection_curve(cases)[:3] == [Point(5.0, 1, 0), Point(4.0, 2, 0), Point(3.0, 3, 1)]
    assert passed_at(cases) == Point(4.0, 2, 0) and passed_at(cases, 1) == Point(1.0, 4, 1)
    assert passed_at([(1.0, False)]).good == 0 and passed_at([]).good == 0
    record = summary(cases)
    assert record["codes"] == 6 and record["right"] == 4
    assert record["passed"][0] == {"wrong_allowed": 0, "good": 2, "wrong": 0, "threshold": 4.0}
