"""Rows of text and their reading order, along the text's own direction.

The direction of a quad is from its corner 0 to its corner 1. Quads whose directions agree are one group: a print, or
several that are parallel. Each group is looked at along its own direction, so that a frame that is turned by any angle
gives the same rows in the same order. In a group, directions may differ by some degrees, as perspective makes them.
"""

from functools import lru_cache
from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

from ocr_app.core.types import Quad

SAME_ROW = 0.5  # two quads are in one row if their centres are this share of the lower height apart, or less
SAME_DIRECTION = 20.0  # degrees between two lines of one print; more for short ones, whose angle is known less well
_SHORT = 2.0  # a quad less elongated than this says nothing reliable about its direction
_TRUST = 3.0  # heights; a quad of this width is believed as much as its group
_REMEMBERED = 16  # sets of quads: those of one frame are asked about by whoever reads, decodes and judges them
_SHARED = 0.5  # two quads that share more of the smaller width than this are not side by side


class Layout(NamedTuple):
    """Quads as arrays: centres ``(N, 2)``, directions ``(N, 2)`` of length 1, widths ``(N,)`` and heights ``(N,)``.

    All are float64, in pixels. ``directions`` point along the text; a short quad has that of its group.
    """

    centres: np.ndarray
    directions: np.ndarray
    widths: np.ndarray
    heights: np.ndarray


def reading_order(quads: Sequence[Quad]) -> List[int]:
    """Indices in reading order: rows from the top, and within a row from the left, both as the text itself stands."""
    return [index for row in rows(quads) for index in row]


def rows(quads: Sequence[Quad]) -> List[List[int]]:
    """The rows in reading order, each with the indices of its quads in reading order.

    Two quads are in one row if they are side by side and either continues the other along their common direction.
    Groups of another direction follow by their place along the direction of the widest group.
    """
    return [list(row) for row in _rows(_as_bytes(quads))] if len(quads) else []


@lru_cache(maxsize=_REMEMBERED)
def _rows(quads: bytes) -> List[List[int]]:
    layout, groups = _layout_and_groups(quads)
    leading = _mean_direction(layout, groups[0])
    by_place = sorted(groups, key=lambda group: float(np.mean(layout.centres[group] @ _across(leading))))
    return [row for group in by_place for row in _rows_of_group(layout, group)]


def direction_groups(quads: Sequence[Quad]) -> List[List[int]]:
    """Indices of the quads of each common direction; the group with the greatest total width comes first."""
    return [list(group) for group in _layout_and_groups(_as_bytes(quads))[1]] if len(quads) else []


def layout_of(quads: Sequence[Quad]) -> Layout:
    """The places, directions and sizes of quads, in arrays that cannot be changed."""
    return _layout_and_groups(_as_bytes(quads))[0]


def pair_direction(layout: Layout, first: int, second: int) -> np.ndarray:
    """The common direction of two quads: that of the wider one counts more, as its angle is known better."""
    return _unit(sum((layout.directions[k] * _belief(layout, k) for k in (first, second)), np.zeros(2)))


def _belief(layout: Layout, index: int) -> float:
    """How much the direction of a quad is worth: the variance of its angle falls with the square of its width."""
    return float(max(layout.widths[index], layout.heights[index]) ** 2) + 1e-9


def _as_bytes(quads: Sequence[Quad]) -> bytes:
    return np.asarray(quads, np.float64).tobytes()


@lru_cache(maxsize=_REMEMBERED)
def _layout_and_groups(quads: bytes) -> Tuple[Layout, List[List[int]]]:
    """The layout, which is not to be changed, and the groups as ``direction_groups`` gives them."""
    corners = np.frombuffer(quads, np.float64).reshape(-1, 4, 2)
    along = corners[:, 1] - corners[:, 0] + corners[:, 2] - corners[:, 3]
    down = corners[:, 3] - corners[:, 0] + corners[:, 2] - corners[:, 1]
    widths, heights = 0.5 * np.hypot(along[:, 0], along[:, 1]), 0.5 * np.hypot(down[:, 0], down[:, 1])
    own = along / np.maximum(2.0 * widths, 1e-9)[:, None]
    layout = Layout(corners.mean(axis=1), own, widths, heights)
    groups = _groups(layout)
    directions = own.copy()
    for group in groups:
        middle = _mean_direction(layout, group)
        prior = (_TRUST * layout.heights[group]) ** 2
        blend = own[group] * (widths[group] ** 2)[:, None] + middle * prior[:, None]
        agrees = (widths[group] > _SHORT * heights[group])[:, None] & (own[group] @ middle > 0)[:, None]
        directions[group] = np.where(agrees, _units(blend), middle)
    for array in (layout.centres, directions, widths, heights):
        array.flags.writeable = False
    return layout._replace(directions=directions), groups


def _groups(layout: Layout) -> List[List[int]]:
    """Quads by direction; short ones belong to the group of the long one that is nearest."""
    by_width = sorted(range(len(layout.widths)), key=lambda k: -layout.widths[k])
    long_ones = [k for k in by_width if layout.widths[k] > _SHORT * layout.heights[k]]
    if not long_ones:
        return [by_width]
    groups: List[List[int]] = []
    for index in long_ones:
        turns = [_turn(layout.directions[group[0]], layout.directions[index]) for group in groups]
        nearest = int(np.argmin(np.abs(turns))) if groups else -1
        flat = layout.heights[index] / layout.widths[index]
        if groups and abs(turns[nearest]) <= SAME_DIRECTION * (1.0 + flat):
            groups[nearest].append(index)
        else:
            groups.append([index])
    home = {index: number for number, group in enumerate(groups) for index in group}
    for index in set(by_width) - set(long_ones):
        distances = np.linalg.norm(layout.centres[long_ones] - layout.centres[index], axis=1)
        groups[home[long_ones[int(np.argmin(distances))]]].append(index)
    return sorted(groups, key=lambda group: -float(layout.widths[group].sum()))


