"""Fields follow each other with the spaces that their rules require."""

from ocr_app.recipes import loads
from ocr_app.recipes.language.loading.line_automaton import build_line
from ocr_app.recipes.language.recipe import FieldGroup, accepts


def accepted(recipe, text):
    return accepts(recipe, recipe.lines[0], text)


def test_spaces_between_fields():
    lines = "\nlines: [[EXP, {digits: 2}]]"
    required, optional = loads("name: x\nspaces: required" + lines), loads("name: x" + lines)
    forbidden, loose = loads("name: x\nspaces: forbidden" + lines), loads("name: x\nspaces: loose" + lines)
    assert [accepted(r, "EXP 12") for r in (required, optional, forbidden, loose)] == [True, True, False, True]
    assert [accepted(r, "EXP12") for r in (required, optional, forbidden, loose)] == [False, True, True, True]
    assert [accepted(r, "E XP1 2") for r in (required, optional, forbidden, loose)] == [False, False, False, True]


def test_an_optional_part_takes_its_space_with_it():
    recipe = loads("name: x\nspaces: required\nlines: [[{optional: EXP}, {digits: 2}, {optional: {letters: 1}}]]")
    assert [accepted(recipe, t) for t in ("12", "EXP 12", "12 A", " 12", "12 ")] == [True, True, True, False, False]


def test_either_is_one_of_several_sequences():
    recipe = loads("name: x\nlines: [[{either: [[A, {digits: 1}], [B, {letters: 1}]]}]]")
    assert [accepted(recipe, t) for t in ("A1", "BX", "AX", "B1", "A1BX")] == [True, True, False, False, False]


def test_the_rule_of_a_field_holds_for_the_space_before_it():
    recipe = loads("name: x\nspaces: forbidden\nlines: [[A, {digits: 1, space: required}, B]]")
    assert [accepted(recipe, t) for t in ("A 1B", "A1B", "A 1 B")] == [True, False, False]


def test_a_line_of_optional_parts_may_be_empty():
    field = loads("name: x\nlines: [[A]]").fields[0]
    assert not build_line((field,))[3]
    assert build_line((FieldGroup(((field,),), True),))[3]
    assert not build_line((FieldGroup(((field,),), True), field))[3]
