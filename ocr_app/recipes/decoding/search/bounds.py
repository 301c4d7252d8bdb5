"""How well a line can fit a recipe at best, without a search: an upper bound that takes a fraction of a millisecond.

Every text needs so many digits, so many letters and so many other characters. Each of them takes a frame of its own,
where it is at most as likely as the best character of its kind. So a text loses at least the sum of the smallest losses
(negative log-probabilities), as many of each kind as it has characters. Text of another sort, such as the list of
ingredients beside a code, and what nobody can read are told apart by that alone. The bound never exceeds what the exact
search finds (tests/property/test_recipes_bounds.py).
"""

from typing import Callable, Dict, List, NamedTuple, Sequence, Set, Tuple

import numpy as np

from ocr_app.recipes.automata import StateRegistry

_MOST = 24  # needs that are told apart for one state; more are made one that asks for less
_ROUNDING = 1e-6  # nats: sums over the same frames in another order differ by less
_DIGIT, _LETTER, _OTHER = range(3)

Worth = Callable[[np.ndarray, np.ndarray, np.ndarray], np.ndarray]
"""What texts of these lengths are worth that lose so much, or leave out text at such a cost, in nats; it rises with the
length, and falls with the rest."""

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

    @property
    def counts(self) -> np.ndarray:
        """The number of rows of each root."""
        return np.diff(np.append(self.starts, len(self.table)))


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


def least_losses(log_probs: np.ndarray, needs: Needs) -> np.ndarray:
    """How unlikely the characters of a text of each need are at least, ``(N,)`` nats; inf where there is no room."""
    longest = int(needs.table[:, :3].max()) if len(needs.table) else 0
    total = np.zeros(len(needs.table))
    for kind, labels in enumerate(needs.labels):
        sums = np.full(longest + 1, np.inf)
        sums[0] = 0.0
        if labels and len(log_probs):
            losses = np.sort(-log_probs[:, labels].max(axis=1))[:longest]
            np.cumsum(losses, out=sums[1 : 1 + len(losses)])
        total += sums[needs.table[:, kind]]
    return total


def best_values(
    losses: np.ndarray, left_over: np.ndarray, needs: Needs, worth: Worth, misfits: np.ndarray
) -> Dict[int, float]:
    """For each root the most that a text can be worth. ``losses``: what texts of each need lose at least.

    ``left_over``: what leaving out so many characters of the best path costs at least, from none to all of them.
    -inf where every text loses more than ``misfits`` nats a character, ``(N,)`` as the rows of the table.
    """
    longest = needs.table[:, 3]
    spare = left_over[np.maximum(len(left_over) - 1 - longest, 0)]
    values = np.where(losses <= misfits * longest + _ROUNDING, worth(longest, losses, spare) + _ROUNDING, -np.inf)
    return dict(zip(needs.roots, np.maximum.reduceat(values, needs.starts).tolist()))


def leaving_out(log_probs: np.ndarray, best: np.ndarray, space: int, junk: float, bent: float) -> np.ndarray:
    """What leaving out the cheapest 0, 1, 2 ... characters of the best path costs at least, in nats.

    Text beside the code costs ``junk`` nats a character. Within the code, another label in all frames of a character
    costs at least the lead of the best class over the next one there, times ``bent``. Neighbours of the same label
    count as one: one character can cover both. ``best``: the best class of each frame;
    ``space``: that of the space, or -1.
    """
    if not len(best):
        return np.zeros(1)
    two = np.partition(log_probs, -2, axis=1)[:, -2:]
    leads = two[:, 1] - two[:, 0]
    printed = np.flatnonzero((best != 0) & (best != space))
    if not len(printed):
        return np.zeros(1)
    labels = best[printed]
    starts = np.concatenate(([0], np.flatnonzero(labels[1:] != labels[:-1]) + 1))
    costs = np.minimum(junk, bent * np.add.reduceat(leads[printed], starts))
    return np.concatenate(([0.0], np.cumsum(np.sort(costs))))
