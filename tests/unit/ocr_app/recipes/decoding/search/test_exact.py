"""The exact search returns the best path with its frames; see also tests/property/test_recipes_search.py."""

import pytest
from posteriors import CHARACTERS, line_of

from ocr_app.recipes.automata import Nfa, StateRegistry
from ocr_app.recipes.automata.state_layout import lay_out
from ocr_app.recipes.decoding.evidence import prepare_evidence
from ocr_app.recipes.decoding.search import JunkCosts, run_backward, trace_best_path
from ocr_app.recipes.decoding.search.exact import find_row


def search(posterior, texts, junk=None):
    nfa, registry = Nfa(), StateRegistry()
    start = nfa.add_state()
    root = registry.register(nfa, start, nfa.add_choice(start, texts))
    backward = run_backward(prepare_evidence(posterior), lay_out(registry, [root], CHARACTERS), junk)
    return trace_best_path(backward, root)


def text_of(alignment):
    return "".join(CHARACTERS[label] for label in alignment.labels)


def test_the_best_text_of_the_automaton_with_its_frames():
    found = search(line_of("AXB", {1: {"Y": -2.0, "Z": -3.0}}), ["AYB", "AZB", "A"])
    assert text_of(found) == "AYB" and (found.start, found.stop) == (0, 6)
    assert [(run.first, run.last) for run in found.runs] == [(0, 0), (2, 2), (4, 4)]


def test_equal_neighbours_are_parted_by_a_blank():
    found = search(line_of("AA"), ["A", "AA", "AAA"])
    assert text_of(found) == "AA" and found.runs[0].last < found.runs[1].first - 1


def test_text_beside_the_code_is_left_out_with_junk_only():
    found = search(line_of("EXP 12"), ["12"], JunkCosts())
    assert text_of(found) == "12" and (found.start, found.stop) == (8, 12)
    whole = search(line_of("EXP 12"), ["12"])
    assert whole.start == 0 and whole.stop == 12 and whole.score < found.score


def test_too_few_frames_or_characters_give_nothing():
    assert search(line_of("A"), ["ABCDEF"]) is None
    assert search(line_of("A"), ["\u00c4"]) is None


def test_every_row_of_the_table_belongs_to_a_state_or_one_of_its_arcs():
    nfa, registry = Nfa(), StateRegistry()
    start = nfa.add_state()
    root = registry.register(nfa, start, nfa.add_choice(start, ["AAB", "AB", "BA"]))
    layout = lay_out(registry, [root], CHARACTERS)
    for row in range(1, layout.row_count):
        found = find_row(layout, row)
        batch = layout.batches[found.batch_number]
        arc = batch.size + found.number * batch.width + found.barred
        assert row == batch.first_row + (found.number if found.barred < 0 else arc)


def test_the_score_is_that_of_the_path():
    found = search(line_of("AB", noise=0.0), ["AB"])
    assert found.score == pytest.approx(2 * 16.0, abs=0.01)
