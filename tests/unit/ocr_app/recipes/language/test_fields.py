"""A line's text is split into its fields; earlier fields take as much as they can."""

from ocr_app.recipes import loads
from ocr_app.recipes.language.fields import split_fields
from ocr_app.recipes.language.patterns import PartialDateTime


def split(line, text, more=""):
    recipe = loads("name: x\nyears: 2015-2040\n{}lines: [[{}]]".format(more, line))
    return [(value.name, value.text) for value in split_fields(recipe.lines[0], text)]


def test_a_text_is_split_into_named_fields():
    assert split("EXP, {date: MM/YYYY, as: expiry}", "EXP 08/2023") == [("", "EXP"), ("expiry", "08/2023")]


def test_earlier_fields_take_as_much_as_they_can():
    line = "{digits: 1-3, as: a}, {digits: 1-3, as: b}"
    assert split(line, "1234", "spaces: forbidden\n") == [("a", "123"), ("b", "4")]


def test_optional_and_alternative_parts():
    line = "{optional: [{letters: 1, as: mark}]}, {either: [[{digits: 2, as: short}], [{digits: 4, as: long}]]}"
    assert split(line, "A 12") == [("mark", "A"), ("short", "12")]
    assert split(line, "1234") == [("long", "1234")]


def test_a_text_that_the_line_does_not_allow_has_no_fields():
    assert split("{digits: 2}", "AB") == [] and split("{digits: 2}", "123") == []


def test_a_date_has_every_interpretation_that_its_patterns_allow():
    recipe = loads("name: x\nlines: [[{date: [DD.MM.YYYY, MM.DD.YYYY], as: day}]]")
    (value,) = split_fields(recipe.lines[0], "01.02.2024")
    assert value.interpretations == (
        PartialDateTime(2024, 1, 2, year_digits=4), PartialDateTime(2024, 2, 1, year_digits=4),
    )  # fmt: skip


def test_spaces_inside_a_loose_field_do_not_change_its_meaning():
    recipe = loads("name: x\nspaces: loose\nlines: [[{date: DD.MM.YYYY, as: day}]]")
    (value,) = split_fields(recipe.lines[0], "01.02. 2024")
    assert value.text == "01.02. 2024" and value.interpretations[0].month == 2
