"""The exact margin is the lead over the best other text; see also tests/property/test_recipes_search.py."""

import pytest
from posteriors import CHARACTERS, line_of

from ocr_app.recipes.automata import Nfa, StateRegistry
from ocr_app.recipes.automata.state_layout import lay_out
from ocr_app.recipes.decoding.evidence import prepare_evidence
from ocr_app.recipes.decoding.search import run_backward, trace_best_path
from ocr_app.recipes.decoding.search.exact_margin import exact_margin


def margin(posterior, texts):
    nfa, registry = Nfa(), StateRegistry()
    start = nfa.add_state()
    root = registry.register(nfa, start, nfa.add_choice(start, texts))
    backward = run_backward(prepare_evidence(posterior), lay_out(registry, [root], CHARACTERS), None)
    return exact_margin(backward, root, trace_best_path(backward, root))


def test_the_lead_over_a_text_that_differs_in_one_place():
    assert margin(line_of("AB", {1: {"C": -1.5}}), ["AB", "AC"]) == pytest.approx(1.5, abs=0.01)


def test_the_lead_over_a_text_that_differs_in_several_places():
    assert margin(line_of("AB", {0: {"X": -1.0}, 1: {"C": -1.5}}), ["AB", "XC"]) == pytest.approx(2.5, abs=0.01)


def test_the_lead_over_a_shorter_text():
    assert margin(line_of("AB", {1: {"": -3.0}}), ["AB", "A"]) == pytest.approx(3.0, abs=0.01)


def test_without_another_text_the_lead_is_unbounded():
    assert margin(line_of("AB"), ["AB"]) > 1e8
