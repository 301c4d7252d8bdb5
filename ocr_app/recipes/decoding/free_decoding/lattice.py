"""What else a line may say: the characters of its best path, each with the others that it could be."""

import operator
from typing import Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ocr_app.recipes.decoding.evidence import BLANK, BestPath, Evidence

CERTAIN_LEAD = 9.0  # nats: a character that leads by more is certain (probability 1e-4)
_MAX_SUBSTITUTIONS = 8  # readings of one character that are tried
_MAX_INSERTIONS = 8  # characters that are tried between two others
_MAX_INSERTION_COST = 6.0  # nats: a character between two others that costs more is not tried
_COST = operator.itemgetter(1)
_FRAME = operator.itemgetter(2)


class Lattice(NamedTuple):
    """What else the line may say within ``CERTAIN_LEAD``. Costs are in nats.

    ``substitutions[j]``: (label, cost) pairs for character j of the best path, itself at 0; the blank is no character.
    ``insertions[j]``: (label, cost, frame) of characters before character j that the best path does not have: the
    likeliest ones, in the order of their frames.
    ``doublings[j]``: (cost, frame of the blank) where character j may be two of the same.
    """

    substitutions: List[List[Tuple[int, float]]]
    insertions: Dict[int, List[Tuple[int, float, int]]]
    doublings: Dict[int, Tuple[float, int]]


def build_lattice(evidence: Evidence, best_path: BestPath, scores: np.ndarray) -> Optional[Lattice]:
    """The other ways to read a line; None when every character is certain. ``scores``: see score_substitutions."""
    rows, own = np.arange(len(best_path.labels)), list(best_path.labels)
    trails = scores[rows, own][:, None] - scores
    trails[rows, own] = 0.0
    substitutions: List[List[Tuple[int, float]]] = [[] for _ in own]
    positions, labels = np.nonzero(trails < CERTAIN_LEAD)
    for position, label, cost in zip(positions.tolist(), labels.tolist(), trails[positions, labels].tolist()):
        substitutions[position].append((label, cost))
    substitutions = [sorted(ways, key=_COST)[:_MAX_SUBSTITUTIONS] for ways in substitutions]
    insertions, doublings = _find_insertions(evidence, best_path), _find_doublings(evidence, best_path)
    if len(positions) == len(substitutions) and not insertions and not doublings:
        return None
    return Lattice(substitutions, insertions, doublings)


def _find_insertions(evidence: Evidence, best_path: BestPath) -> Dict[int, List[Tuple[int, float, int]]]:
    """Characters that may be printed where the best path has none: in frames whose best class is the blank."""
    likely = (evidence.scores > -_MAX_INSERTION_COST) & (evidence.best == BLANK)[:, None]
    likely[:, BLANK] = False
    frames, labels = np.nonzero(likely)
    if not len(frames):
        return {}
    positions = np.searchsorted(best_path.first, frames)
    costs = -evidence.scores[frames, labels]
    best: Dict[Tuple[int, int], Tuple[float, int]] = {}
    for frame, label, position, cost in zip(frames.tolist(), labels.tolist(), positions.tolist(), costs.tolist()):
        known = best.get((position, label))
        if (known is None or cost < known[0]) and not _extends_neighbour(best_path, position, label, frame):
            best[(position, label)] = (cost, frame)
    found: Dict[int, List[Tuple[int, float, int]]] = {}
    for (position, label), (cost, frame) in best.items():
        found.setdefault(position, []).append((label, cost, frame))
    return {position: _likeliest(ways) for position, ways in found.items()}


def _likeliest(insertions: List[Tuple[int, float, int]]) -> List[Tuple[int, float, int]]:
    most = sorted(insertions, key=_COST)[:_MAX_INSERTIONS]
    return sorted(most, key=_FRAME)


def _extends_neighbour(best_path: BestPath, position: int, label: int, frame: int) -> bool:
    """Whether a character before ``position`` is just its neighbour one frame longer: no blank separates them."""
    labels = best_path.labels
    previous = position > 0 and labels[position - 1] == label and frame < best_path.last[position - 1] + 2
    return previous or (position < len(labels) and labels[position] == label and frame > best_path.first[position] - 2)


def _find_doublings(evidence: Evidence, best_path: BestPath) -> Dict[int, Tuple[float, int]]:
    """Characters with a frame inside them that may be a blank."""
    scores = evidence.scores[np.arange(len(evidence.best)), evidence.best]
    found: Dict[int, Tuple[float, int]] = {}
    for frame in np.flatnonzero((evidence.best != BLANK) & (scores < CERTAIN_LEAD)).tolist():
        position = int(np.searchsorted(best_path.first, frame, side="right")) - 1
        if best_path.first[position] < frame < best_path.last[position]:
            cost = float(scores[frame])
            if position not in found or cost < found[position][0]:
                found[position] = (cost, frame)
    return found
