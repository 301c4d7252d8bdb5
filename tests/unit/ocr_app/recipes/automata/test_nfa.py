"""Every piece that is added to an automaton adds exactly its texts."""

import itertools

import pytest

from ocr_app.recipes.automata import Nfa, minimise


def texts(build, alphabet="AB", longest=4):
    """All texts up to ``longest`` characters that the automaton accepts; ``build``: (automaton, start) -> end."""
    nfa = Nfa()
    start = nfa.add_state()
    automaton = minimise(nfa, start, build(nfa, start))
    every = ("".join(each) for n in range(longest + 1) for each in itertools.product(alphabet, repeat=n))
    return [text for text in every if automaton.accepts(text)]


@pytest.mark.parametrize(
    ("low", "high", "expected"), [(1, 1, ["A"]), (0, 2, ["", "A", "AA"]), (2, 3, ["AA", "AAA"]), (0, 0, [""])]
)
def test_a_repetition_has_a_lowest_and_a_highest_count(low, high, expected):
    assert texts(lambda nfa, start: nfa.add_repetition(start, "A", low, high)) == expected


def test_a_repetition_takes_any_of_its_characters():
    assert texts(lambda nfa, start: nfa.add_repetition(start, "AB", 2, 2)) == ["AA", "AB", "BA", "BB"]


def test_a_text_and_a_choice_of_texts():
    assert texts(lambda nfa, start: nfa.add_text(start, "ABA")) == ["ABA"]
    assert texts(lambda nfa, start: nfa.add_choice(start, ["AB", "B", ""])) == ["", "B", "AB"]


def test_another_automaton_is_added_with_its_language():
    inner = Nfa()
    begin = inner.add_state()
    language = minimise(inner, begin, inner.add_choice(begin, ["A", "BB"]))
    assert texts(lambda nfa, start: nfa.add_text(nfa.add_automaton(start, language), "A")) == ["AA", "BBA"]


def test_the_closure_follows_epsilon_arcs_only():
    nfa = Nfa()
    states = [nfa.add_state() for _ in range(4)]
    nfa.add_epsilon(states[0], states[1])
    nfa.add_epsilon(states[1], states[2])
    nfa.add_arc(states[2], "A", states[3])
    assert nfa.epsilon_closure([states[0]]) == {0, 1, 2} and nfa.epsilon_closure([states[3]]) == {3}
