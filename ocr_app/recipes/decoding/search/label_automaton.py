"""A recipe's automaton over the labels of one recogniser instead of characters."""

from typing import Dict, List, NamedTuple, Sequence, Tuple

from ocr_app.recipes.automata import StateRegistry


class LabelAutomaton(NamedTuple):
    """A recipe's automaton over labels: ``targets[state]`` maps a label to a state; ``width``: number of classes."""

    targets: List[Dict[int, int]]
    final: List[bool]
    width: int


def label_automaton(registry: StateRegistry, characters: Tuple[str, ...]) -> LabelAutomaton:
    """The automaton over a recogniser's labels. Arcs of characters that the recogniser lacks are left out."""
    labels = {character: label for label, character in enumerate(characters) if label}
    targets = [{labels[c]: target for c, target in arcs.items() if c in labels} for arcs in registry.arcs]
    return LabelAutomaton(targets, registry.final, len(characters))


def states_of_text(automaton: LabelAutomaton, root: int, labels: Sequence[int]) -> Dict[int, int]:
    """The states that a text passes, each with its position in the text. An acyclic automaton passes no state twice."""
    positions, state = {root: 0}, root
    for position, label in enumerate(labels, 1):
        state = automaton.targets[state][label]
        positions[state] = position
    return positions
