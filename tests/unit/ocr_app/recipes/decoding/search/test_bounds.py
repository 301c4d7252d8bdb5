"""The bound tells text of another sort apart; see also tests/property/test_recipes_bounds.py."""

import math

import numpy as np
from posteriors import CHARACTERS, line_of

from ocr_app.recipes.automata import Nfa, StateRegistry
from ocr_app.recipes.decoding.evidence import prepare_evidence
from ocr_app.recipes.decoding.search import best_values, bounds, find_needs, least_losses, leaving_out


def needs_of(*languages):
    registry, roots = StateRegistry(), []
    for texts in languages:
        nfa = Nfa()
        start = nfa.add_state()
        roots.append(registry.register(nfa, start, nfa.add_choice(start, texts)))
    return find_needs(registry, roots, CHARACTERS)


def worth(length, misfit, left_over):
    return 4.0 * length - np.maximum(misfit, left_over)


def values(text, needs, misfit=3.0):
    evidence = prepare_evidence(line_of(text))
    log_probs = evidence.scores + evidence.blank[:, None]
    left_over = leaving_out(log_probs, evidence.best, CHARACTERS.index(" "), 5.0, 1.0)
    misfits = np.full(len(needs.table), misfit)
    found = best_values(least_losses(log_probs, needs), left_over, needs, worth, misfits)
    return [found[root] for root in needs.roots]


def test_each_kind_of_character_is_counted_and_spaces_are_not():
    needs = needs_of(["EXP 12.34", "EXP 1"], ["99"])
    assert needs.table.tolist() == [[1, 3, 0, 4], [4, 3, 1, 8], [2, 0, 0, 2]] and needs.starts.tolist() == [0, 2]
    assert ["".join(CHARACTERS[label] for label in labels) for labels in needs.labels] == ["12349", "EPX", "."]


def test_a_text_of_the_line_is_worth_all_of_its_characters():
    (value,) = values("12.34", needs_of(["12.34"]))
    assert 19.0 <= value <= 20.0


def test_text_of_another_sort_can_be_nothing():
    assert values("SUGAR", needs_of(["12.34", "12.345"])) == [-math.inf]
    assert values("SUGAR", needs_of(["12.34"], ["SUGAR"]))[1] > 0
    assert values("", needs_of(["12.34"])) == [-math.inf]


def test_a_line_with_too_few_frames_has_no_room():
    losses = least_losses(np.zeros((2, len(CHARACTERS))), needs_of(["123", "12"]))
    assert losses.tolist() == [0.0, math.inf]


def test_many_needs_become_fewer_that_ask_for_less(monkeypatch):
    words = ["1" * digits + "A" * letters for digits in (1, 2) for letters in range(4)]
    monkeypatch.setattr(bounds, "_MOST", 4)
    assert needs_of(words).table.tolist() == [[1, 0, 0, 4], [2, 0, 0, 5]]
    monkeypatch.setattr(bounds, "_MOST", 1)
    assert needs_of(words).table.tolist() == [[1, 0, 0, 5]]


def test_text_that_is_left_out_costs_as_much_as_its_cheapest_characters():
    needs = needs_of(["12.34"])
    assert values("12.34 SUGAR", needs)[0] <= values("12.34", needs)[0] - 5.0 * 5 + 1.0


def test_what_leaving_out_costs_rises_with_the_number_of_characters():
    evidence = prepare_evidence(line_of("AB 3"))
    costs = leaving_out(evidence.scores + evidence.blank[:, None], evidence.best, CHARACTERS.index(" "), 5.0, 8.0)
    assert costs.tolist() == [0.0, 5.0, 10.0, 15.0]
    assert leaving_out(np.zeros((0, 3)), np.zeros(0, int), -1, 5.0, 8.0).tolist() == [0.0]
