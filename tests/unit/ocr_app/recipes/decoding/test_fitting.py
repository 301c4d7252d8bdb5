"""A candidate fits a line when it costs no more than the recipe tolerates; it is searched only once."""

import numpy as np
import pytest
from posteriors import CHARACTERS, line_of

from ocr_app.recipes import loads
from ocr_app.recipes.decoding import decoder, fitting
from ocr_app.recipes.decoding.candidates import find_candidates
from ocr_app.recipes.decoding.compilation import compile_recipe
from ocr_app.recipes.decoding.fitting import LineFitter

RECIPE = loads("name: x\nyears: 2020-2030\nlines: [[{date: DD.MM.YYYY, as: day}], [{letters: 4}]]")


def fitter_and(text, rivals=None, recipe=RECIPE):
    (candidate,) = find_candidates([line_of(text, rivals)], recipe.lookalikes)
    return LineFitter(recipe, compile_recipe(recipe, candidate.evidence.characters)), candidate


def test_a_text_that_the_line_allows_costs_nothing_and_is_not_searched(monkeypatch):
    monkeypatch.setattr(fitting, "pass_tokens", None)
    fitter, candidate = fitter_and("31.12.2024")
    fit = fitter.fit(candidate, RECIPE.lines[0])
    assert (fit.text, fit.cost, fit.length) == ("31.12.2024", 0.0, 10)
    assert fitter.fit(candidate, RECIPE.lines[1]) is None, "a clear date is no other line"


def test_a_text_that_is_overruled_costs_its_lead():
    fitter, candidate = fitter_and("3I.12.2024", {1: {"1": -5.0}})
    fit = fitter.fit(candidate, RECIPE.lines[0])
    assert fit.text == "31.12.2024" and fit.cost == pytest.approx(5.0, abs=0.1)


def test_a_text_that_is_too_unlike_the_line_does_not_fit():
    fitter, candidate = fitter_and("INGREDIENTS")
    assert fitter.fit(candidate, RECIPE.lines[0]) is None


def test_each_candidate_is_searched_once(monkeypatch):
    calls = []
    search = fitting.pass_tokens
    monkeypatch.setattr(fitting, "pass_tokens", lambda *arguments: calls.append(1) or search(*arguments))
    fitter, candidate = fitter_and("3I.12.2024", {1: {"1": -5.0}})
    first = fitter.fit(candidate, RECIPE.lines[0])
    assert fitter.fit(candidate, RECIPE.lines[0]) is first and fitter.fit(candidate, RECIPE.lines[1]) is None
    assert len(calls) == 1


def test_the_exact_search_finds_what_token_passing_missed(monkeypatch):
    monkeypatch.setattr(fitting, "pass_tokens", lambda *arguments: {})
    fitter, candidate = fitter_and("3I.12.2024", {1: {"1": -5.0}})
    assert fitter.fit(candidate, RECIPE.lines[0]) is None
    fitter.search_exactly([candidate], RECIPE.layouts[0])
    assert fitter.fit(candidate, RECIPE.lines[0]).text == "31.12.2024"


def test_lines_of_another_length_are_not_searched_exactly(monkeypatch):
    monkeypatch.setattr(fitting, "pass_tokens", lambda *arguments: {})
    monkeypatch.setattr(fitting, "run_backward", None)
    fitter, candidate = fitter_and("3I.12.2024 AND MUCH MORE")
    fitter.search_exactly([candidate], RECIPE.layouts[0])
    assert fitter.fit(candidate, RECIPE.lines[0]) is None


def test_only_a_few_lines_are_searched_exactly(monkeypatch):
    monkeypatch.setattr(fitting, "pass_tokens", lambda *arguments: {})
    lines = [line_of("3I.12.2024", {1: {"1": -5.0}}, seed=n) for n in range(5)]
    candidates = find_candidates(lines, ())
    fitter = LineFitter(RECIPE, compile_recipe(RECIPE, candidates[0].evidence.characters))
    fitter.search_exactly(candidates, RECIPE.layouts[0])
    found = [fitter.fit(candidate, RECIPE.lines[0]) is not None for candidate in candidates]
    assert found == [True, True, True, False, False]


def test_a_line_that_need_not_be_there_is_not_bent_out_of_other_text():
    rivals = {k: {"5": -1.5} for k in range(5)}
    text = "name: x\nlines: [{name: number, optional: %s, fields: [{digits: 5}]}, {name: word, fields: [{letters: 4}]}]"
    needed, optional = (fitter_and("S8B2Z", rivals, loads(text % each)) for each in ("false", "true"))
    found = needed[0].fit(needed[1], needed[0]._recipe.lines[0])
    assert found.misfit > fitting.OPTIONAL_MISFIT * found.length
    assert optional[0].fit(optional[1], optional[0]._recipe.lines[0]) is None


def test_text_that_has_to_be_bent_is_worth_less_than_text_that_is_read_however_long_it_is():
    assert fitting.worth(30, 30.0) < fitting.worth(6, 0.0)
    assert fitting.worth(30, 500.0) == fitting.WORST_VALUE > -decoder.MISSING_LINE_COST
    assert fitting.worth(10, 0.0, left_over=15.0) == 25.0


def test_a_place_on_which_nothing_is_likely_is_no_line():
    line = line_of("31.12.2024")
    flat = np.log(np.full(line.log_probs.shape, 1.0 / len(CHARACTERS), np.float32))
    clear, nothing = find_candidates([line, line._replace(log_probs=flat)], ())
    assert not fitting._is_illegible(clear) and fitting._is_illegible(nothing)


def test_what_lookalikes_cost_is_no_misfit():
    recipe = loads("name: x\nlines: [[{digits: 6}]]")
    assert recipe.lookalikes
    (candidate,) = find_candidates([line_of("12O4O6")], recipe.lookalikes)
    found = LineFitter(recipe, compile_recipe(recipe, CHARACTERS)).fit(candidate, recipe.lines[0])
    assert found.text == "120406" and found.cost > 5.0 and found.misfit < 1.0
