"""A second recogniser's best text under one line of a recipe: spaces are the recipe's, and nothing is forced."""

import numpy as np
import pytest
from posteriors import CHARACTERS, line_of

from ocr_app.core.errors import RecipeError, UsageError
from ocr_app.recipes import decode, loads
from ocr_app.recipes.automata import registry as automata_registry
from ocr_app.recipes.decoding import best_text as module
from ocr_app.recipes.decoding.best_text import best_text

THESIS = """
name: thesis
spaces: required
years: 2015-2040
lines:
  - ["PRO:", {date: MM/YYYY, as: production}, "EXP:", {date: MM/YYYY, as: expiry}]
  - [{lot: "'L'YYDDD999", as: lot}, {digits: 2}, {lot: "'H'HH:NN", as: time}]
"""
DATES, LOT = "PRO: 08/2022 EXP: 08/2023", "L22150295 20 H02:05"


@pytest.fixture
def thesis():
    return loads(THESIS)


def test_a_text_that_the_line_allows_is_not_searched(thesis, monkeypatch):
    monkeypatch.setattr(module, "pass_tokens", None)
    assert best_text([line_of(DATES)], thesis, thesis.lines[0]) == (DATES, 0.0)
    assert best_text([line_of(LOT)], thesis, thesis.lines[1]) == (LOT, 0.0)


@pytest.mark.parametrize("text", [LOT.replace(" ", ""), "L 22150295 20H02:05", "L22150295  20  H02:05"])
def test_spaces_do_not_count(thesis, text):
    assert best_text([line_of(text)], thesis, thesis.lines[1]) == (LOT, 0.0)


def test_a_space_that_the_recipe_leaves_open_is_left_out():
    recipe = loads("name: x\nspaces: optional\nlines: [[{letters: 2}, {digits: 2}]]")
    for text in ("AB 12", "AB12"):
        assert best_text([line_of(text)], recipe, recipe.lines[0]) == ("AB12", 0.0)


def test_equal_characters_with_a_space_between_them_stay_two(thesis):
    assert best_text([line_of("L22150222 20 H02:05")], thesis, thesis.lines[1]).text == "L22150222 20 H02:05"


def test_the_recipe_settles_letters_and_digits_at_their_cost(thesis):
    lot = line_of("L221S029S 2O H02:05", {4: {"5": -5.0}, 8: {"5": -3.5}, 11: {"0": -6.0}})
    found = best_text([lot], thesis, thesis.lines[1])
    assert found.text == LOT and found.cost == pytest.approx(11.5, abs=0.2), "an O as a 0 costs 3"


def test_a_witness_that_sees_another_date_says_so(thesis):
    assert (
        best_text([line_of("PRO: 08/2022 EXP: 09/2023")], thesis, thesis.lines[0]).text == "PRO: 08/2022 EXP: 09/2023"
    )


@pytest.mark.parametrize("text", ["INGREDIENTS: SUGAR", LOT, "", "08/2023"])
def test_what_is_too_unlike_the_line_is_no_testimony(thesis, text):
    blank = np.full((5, len(CHARACTERS)), -30.0, np.float32)
    blank[:, 0] = 0.0
    posterior = line_of(text) if text else line_of("A")._replace(log_probs=blank)
    assert best_text([posterior], thesis, thesis.lines[0]) is None


def test_text_beside_the_code_is_left_out_as_in_decode(thesis):
    recipe = loads("name: d\nyears: 2015-2040\njunk: ignore\nlines: [[{date: DD.MM.YYYY, as: day}]]")
    posterior = line_of("EXP 31.12.2024")
    found = best_text([posterior], recipe, recipe.lines[0])
    assert found.text == decode([posterior], recipe).text == "31.12.2024"
    assert found.cost == pytest.approx(4.0 + 3 * 5.0, abs=0.1), "once, and for each character"


def test_segments_of_one_line_are_read_together(thesis):
    segments = [line_of("PRO: 08/2022"), line_of("EXP: 08/2023", seed=1)]
    assert best_text(segments, thesis, thesis.lines[0]).text == DATES


def test_any_charset_will_do(thesis):
    lower = CHARACTERS + tuple("abcdefghijklmnopqrstuvwxyz")
    without_space = tuple(character for character in CHARACTERS if character != " ")
    mixed = line_of("Pro: 08/2022 Exp: 08/2023", characters=lower)
    bare = line_of(DATES.replace(" ", ""), characters=without_space)
    for posterior in (mixed, bare):
        assert best_text([posterior], thesis, thesis.lines[0]).text == DATES


def test_a_charset_that_lacks_what_the_line_needs_gives_nothing(thesis):
    digits = ("",) + tuple("0123456789/ ")
    assert best_text([line_of("08/2022 08/2023", characters=digits)], thesis, thesis.lines[0]) is None


def test_the_automata_are_made_once_for_each_charset(thesis, monkeypatch):
    best_text([line_of(DATES)], thesis, thesis.lines[0])
    monkeypatch.setattr(module, "StateRegistry", None)
    assert best_text([line_of(DATES, seed=3)], thesis, thesis.lines[0]) is not None
    assert best_text([line_of(LOT)], thesis, thesis.lines[1]) is not None


def test_a_recipe_too_large_to_be_made_again_wants_its_spaces(thesis, monkeypatch):
    def refuse(*_):
        raise RecipeError("too large", "", "")

    monkeypatch.setattr(automata_registry, "determinise", refuse)
    assert best_text([line_of(LOT)], thesis, thesis.lines[1]) == (LOT, 0.0)
    assert best_text([line_of(LOT.replace(" ", ""))], thesis, thesis.lines[1]) is None


def test_arrays_that_are_no_posteriors_are_refused(thesis):
    with pytest.raises(UsageError):
        best_text([line_of(LOT)._replace(log_probs=np.full((3, 4), np.nan))], thesis, thesis.lines[1])
