"""A recipe is compiled once per charset."""

import pytest
from posteriors import CHARACTERS

from ocr_app.core.errors import RecipeError
from ocr_app.recipes import loads
from ocr_app.recipes.decoding.compilation import compile_recipe


def test_a_recipe_is_compiled_once_per_charset():
    recipe = loads("name: x\nlines: [[EXP, {digits: 2-3}]]")
    compiled = compile_recipe(recipe, CHARACTERS)
    assert compile_recipe(recipe, CHARACTERS) is compiled
    other = compile_recipe(recipe, CHARACTERS[:38])
    assert other is not compiled and other.automaton.width == 38 and compiled.automaton.width == len(CHARACTERS)
    assert compiled.lengths == {recipe.lines[0].root: (5, 6)}


def test_a_line_that_needs_other_characters_is_refused():
    recipe = loads("name: x\nlines: [[{lot: '99:99'}]]", "x.yaml")
    with pytest.raises(RecipeError, match=r"x\.yaml: line 1 needs characters that this recogniser does not know"):
        compile_recipe(recipe, CHARACTERS[:37])
