"""A recipe's states laid out for the search: waves of states whose futures are all known before they are scored."""

from typing import Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from ocr_app.recipes.automata.nfa import Registry

DEAD = 0  # row of the search's table that no path leads through
_WASTE = 64  # arcs; scoring this many costs about as much as what numpy needs to begin another wave


class Wave(NamedTuple):
    """States of one height: ``n`` states with at most ``k`` arcs each, padded with arcs that lead nowhere.

    ``classes``: intp ``(n * k,)``, the class of each arc; ``rows``: intp ``(n * k,)``, where the arc finds the value
    of its target in the table; ``states``: their numbers in the registry; ``final``: bool ``(n,)``; ``row``: their
    first row in the table; ``repeats``: whether some arc leads here with a class that also leads on from here, so that
    a blank has to part the two (then ``n * k`` further rows follow, one an arc: the value without that arc).
    """

    n: int
    k: int
    classes: np.ndarray
    rows: np.ndarray
    states: Tuple[int, ...]
    final: np.ndarray
    row: int
    repeats: bool


class StateLayout(NamedTuple):
    """All waves, lowest first; ``place`` gives (wave, number in it) of a state; ``height`` of the table in rows."""

    waves: Tuple[Wave, ...]
    place: Dict[int, Tuple[int, int]]
    rows: int


def lay_out(registry: Registry, roots: Sequence[int], characters: Tuple[str, ...]) -> StateLayout:
    """The waves of all states that the roots reach with these characters and that reach an end."""
    classes = {sign: number for number, sign in enumerate(characters) if number}
    arcs = _useful(registry, roots, classes)
    heights: Dict[int, int] = {}
    for state in sorted(arcs):  # targets have lower numbers
        heights[state] = 1 + max([heights[target] for _, target in arcs[state]] or [-1])
    entering: Dict[int, set] = {state: set() for state in arcs}  # type: ignore[type-arg]
    for own in arcs.values():
        for sign, target in own:
            entering[target].add(sign)
    return _waves(registry, arcs, heights, entering)


def _useful(registry: Registry, roots: Sequence[int], classes: Dict[str, int]) -> Dict[int, List[Tuple[int, int]]]:
    """Arcs (class, target) of each state from which an end can be reached with these characters."""
    reached, todo = set(roots), list(roots)
    while todo:
        for target in registry.arcs[todo.pop()].values():
            if target not in reached:
                reached.add(target)
                todo.append(target)
    useful: Dict[int, List[Tuple[int, int]]] = {}
    for state in sorted(reached):
        own = [(classes[s], t) for s, t in registry.arcs[state].items() if s in classes and t in useful]
        if own or registry.final[state]:
            useful[state] = sorted(own)
    return useful


def _waves(
    registry: Registry,
    arcs: Dict[int, List[Tuple[int, int]]],
    heights: Dict[int, int],
    entering: Dict[int, set],  # type: ignore[type-arg]
) -> StateLayout:
    waves: List[Wave] = []
    place: Dict[int, Tuple[int, int]] = {}
    row = DEAD + 1
    repeating = {state: bool(entering[state] & {sign for sign, _ in own}) for state, own in arcs.items()}
    for states in _grouped(arcs, heights, repeating):
        k = max(len(arcs[state]) for state in states)
        repeats = any(repeating[state] for state in states)
        classes = np.zeros(len(states) * k, np.intp)
        rows = np.full(len(states) * k, DEAD, np.intp)
        for number, state in enumerate(states):
            place[state] = (len(waves), number)
            for arc, (sign, target) in enumerate(arcs[state]):
                classes[number * k + arc] = sign
                rows[number * k + arc] = _target_row(waves, place, arcs, sign, target)
        final = np.array([registry.final[state] for state in states])
        waves.append(Wave(len(states), k, classes, rows, tuple(states), final, row, repeats))
        row += len(states) * (1 + (k if repeats else 0))
    return StateLayout(tuple(waves), place, row)


def _grouped(
    arcs: Dict[int, List[Tuple[int, int]]], heights: Dict[int, int], repeating: Dict[int, bool]
) -> List[List[int]]:
    """States of one height in one wave, unless more than ``_WASTE`` arcs of padding are saved by several waves."""
    groups: List[List[int]] = []
    for height in range(max(heights.values()) + 1 if heights else 0):
        states = [state for state in sorted(arcs) if heights[state] == height]
        parts: Dict[Tuple[int, bool], List[int]] = {}
        for state in states:
            parts.setdefault((len(arcs[state]).bit_length(), repeating[state]), []).append(state)
        apart = list(parts.values())
        saved = _padded([states], arcs) - _padded(apart, arcs)
        groups += apart if saved > _WASTE * (len(apart) - 1) else [states]
    return groups


def _padded(groups: List[List[int]], arcs: Dict[int, List[Tuple[int, int]]]) -> int:
    return sum(len(states) * max(len(arcs[state]) for state in states) for states in groups)


def _target_row(
    waves: List[Wave],
    place: Dict[int, Tuple[int, int]],
    arcs: Dict[int, List[Tuple[int, int]]],
    sign: int,
    target: int,
) -> int:
    """The row of the target's value behind class ``sign``."""
    wave_number, number = place[target]
    wave = waves[wave_number]
    signs = [own for own, _ in arcs[target]]
    if sign in signs:
        return wave.row + wave.n + number * wave.k + signs.index(sign)
    return wave.row + number
