"""What else a line may say: the characters of its plain reading, each with the others that it could be."""

import operator
from typing import Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ocr_app.recipes.decoding.evidence import BLANK, Evidence, Greedy

LIMIT = 9.0  # nats: a character that leads by more is certain (probability 1e-4)
_MOST = 8  # readings of one character that are tried
_MISSED = 6.0  # nats: what stands between characters at a higher cost is not looked at
_COST = operator.itemgetter(1)


class Lattice(NamedTuple):
    """What else the line may say within ``LIMIT``, costs in nats.

    ``slots[j]``: (class, cost) of character j of the plain reading, itself at 0, the blank for nothing; ``between[j]``:
    (class, cost, frame) of characters before slot j that were not read; ``twice[j]``: (cost, frame) of slot j being two
    of its kind.
    """

    slots: List[List[Tuple[int, float]]]
    between: Dict[int, List[Tuple[int, float, int]]]
    twice: Dict[int, Tuple[float, int]]


def lattice(held: Evidence, plain: Greedy, values: np.ndarray) -> Optional[Lattice]:
    """The other ways to read a line; None when every character is certain. ``values``: of ``best_runs``."""
    own = values[np.arange(len(plain.classes)), list(plain.classes)]
    trails = own[:, None] - values
    trails[np.arange(len(plain.classes)), list(plain.classes)] = 0.0
    slots: List[List[Tuple[int, float]]] = [[] for _ in plain.classes]
    places, classes = np.nonzero(trails < LIMIT)
    for place, sign, cost in zip(places.tolist(), classes.tolist(), trails[places, classes].tolist()):
        slots[place].append((sign, cost))
    slots = [sorted(ways, key=_COST)[:_MOST] for ways in slots]
    between, twice = _between(held, plain), _twice(held, plain)
    if len(places) == len(slots) and not between and not twice:
        return None
    return Lattice(slots, between, twice)


def _between(held: Evidence, plain: Greedy) -> Dict[int, List[Tuple[int, float, int]]]:
    """Characters that may stand where the plain reading has none: in frames whose best class is the blank."""
    likely = (held.scores > -_MISSED) & (held.best == BLANK)[:, None]
    likely[:, BLANK] = False
    frames, classes = np.nonzero(likely)
    if not len(frames):
        return {}
    places = np.searchsorted(plain.first, frames)
    costs = -held.scores[frames, classes]
    best: Dict[Tuple[int, int], Tuple[float, int]] = {}
    for frame, sign, place, cost in zip(frames.tolist(), classes.tolist(), places.tolist(), costs.tolist()):
        known = best.get((place, sign))
        if (known is None or cost < known[0]) and not _prolongs(plain, place, sign, frame):
            best[(place, sign)] = (cost, frame)
    found: Dict[int, List[Tuple[int, float, int]]] = {}
    for (place, sign), (cost, frame) in best.items():
        found.setdefault(place, []).append((sign, cost, frame))
    return found


def _prolongs(plain: Greedy, place: int, sign: int, frame: int) -> bool:
    """Whether a character before slot ``place`` is but its neighbour a frame longer: no blank parts them."""
    behind = place > 0 and plain.classes[place - 1] == sign and frame < plain.last[place - 1] + 2
    return behind or (place < len(plain.classes) and plain.classes[place] == sign and frame > plain.first[place] - 2)


def _twice(held: Evidence, plain: Greedy) -> Dict[int, Tuple[float, int]]:
    """Characters in whose midst a blank is not out of the question."""
    scores = held.scores[np.arange(len(held.best)), held.best]
    found: Dict[int, Tuple[float, int]] = {}
    for frame in np.flatnonzero((held.best != BLANK) & (scores < LIMIT)).tolist():
        place = int(np.searchsorted(plain.first, frame, side="right")) - 1
        if plain.first[place] < frame < plain.last[place]:
            cost = float(scores[frame])
            if place not in found or cost < found[place][0]:
                found[place] = (cost, frame)
    return found
