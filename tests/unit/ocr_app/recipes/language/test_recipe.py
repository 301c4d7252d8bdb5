"""A loaded recipe knows its lines and fields."""

from ocr_app.recipes import loads
from ocr_app.recipes.language.recipe import Tolerances, accepts

CODES = """
name: x
codes:
  - {name: one, lines: [[{digits: 2, as: lot}]]}
  - {name: two, lines: [[{letters: 2, space: loose}], [{digits: 3}]]}
"""


def test_lines_are_those_of_every_layout():
    recipe = loads(CODES)
    assert [line.name for line in recipe.lines] == ["line 1", "line 1", "line 2"]
    assert [accepts(recipe, line, "12") for line in recipe.lines] == [True, False, False]


def test_fields_are_labelled_by_name_or_number():
    fields = loads(CODES).fields
    assert [field.label for field in fields] == ["lot", "field 2", "field 3"]
    assert [field.loose for field in fields] == [False, True, False]


def test_the_default_tolerances_are_those_of_the_reference():
    assert Tolerances() == (4.5, 4.0, 3.0, 10.0)
