"""A deterministic automaton accepts whole texts only."""

from ocr_app.recipes.automata.dfa import Dfa, group_by_target

A_OR_AB = Dfa(({}, {"B": 0}, {"A": 1}), (True, True, False), 2)


def test_whole_texts_are_accepted_and_nothing_else():
    accepted = [text for text in ("", "A", "AB", "B", "ABA") if A_OR_AB.accepts(text)]
    assert accepted == ["A", "AB"]


def test_arcs_are_grouped_by_target():
    assert group_by_target({"A": 1, "B": 0, "C": 1}) == {1: "AC", 0: "B"}
