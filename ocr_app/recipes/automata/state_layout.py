"""A recipe's states laid out for the exact search: batches of states whose futures are scored before them."""

from typing import Dict, List, NamedTuple, Sequence, Set, Tuple

import numpy as np

from ocr_app.recipes.automata.registry import StateRegistry

DEAD_ROW = 0  # row of the search's table that no path leads through
_PADDING_PER_BATCH = 64  # arcs; scoring this many costs about as much as numpy's overhead for one more batch

_LabelArcs = Dict[int, List[Tuple[int, int]]]
"""For each state its arcs as (label, target) pairs."""


class StateBatch(NamedTuple):
    """States of one height (longest way to an end), scored together. Missing arcs are padded with dead ones.

    ``size``: number of states; ``width``: arcs per state; ``labels``: intp ``(size * width,)``, the label of each arc;
    ``target_rows``: intp ``(size * width,)``, the row of the table with the score of each arc's target;
    ``states``: their numbers in the registry; ``final``: bool ``(size,)``; ``first_row``: their first row in the table.
    ``repeats``: whether some arc leads here with a label that also leads on from here, so that a blank has to separate
    the two. Then ``size * width`` further rows follow, one per arc: the state's score without that arc.
    """

    size: int
    width: int
    labels: np.ndarray
    target_rows: np.ndarray
    states: Tuple[int, ...]
    final: np.ndarray
    first_row: int
    repeats: bool


class StateLayout(NamedTuple):
    """All batches, lowest first.

    ``positions``: (batch, number within it) of each state; ``row_count``: rows of the search's table.
    """

    batches: Tuple[StateBatch, ...]
    positions: Dict[int, Tuple[int, int]]
    row_count: int


def lay_out(registry: StateRegistry, roots: Sequence[int], characters: Tuple[str, ...]) -> StateLayout:
    """The batches of all states that the roots reach with these characters and that reach an end."""
    labels = {character: label for label, character in enumerate(characters) if label}
    arcs = _useful_arcs(registry, roots, labels)
    heights: Dict[int, int] = {}
    for state in sorted(arcs):  # targets have lower numbers
        heights[state] = 1 + max([heights[target] for _, target in arcs[state]] or [-1])
    entering: Dict[int, Set[int]] = {state: set() for state in arcs}
    for own in arcs.values():
        for label, target in own:
            entering[target].add(label)
    repeating = {state: bool(entering[state] & {label for label, _ in own}) for state, own in arcs.items()}
    return _build_layout(registry, arcs, _group_states(arcs, heights, repeating), repeating)


def _useful_arcs(registry: StateRegistry, roots: Sequence[int], labels: Dict[str, int]) -> _LabelArcs:
    """The arcs of each state from which an end can be reached with these characters."""
    reached, pending = set(roots), list(roots)
    while pending:
        for target in registry.arcs[pending.pop()].values():
            if target not in reached:
                reached.add(target)
                pending.append(target)
    useful: _LabelArcs = {}
    for state in sorted(reached):
        own = [(labels[c], target) for c, target in registry.arcs[state].items() if c in labels and target in useful]
        if own or registry.final[state]:
            useful[state] = sorted(own)
    return useful


def _build_layout(
    registry: StateRegistry, arcs: _LabelArcs, groups: List[List[int]], repeating: Dict[int, bool]
) -> StateLayout:
    batches: List[StateBatch] = []
    positions: Dict[int, Tuple[int, int]] = {}
    first_row = DEAD_ROW + 1
    for states in groups:
        width = max(len(arcs[state]) for state in states)
        repeats = any(repeating[state] for state in states)
        labels = np.zeros(len(states) * width, np.intp)
        target_rows = np.full(len(states) * width, DEAD_ROW, np.intp)
        for number, state in enumerate(states):
            positions[state] = (len(batches), number)
            for arc, (label, target) in enumerate(arcs[state]):
                labels[number * width + arc] = label
                target_rows[number * width + arc] = _target_row(batches, positions, arcs, label, target)
        final = np.array([registry.final[state] for state in states])
        batches.append(StateBatch(len(states), width, labels, target_rows, tuple(states), final, first_row, repeats))
        first_row += len(states) * (1 + (width if repeats else 0))
    return StateLayout(tuple(batches), positions, first_row)


def _group_states(arcs: _LabelArcs, heights: Dict[int, int], repeating: Dict[int, bool]) -> List[List[int]]:
    """One batch per height, or several where that saves more than ``_PADDING_PER_BATCH`` padded arcs for each."""
    groups: List[List[int]] = []
    for height in range(max(heights.values()) + 1 if heights else 0):
        states = [state for state in sorted(arcs) if heights[state] == height]
        alike: Dict[Tuple[int, bool], List[int]] = {}
        for state in states:
            alike.setdefault((len(arcs[state]).bit_length(), repeating[state]), []).append(state)
        parts = list(alike.values())
        saved = _padded_arcs([states], arcs) - _padded_arcs(parts, arcs)
        groups += parts if saved > _PADDING_PER_BATCH * (len(parts) - 1) else [states]
    return groups


def _padded_arcs(groups: List[List[int]], arcs: _LabelArcs) -> int:
    return sum(len(states) * max(len(arcs[state]) for state in states) for states in groups)


def _target_row(
    batches: List[StateBatch], positions: Dict[int, Tuple[int, int]], arcs: _LabelArcs, label: int, target: int
) -> int:
    """The row of the target's score when it is entered with ``label``."""
    batch_number, number = positions[target]
    batch = batches[batch_number]
    labels = [own for own, _ in arcs[target]]
    if label in labels:
        return batch.first_row + batch.size + number * batch.width + labels.index(label)
    return batch.first_row + number
