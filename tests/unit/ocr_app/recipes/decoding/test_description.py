"""A decoded line tells how sure each character is and what speaks against it."""

import numpy as np
import pytest
from posteriors import line_of

from ocr_app.recipes import decode, loads
from ocr_app.recipes.decoding.description import ALTERNATIVES, missing_line

RECIPE = loads("name: x\nyears: 2020-2030\nlookalikes: [XY]\nlines: [[{date: DD.MM.YYYY, as: day}]]")


def line(text, rivals=None, recipe=RECIPE):
    return decode([line_of(text, rivals)], recipe).lines[0]


def test_a_missing_line_has_no_text_and_no_evidence():
    found = missing_line(RECIPE.lines[0])
    assert (found.text, found.status, found.score, found.chars) == ("", "not-read", -np.inf, ())


def test_rivals_within_the_recipe_and_without_it():
    char = line("11.12.2024", {0: {"2": -6.0, "B": -5.0}}).chars[0]
    assert char.character == "1" and char.alternatives[0] == ("B", pytest.approx(5.0, abs=0.01))
    assert char.allowed[0] == ("2", pytest.approx(6.0, abs=0.01)) and len(char.alternatives) == ALTERNATIVES
    assert char.gap == pytest.approx(6.0, abs=0.01) and char.free_gap == pytest.approx(5.0, abs=0.01)


def test_a_separator_that_the_recipe_fixes_has_no_rival():
    char = line("11.12.2024").chars[2]
    assert char.character == "." and char.allowed == () and char.gap == np.inf and char.status == "read"


def test_a_character_that_is_not_printed_is_not_read():
    char = line("11.12.2024", {9: {"": 6.0}}).chars[9]
    assert char.status == "not-read" and char.alternatives[0][0] == "" and char.free_gap == pytest.approx(-6.0, abs=0.1)


def test_characters_between_those_of_the_text_are_extra():
    found = line("11.12X.2024", {5: {"": -7.0}})
    assert found.text == "11.12.2024" and found.status == "mismatch"
    assert found.extra == (("X", pytest.approx(7.0, abs=0.1)),) and found.contradiction == pytest.approx(7.0, abs=0.1)


def test_text_before_and_after_the_code_is_junk():
    found = line("BB 11.12.2024 L1")
    assert found.junk == ("BB", "L1") and found.best_path == "BB 11.12.2024 L1" and found.extra == ()


def test_the_margin_counts_texts_that_differ_in_several_places():
    recipe = loads("name: x\nlookalikes: [XY]\nlines: [[{choice: [A07, B08]}]]")
    found = line("A07", {0: {"B": -0.5}, 2: {"8": -0.7}}, recipe)
    assert found.margin == pytest.approx(1.2, abs=0.1) and all(char.gap == np.inf for char in found.chars)
    assert line("A07", None, recipe).margin == np.inf


BLANKS = loads("name: x\nyears: 2020-2030\nlines: [[L, {digits: 3, as: lot}, E, {date: DD MM YY, as: expiry}]]")


def test_a_rival_with_other_blanks_is_no_rival():
    found = line("L 095 E 28 10 21", {1: {"": -0.5}, 5: {"": -0.7}}, BLANKS)
    assert found.text == "L 095 E 28 10 21" and found.margin > 10 and found.status == "read" and found.rival == ""


def test_a_rival_of_another_value_is_named_even_behind_many_that_mean_the_same():
    recipe = loads("name: x\nlines: [[L, {choice: [A07, B08], as: lot}, E, {digits: 3}, {letters: 1}]]")
    rivals = {1: {"": -0.2}, 2: {"B": -1.5}, 4: {"8": -1.3}, 5: {"": -0.3}, 7: {"": -0.1}, 11: {"": -0.2}}
    found = line("L A07 E 123 X", rivals, recipe)
    assert found.text == "L A07 E 123 X" and found.rival == "L B08 E 123 X"
    assert found.margin == pytest.approx(2.8, abs=0.1) and found.status == "confused"


def test_a_blank_that_moves_a_character_to_another_field_is_a_rival():
    recipe = loads("name: x\nlines: [[{digits: 1-2, as: case}, {digits: 1-2, as: line, space: required}]]")
    found = line("1 23", {1: {"2": -0.5}, 2: {" ": -0.4}}, recipe)
    assert found.rival == "12 3" and found.status == "confused"


def test_punctuation_that_a_date_allows_either_way_is_no_rival():
    either = loads("name: x\nyears: 2020-2030\nlines: [[{date: MM~YYYY, as: expiry}]]")
    found = line("11/2024", {2: {".": -0.3}}, either)
    assert found.text == "11/2024" and found.status == "read" and found.chars[2].gap > 6
    assert line("11/2024", {1: {"2": -0.3}}, either).status == "confused"


def test_names_of_one_month_are_no_rivals():
    names = loads("name: x\nyears: 2020-2030\nlanguages: [en, de]\nlines: [[{date: DD MMM YYYY, as: expiry}]]")
    assert line("11 MAY 2024", {5: {"I": -0.3}}, names).status == "read"
    assert line("11 MAY 2024", {5: {"R": -0.3}}, names).status == "confused"


@pytest.mark.parametrize(
    ("fields", "printed", "rivals"),
    [
        ("L, {digits: 3}", "L7123", {1: {" ": -6.0}}),
        ("{date: DD MM YYYY}", "14.06.2021", {2: {" ": -6.0}, 5: {" ": -6.0}}),
        ("{date: DD.MM.YYYY}", "14 06 2021", {2: {".": -6.0}, 5: {".": -6.0}}),
    ],
)
def test_a_character_in_the_place_of_a_blank_is_a_mismatch_and_the_other_way_round(fields, printed, rivals):
    recipe = loads("name: x\nyears: 2020-2030\nlines: [[{}]]".format(fields))
    found = line(printed, rivals, recipe)
    assert len(found.text) == len(printed) and found.status == "mismatch"
    close = {at: dict.fromkeys(others, -2.0) for at, others in rivals.items()}
    assert line(printed, close, recipe).status != "mismatch", "what is nearly even contradicts nothing"
