"""How well a line can fit a recipe at best, without a search: an upper bound that takes a fraction of a millisecond.

Every text needs so many digits, so many letters and so many other characters. Each of them takes a frame of its own,
where it loses at least what the best character of its kind loses there against the best class. So a text loses at least
the sum of the smallest losses, as many of each kind as it has characters. Text of another sort, such as the list of
ingredients beside a code, is told apart by that alone. The bound never exceeds what the exact search finds
(tests/property/test_recipes_bounds.py).
"""

from typing import Dict, List, NamedTuple, Sequence, Set, Tuple

import numpy as np

from ocr_app.recipes.automata import StateRegistry

_MOST = 24  # needs that are told apart for one state; more are made one that asks for less
_ROUNDING = 1e-6  # nats: sums over the same frames in another order differ by less
_DIGIT, _LETTER, _OTHER = range(3)

_Need = Tuple[int, int, int, int]
"""At least so many digits, letters and others; at most so many characters. Spaces do not count."""


class Needs(NamedTuple):
    """What the texts of the roots need of a line. ``table``: int ``(N, 4)``, rows as in ``_Need``, those of one root
    together; ``starts``: the first row of each root; ``labels``: those of the digits, letters and others that are used.
    """

    roots: Tuple[int, ...]
    starts: np.ndarray
    table: np.ndarray
    labels: Tuple[List[int], ...]


def find_needs(registry: StateRegistry, roots: Sequence[int], characters: Tuple[str, ...]) -> Needs:
    """The needs of all texts from each root."""
    known: List[Set[_Need]] = []
    for state, arcs in enumerate(registry.arcs):
        ways = {(_kind(character), target) for character, target in arcs.items()}
        found = {_with(need, kind) for kind, target in ways for need in known[target]}
        known.append(_merged(found | ({(0, 0, 0, 0)} if registry.final[state] else set())))
    used = _used(registry, roots)
    labels: Tuple[List[int], ...] = ([], [], [])
    for label, character in enumerate(characters):
        if character in used and _kind(character) >= 0:
            labels[_kind(character)].append(label)
    rows = [sorted(known[root]) for root in roots]
    starts = np.cumsum([0] + [len(each) for each in rows[:-1]])
    return Needs(tuple(roots), starts, np.array([need for each in rows for need in each], np.intp), labels)


def _kind(character: str) -> int:
    if character == " ":
        return -1
    return _DIGIT if character.isdigit() else _LETTER if character.isalpha() else _OTHER


def _with(need: _Need, kind: int) -> _Need:
    """The need of one more character of a kind."""
    if kind < 0:
        return need
    digits, letters, others, most = need
    return digits + (kind == _DIGIT), letters + (kind == _LETTER), others + (kind == _OTHER), most + 1


def _merged(needs: Set[_Need]) -> Set[_Need]:
    """The same needs; where there are too many, one for each number of digits, or one alone."""
    if len(needs) > _MOST:
        needs = {_weakest([need for need in needs if need[0] == digits]) for digits in {need[0] for need in needs}}
    return {_weakest(list(needs))} if len(needs) > _MOST else needs


def _weakest(needs: Sequence[_Need]) -> _Need:
    """What all of the needs ask for at least."""
    digits, letters, others, most = zip(*needs)
    return min(digits), min(letters), min(others), max(most)


def _used(registry: StateRegistry, roots: Sequence[int]) -> Set[str]:
    """The characters of all texts from the roots."""
    seen, waiting, used = set(roots), list(roots), set()  # type: Set[int], List[int], Set[str]
    while waiting:
        arcs = registry.arcs[waiting.pop()]
        used.update(arcs)
        waiting += set(arcs.values()) - seen
        seen.update(arcs.values())
    return used


def least_losses(scores: np.ndarray, needs: Needs) -> np.ndarray:
    """What texts of each need lose at least against the best classes, ``(N,)`` nats; inf where there is no room."""
    longest = int(needs.table[:, :3].max()) if len(needs.table) else 0
    top = scores.max(axis=1) if len(scores) else np.zeros(0)
    total = np.zeros(len(needs.table))
    for kind, labels in enumerate(needs.labels):
        sums = np.full(longest + 1, np.inf)
        sums[0] = 0.0
        if labels and len(scores):
            losses = np.sort(top - scores[:, labels].max(axis=1))[:longest]
            np.cumsum(losses, out=sums[1 : 1 + len(losses)])
        total += sums[needs.table[:, kind]]
    return total


def best_values(losses: np.ndarray, needs: Needs, reward: float, misfit: float) -> Dict[int, float]:
    """For each root the most that ``reward`` nats a character can be worth to a text, less what it loses.

    -inf where every text loses more than ``misfit`` nats a character.
    """
    longest = needs.table[:, 3]
    values = np.where(losses <= misfit * longest + _ROUNDING, reward * longest - losses + _ROUNDING, -np.inf)
    return dict(zip(needs.roots, np.maximum.reduceat(values, needs.starts).tolist()))
