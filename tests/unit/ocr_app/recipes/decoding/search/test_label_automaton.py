"""The automaton over labels is that over characters, as far as the recogniser knows them."""

from ocr_app.recipes.automata import Nfa, StateRegistry
from ocr_app.recipes.decoding.search.label_automaton import label_automaton, states_of_text


def registered(*texts):
    nfa, registry = Nfa(), StateRegistry()
    start = nfa.add_state()
    return registry, registry.register(nfa, start, nfa.add_choice(start, texts))


def test_characters_become_labels_and_unknown_ones_are_left_out():
    registry, root = registered("AB", "XB")
    automaton = label_automaton(registry, ("", "B", "A"))
    assert automaton.width == 3 and automaton.final == registry.final
    assert automaton.targets[root] == {2: registry.arcs[root]["A"]}


def test_the_states_of_a_text_know_their_place():
    registry, root = registered("AB", "AC")
    automaton = label_automaton(registry, ("", "A", "B", "C"))
    places = states_of_text(automaton, root, [1, 3])
    assert sorted(places.values()) == [0, 1, 2] and places[root] == 0
