"""A proposal accepts its samples and generalises them."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes import loads
from ocr_app.recipes.language.recipe import accepts
from ocr_app.recipes.teaching.proposal import propose_recipe

SAMPLES = [
    ["PREMIUM FLOUR", "PRO: 08/2022 EXP: 08/2023", "L22150295 20 H02:05"],
    ["PRO: 11/2022 EXP: 11/2024", "L22310001 07 H22:15"],
    ["PRO: 01/2023 EXP: 01/2024", "L23010999 20 H00:05"],
]


def test_a_proposal_generalises_its_samples():
    proposal = propose_recipe(SAMPLES, "flour")
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
        propose_recipe(
            [["BEST BEFORE 04 SEP 20", "LOT A12-7"], ["BEST BEFORE 14 OCT 21", "LOT A1299-71"], ["31.12.2021"]]
        )
    )
    assert len(recipe.layouts) == 2 and accepts(recipe, recipe.lines[1], "LOT B123-71")


def test_a_lot_of_one_sample_keeps_its_letters():
    recipe = loads(propose_recipe([["LOT A1234B"]]))
    assert accepts(recipe, recipe.lines[0], "LOT A9999B") and not accepts(recipe, recipe.lines[0], "LOT C1234B")


@pytest.mark.parametrize("text", ["\"'[A]'\" 12345", "A:B#C{D} 12:30", "L'1234 %-&*"])
def test_any_print_becomes_valid_yaml(text):
    recipe = loads(propose_recipe([[text]]))
    assert accepts(recipe, recipe.lines[0], text)


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(RecipeError):
        propose_recipe([[], ["  "]])


def test_dates_are_named_after_the_keyword_before_them():
    recipe = loads(propose_recipe([["PRD 01.02.2024 EXP 01.02.2025 03.04.2026 05.06.2027"]]))
    names = [field.name for field in recipe.fields if field.kind == "date"]
    assert names == ["production", "expiry", "expiry-2", "expiry-3"]


def test_the_years_reach_around_those_of_the_samples():
    recipe = loads(propose_recipe([["EXP 01.02.2024"], ["EXP 01.02.2026"]]))
    assert accepts(recipe, recipe.lines[0], "EXP 01.02.2019") and accepts(recipe, recipe.lines[0], "EXP 01.02.2041")
    assert not accepts(recipe, recipe.lines[0], "EXP 01.02.2018")
