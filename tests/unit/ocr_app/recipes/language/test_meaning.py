"""Texts mean the same when their fields do, whatever is printed between them."""

import pytest

from ocr_app.recipes import loads
from ocr_app.recipes.language.meaning import blanks_may_decide, mean_the_same, meaning_of, other_spellings


def same(fields, text, other, head=""):
    recipe = loads("name: x\nyears: 2010-2030\n{}lines: [{}]".format(head, fields))
    line = recipe.lines[0]
    assert recipe.registry.accepts(line.root, text) and recipe.registry.accepts(line.root, other)
    return mean_the_same(recipe, line, text, other)


def test_blanks_between_fields_mean_nothing():
    fields = "[L, {digits: 3}, E, {date: DD MM YY, as: expiry}]"
    assert same(fields, "L 095 E 28 10 21", "L095 E28 10 21")
    assert not same(fields, "L 095 E 28 10 21", "L 095 E 26 10 21")


def test_blanks_that_move_characters_from_one_field_to_another_mean_something():
    fields = "[{alphanumeric: 2-3, as: lot}, {alphanumeric: 2-3, as: line}]"
    assert not same(fields, "A1 23B", "A12 3B")
    assert same(fields, "A12 3B", "A123B"), "without a blank the first field takes as much as it can"


@pytest.mark.parametrize("other", ["15/12/2021", "15-12-2021", "15122021"])
def test_punctuation_that_a_date_allows_either_way_means_nothing(other):
    assert same("[{date: DD~MM~YYYY, as: expiry}]", "15.12.2021", other)


def test_a_month_may_have_several_names_but_not_two_meanings():
    head = "languages: [en, de]\n"
    assert same("[{date: DD MMM YYYY}]", "02 MAY 2021", "02 MAI 2021", head)
    assert not same("[{date: [DD.MM.YY, YY.MM.DD]}]", "11.12.13", "13.12.11", head)


def test_printed_words_count_and_their_punctuation_does_not():
    fields = '[{either: [["EXP:"], ["EXP."], [BB]]}, {date: MM/YYYY}]'
    assert same(fields, "EXP: 01/2025", "EXP. 01/2025")
    assert same('["EXP", {optional: [":"]}, {date: MM/YYYY}]', "EXP: 01/2025", "EXP 01/2025")
    assert not same(fields, "EXP: 01/2025", "BB 01/2025")


def test_the_punctuation_of_a_lot_is_part_of_it():
    assert not same('[{alphanumeric: 3-5, signs: "-/", as: lot}]', "A-12", "A/12")
    assert not same('[{alphanumeric: 3-5, signs: "-/", as: lot}]', "A-12", "A12")


def test_a_date_with_a_shift_letter_in_one_mask_means_its_text():
    assert not same("[{lot: YYMMDDA}]", "210131A", "210131B")
    assert same("[{lot: YYMMDD, space: loose}, {letters: 1}]", "21 01 31 A", "210131A")


def test_a_text_that_the_line_does_not_allow_means_itself():
    recipe = loads("name: x\nlines: [[{digits: 3}]]")
    assert meaning_of(recipe, recipe.lines[0], "ABC") == ("ABC",)


def test_other_spellings_have_other_blanks_and_the_same_meaning():
    recipe = loads("name: x\nlines: [[L, {digits: 2}, {letters: 1}]]")
    assert sorted(other_spellings(recipe, recipe.lines[0], "L12A", 64)) == ["L 12 A", "L 12A", "L12 A"]
    assert len(other_spellings(recipe, recipe.lines[0], "L12A", 1)) <= 1


@pytest.mark.parametrize(
    ("fields", "decides"),
    [
        ("[L, {digits: 3}, E, {date: DD MM YY}]", False),
        ("[{digits: 1-2}, {digits: 1-2}]", True),
        ("[{digits: 4-8}]", False),
        ("[{digits: 4}, {optional: [A]}, {digits: 2}]", True),
    ],
)
def test_blanks_decide_only_where_a_length_is_not_fixed(fields, decides):
    recipe = loads("name: x\nlines: [{}]".format(fields))
    assert blanks_may_decide(recipe, recipe.lines[0]) is decides
