"""The subset construction is deterministic, ordered, and stops where it grows too large."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.automata import Nfa, determinisation
from ocr_app.recipes.automata.determinisation import determinise


def choice_of(*texts):
    nfa = Nfa()
    start = nfa.add_state()
    return nfa, start, nfa.add_choice(start, texts)


def test_texts_with_the_same_beginning_share_their_states():
    nfa, start, end = choice_of("AB", "AC")
    automaton = determinise(nfa, start)
    assert [sorted(arcs) for arcs in automaton.arcs] == [["A"], ["B", "C"], [], []]
    assert [end in subset for subset in automaton.subsets] == [False, False, True, True]


def test_every_state_comes_before_its_targets():
    nfa, start, _ = choice_of("ABCD", "BCD", "CD", "AD")
    automaton = determinise(nfa, start)
    order = automaton.topological_order()
    assert sorted(order) == list(range(len(automaton.arcs))) and order[0] == 0
    places = {state: place for place, state in enumerate(order)}
    assert all(places[s] < places[t] for s, arcs in enumerate(automaton.arcs) for t in arcs.values())


@pytest.mark.parametrize("limit", ["MAX_STATES", "MAX_WORK"])
def test_what_grows_too_large_is_refused(limit, monkeypatch):
    monkeypatch.setattr(determinisation, limit, 3)
    nfa, start, _ = choice_of("ABCDEFGH")
    with pytest.raises(RecipeError, match="allows too much: more than"):
        determinise(nfa, start)
