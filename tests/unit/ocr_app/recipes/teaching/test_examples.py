"""Examples of a recipe are accepted by it and repeat for a seed; their number is exact."""

from ocr_app.recipes import loads
from ocr_app.recipes.language.recipe import accepts
from ocr_app.recipes.teaching.examples import count_texts, sample_texts


def test_samples_are_accepted_and_repeat():
    recipe = loads("name: x\nlines: [[EXP, {date: MM/YYYY}, {optional: {digits: 1-3}}]]\nyears: 2020-2021")
    root = recipe.lines[0].root
    found = sample_texts(recipe.registry, root, 20, seed=3)
    assert len(set(found)) == 20 and found == sample_texts(recipe.registry, root, 20, seed=3)
    assert all(accepts(recipe, recipe.lines[0], text) for text in found)
    assert count_texts(recipe.registry, root) == 2 * 24 * (1 + 2 * 1110)


def test_no_more_samples_than_there_are_texts():
    recipe = loads("name: x\nlines: [[{choice: [A, B]}]]")
    root = recipe.lines[0].root
    assert sorted(sample_texts(recipe.registry, root, 5)) == ["A", "B"] and count_texts(recipe.registry, root) == 2