def _mean_direction(layout: Layout, group: Sequence[int]) -> np.ndarray:
    """The median direction of a group by width: no single quad can pull it far away."""
    seed = layout.directions[max(group, key=lambda k: layout.widths[k])]
    long_ones = [k for k in group if layout.widths[k] > _SHORT * layout.heights[k]] or list(group)
    turns = np.array([_turn(seed, layout.directions[k]) for k in long_ones])
    order = np.argsort(turns, kind="stable")
    share = np.cumsum(layout.widths[long_ones][order])
    median = turns[order[int(np.searchsorted(share, 0.5 * share[-1]))]] if share[-1] > 0 else 0.0
    cosine, sine = np.cos(np.radians(median)), np.sin(np.radians(median))
    return np.array([cosine * seed[0] - sine * seed[1], sine * seed[0] + cosine * seed[1]])


def _rows_of_group(layout: Layout, group: List[int]) -> List[List[int]]:
    """The rows of one group from top to bottom."""
    direction = _mean_direction(layout, group)
    found = _joined_rows(layout, group)
    found = [sorted(row, key=lambda k: float(layout.centres[k] @ direction)) for row in found]
    return [found[i] for i in _order_of_rows(layout, found, direction)]


def _joined_rows(layout: Layout, group: List[int]) -> List[List[int]]:
    """Neighbours first: two rows become one where a quad of one continues a quad of the other, and none overlap."""
    row_of = {index: [index] for index in group}
    for first, second in _continuing_pairs(layout, group):
        left, right = row_of[first], row_of[second]
        if left is right or not all(_are_side_by_side(layout, a, b) for a in left for b in right):
            continue
        left.extend(right)
        for index in right:
            row_of[index] = left
    return [row for index, row in row_of.items() if row[0] == index]


def _continuing_pairs(layout: Layout, group: List[int]) -> List[Tuple[int, int]]:
    """Pairs of which one continues the other, the nearest first."""
    if len(group) < 2:
        return []
    index = np.array(group)
    centres, heights = layout.centres[index], layout.heights[index]
    weights = np.maximum(layout.widths[index], heights) ** 2 + 1e-9
    weighted = layout.directions[index] * weights[:, None]
    common = _units(weighted[:, None] + weighted[None, :])
    apart = centres[None, :] - centres[:, None]
    across = np.abs(common[..., 0] * apart[..., 1] - common[..., 1] * apart[..., 0])
    near = across <= SAME_ROW * np.minimum(heights[:, None], heights[None, :])
    firsts, seconds = np.nonzero(np.triu(near, 1))
    distances = np.hypot(apart[firsts, seconds, 0], apart[firsts, seconds, 1])
    order = np.argsort(distances, kind="stable")
    return [(group[firsts[k]], group[seconds[k]]) for k in order]


def _are_side_by_side(layout: Layout, first: int, second: int) -> bool:
    """Whether two quads share little of their extent along the text."""
    along = abs(float((layout.centres[second] - layout.centres[first]) @ pair_direction(layout, first, second)))
    shared = 0.5 * (layout.widths[first] + layout.widths[second]) - along
    return bool(shared <= _SHARED * min(layout.widths[first], layout.widths[second]))


def _order_of_rows(layout: Layout, found: Sequence[Sequence[int]], direction: np.ndarray) -> List[int]:
    """The order from top to bottom.

    Of two rows that one is above whose line is above the other's, half way between their centres. Lines fan out in
    perspective, so places across a common direction would not do.
    """
    centres = np.array([np.average(layout.centres[row], axis=0, weights=_weights(layout, row)) for row in found])
    slopes = np.array([_slope(layout, row, direction) for row in found])
    along, across = centres @ direction, centres @ _across(direction)
    middle = 0.5 * (along[:, None] + along[None, :])
    height = across[:, None] + slopes[:, None] * (middle - along[:, None])
    above = (height < height.T).sum(axis=1)
    return [int(i) for i in np.lexsort((along, across, -above))]


def _weights(layout: Layout, row: Sequence[int]) -> np.ndarray:
    return np.asarray(np.maximum(layout.widths[list(row)], 1e-9))


def _slope(layout: Layout, row: Sequence[int], direction: np.ndarray) -> float:
    """How much a row falls along the direction of its group: as its quads lie, and by its ends where they are far."""
    own = np.sum([layout.directions[k] * _belief(layout, k) for k in row], axis=0)
    apart = layout.centres[row[-1]] - layout.centres[row[0]]
    along = _unit(own) * (_TRUST * float(layout.heights[list(row)].mean())) ** 2 + apart * float(np.hypot(*apart))
    forward = float(along @ direction)
    return float(along @ _across(direction)) / forward if forward > 1e-9 else 0.0


def _turn(start: np.ndarray, end: np.ndarray) -> float:
    """The angle from one direction to the other in degrees, -180..180."""
    sine = start[0] * end[1] - start[1] * end[0]
    return float(np.degrees(np.arctan2(sine, float(start @ end))))


def _across(direction: np.ndarray) -> np.ndarray:
    """The direction down from a line with this direction."""
    return np.array([-direction[1], direction[0]])


def _unit(vector: np.ndarray) -> np.ndarray:
    return np.asarray(vector / max(float(np.hypot(vector[0], vector[1])), 1e-9))


def _units(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-9))
