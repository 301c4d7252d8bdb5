"""Parts of one printed line: quads side by side, and their texts as one line."""

from typing import List, Sequence

import numpy as np

from ocr_app.core.types import Quad, TextLine
from ocr_app.imaging.reading_order import Layout, layout_of, pair_direction, rows

MAX_GAP = 1.5  # heights between two parts of one line, if nothing else tells that they belong together
ALIKE = 1.5  # two parts differ in height by this factor at most
_PARALLEL = 8.0  # degrees between the directions of two parts, as far as they are known


def parts_of_lines(quads: Sequence[Quad], max_gap: float = MAX_GAP) -> List[List[int]]:
    """The rows, cut where a gap is wider than ``max_gap`` heights or where height or direction change.

    Lines are in reading order, and so are the indices in each.
    """
    layout = layout_of(quads) if len(quads) else None
    lines: List[List[int]] = []
    for row in rows(quads):
        lines.append([row[0]])
        for left, right in zip(row, row[1:]):
            if layout is not None and _continues(layout, left, right, max_gap):
                lines[-1].append(right)
            else:
                lines.append([right])
    return lines


def gap_between(layout: Layout, left: int, right: int) -> float:
    """The gap between two quads of one row, in their mean height; negative where they overlap."""
    along = float((layout.centres[right] - layout.centres[left]) @ pair_direction(layout, left, right))
    gap = along - 0.5 * (layout.widths[left] + layout.widths[right])
    return float(gap / max(0.5 * (layout.heights[left] + layout.heights[right]), 1e-9))


def _continues(layout: Layout, left: int, right: int, max_gap: float) -> bool:
    """Whether ``right`` is the next part of the line of ``left``; both are in one row."""
    low, high = sorted((layout.heights[left], layout.heights[right]))
    parallel = float(layout.directions[left] @ layout.directions[right]) >= np.cos(np.radians(_PARALLEL))
    return bool(high <= ALIKE * low and parallel and gap_between(layout, left, right) <= max_gap)


def joined_quad(quads: Sequence[Quad]) -> Quad:
    """The quad from the start of the first part to the end of the last one."""
    first, last = quads[0], quads[-1]
    return np.array([first[0], last[1], last[2], first[3]], np.float32)


def assemble(lines: Sequence[TextLine], max_gap: float = MAX_GAP) -> List[TextLine]:
    """Lines in reading order, where parts of one line are one line whose texts are joined by a space.

    Its confidence is the mean of that of its parts, each weighted by its number of characters. What was read standing
    on its head continues no line that was read upright.
    """
    quads = [line.quad for line in lines]
    return [
        _as_one([lines[k] for k in part])
        for found in parts_of_lines(quads, max_gap)
        for part in _read_one_way(quads, found)
    ]


def _read_one_way(quads: Sequence[Quad], part: Sequence[int]) -> List[List[int]]:
    """The parts of a line, cut where the reading direction turns round."""
    runs = [[part[0]]]
    for left, right in zip(part, part[1:]):
        if float((quads[left][1] - quads[left][0]) @ (quads[right][1] - quads[right][0])) < 0:
            runs.append([right])
        else:
            runs[-1].append(right)
    return runs


def _as_one(parts: Sequence[TextLine]) -> TextLine:
    if len(parts) == 1:
        return parts[0]
    weights = [max(1, len(part.text)) for part in parts]
    confidence = float(np.average([part.confidence for part in parts], weights=weights))
    text = " ".join(part.text for part in parts if part.text)
    members = "+".join(dict.fromkeys(part.member for part in parts if part.member))
    agreed = tuple(name for name in parts[0].agreed if all(name in part.agreed for part in parts))
    others = tuple(opinion for part in parts for opinion in part.others)
    return TextLine(text, joined_quad([part.quad for part in parts]), confidence, members, agreed, others)
