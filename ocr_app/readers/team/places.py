"""Places in a frame where detectors found text: overlaps, and which of two detectors' places to believe."""

from typing import List, NamedTuple, Sequence, Set, Tuple

import numpy as np

from ocr_app.core.types import Quad
from ocr_app.imaging.geometry import shared_part, sides, touching

SAME = 0.5  # two quads that share this part of the smaller one cover the same print
_HIGHER = 1.8  # times; quads of one line may differ by this in height, as detectors leave different margins
_ENDS = 0.7  # heights by which the ends of one line may differ


class Rivalry(NamedTuple):
    """Places of two detectors that cover the same print, as indices: only one side can be right."""

    old: Tuple[int, ...]
    new: Tuple[int, ...]


def overlaps(old: Sequence[Quad], new: Sequence[Quad]) -> np.ndarray:
    """``(len(old), len(new))`` bool: which quads cover the same print."""
    table = np.zeros((len(old), len(new)), bool)
    for i, j in touching(old, new):
        table[i, j] = shared_part(old[i], new[j]) > SAME
    return table


def rivalries(table: np.ndarray) -> List[Rivalry]:
    """The groups of old and new quads that are connected by overlaps; a quad without any is a group alone."""
    new_of = [set(np.flatnonzero(row).tolist()) for row in table]
    old_of = [set(np.flatnonzero(column).tolist()) for column in table.T]
    groups: List[Rivalry] = []
    free_old, free_new = set(range(table.shape[0])), set(range(table.shape[1]))
    while free_old or free_new:
        old: Set[int] = {free_old.pop()} if free_old else set()
        new: Set[int] = set() if old else {free_new.pop()}
        while True:
            more_new = free_new.intersection(set().union(*(new_of[i] for i in old)))
            more_old = free_old.intersection(set().union(*(old_of[j] for j in new | more_new)))
            if not more_new and not more_old:
                break
            old, new = old | more_old, new | more_new
            free_old -= more_old
            free_new -= more_new
        groups.append(Rivalry(tuple(sorted(old)), tuple(sorted(new))))
    return groups


def reaches_beyond(new: Sequence[Quad], old: Sequence[Quad], heights: float = 1.0) -> bool:
    """Whether the new quads show print that the old ones miss: by more than so many heights of a line along it."""
    for quad in new:
        along = _direction(quad)
        ends = quad @ along
        covered = np.concatenate([other @ along for other in old])
        height = heights * sides(quad)[1]
        if covered.min() - ends.min() > height or ends.max() - covered.max() > height:
            return True
    return False


def _direction(quad: Quad) -> np.ndarray:
    """The unit vector of the reading direction."""
    along = quad[1] - quad[0] + quad[2] - quad[3]
    length = float(np.hypot(along[0], along[1]))
    return np.asarray(along / length if length > 0 else np.array([1.0, 0.0], np.float32))


def is_same_line(first: Quad, second: Quad) -> bool:
    """Whether two quads frame the same line: about as high, and neither ends far beyond the other."""
    heights = sorted((sides(first)[1], sides(second)[1]))
    if heights[1] > _HIGHER * heights[0]:
        return False
    return not (reaches_beyond([first], [second], _ENDS) or reaches_beyond([second], [first], _ENDS))
