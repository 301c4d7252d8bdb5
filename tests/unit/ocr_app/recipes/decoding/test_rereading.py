"""Tests of ocr_app.recipes.decoding.rereading."""

import pytest
from posteriors import line_of, quad_at

from ocr_app import recipes
from ocr_app.recipes.decoding import read_again

RECIPE = "name: lots\nlines:\n  - {name: lot, fields: [{choice: [LOT]}, {digits: 3, as: number}]}\n"


@pytest.fixture
def recipe():
    return recipes.loads(RECIPE)


def test_the_best_text_that_the_recipe_allows(recipe):
    assert read_again([line_of("LOT 1O4", {5: {"0": -1.0}})], recipe, recipe.lines[0]) == "LOT 104"


def test_nothing_where_nothing_fits(recipe):
    assert read_again([line_of("BEST BEFORE")], recipe, recipe.lines[0]) == ""


def test_parts_of_a_line_are_read_as_one(recipe):
    parts = [line_of("LOT", quad=quad_at(0, 0, 60)), line_of("104", quad=quad_at(80, 0, 60))]
    assert read_again(parts, recipe, recipe.lines[0]).replace(" ", "") == "LOT104"


def test_an_empty_posterior_says_nothing(recipe):
    empty = line_of("A")
    assert read_again([empty._replace(log_probs=empty.log_probs[:0])], recipe, recipe.lines[0]) == ""
