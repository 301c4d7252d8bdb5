"""Equal futures are one state, whichever automaton they belong to."""

from ocr_app.recipes.automata import Nfa, StateRegistry, minimise, with_optional_spaces


def register(registry, *texts):
    nfa = Nfa()
    start = nfa.add_state()
    return registry.register(nfa, start, nfa.add_choice(start, texts))


def test_a_minimal_automaton_has_one_state_per_future():
    registry = StateRegistry()
    root = register(registry, "AX", "BX", "CX")
    assert registry.arcs[root] == {"A": root - 1, "B": root - 1, "C": root - 1}
    assert [registry.accepts(root, text) for text in ("AX", "CX", "A", "X", "AXX")] == [True, True, False, False, False]


def test_automata_of_one_registry_share_their_states():
    registry = StateRegistry()
    first = register(registry, "AX")
    states = len(registry.arcs)
    assert register(registry, "AX") == first and len(registry.arcs) == states
    assert register(registry, "BX") == states and len(registry.arcs) == states + 1


def test_targets_have_lower_numbers():
    registry = StateRegistry()
    register(registry, "ABC", "AC", "BBBB")
    assert all(target < state for state, arcs in enumerate(registry.arcs) for target in arcs.values())


def test_lengths_of_texts_do_not_count_spaces():
    registry = StateRegistry()
    roots = [register(registry, "A B", "ABCD"), register(registry, "X")]
    assert registry.text_lengths(roots) == {roots[0]: (2, 4), roots[1]: (1, 1)}


def test_spaces_may_be_allowed_between_any_two_characters():
    nfa = Nfa()
    start = nfa.add_state()
    loose = with_optional_spaces(minimise(nfa, start, nfa.add_text(start, "ABC")))
    assert [text for text in ("ABC", "A BC", "A B C", " ABC", "ABC ", "A  BC") if loose.accepts(text)] == [
        "ABC", "A BC", "A B C",
    ]  # fmt: skip


def test_a_part_of_a_text_is_held_wherever_it_stands_spaces_left_aside():
    registry = StateRegistry()
    root = register(registry, "EXP 16.01.2021", "L 12")
    assert all(registry.holds(root, part) for part in ("EXP 16.01.2021", "P16", "01.20", "L12", "2021", ""))
    assert not any(registry.holds(root, part) for part in ("SALT", "2012", "EXPL", "7"))


def test_a_part_may_hold_characters_that_the_printer_draws_alike():
    registry = StateRegistry()
    root = register(registry, "LOT 2021")
    assert not registry.holds(root, "2O2I") and registry.holds(root, "2O2I", ("O0", "I1"))


def test_states_that_follow_one_another():
    registry = StateRegistry()
    root = register(registry, "AB")
    assert len(registry.states_from(root)) == 3
