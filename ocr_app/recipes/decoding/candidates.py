"""Candidates for the lines of a code: the lines of a frame, and segments of one row side by side."""

from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

from ocr_app.core.errors import UsageError
from ocr_app.core.types import LinePosterior
from ocr_app.recipes.decoding.evidence import (
    BestPath,
    Evidence,
    concatenate,
    find_best_path,
    prepare_evidence,
    with_lookalikes,
)

SAME_ROW = 0.5  # two segments share a row when their centres differ by less than this share of the lower height
MAX_SEGMENTS = 3  # segments that one printed line may have been cut into


class LineCandidate(NamedTuple):
    """A line of the frame, or segments of one row side by side. ``sources``: indices of its posteriors."""

    sources: Tuple[int, ...]
    evidence: Evidence
    best_path: BestPath


def find_candidates(posteriors: Sequence[LinePosterior], lookalikes: Sequence[str]) -> List[LineCandidate]:
    """Each line of the frame as a candidate. Raises UsageError when the posteriors differ in their characters."""
    lines = [with_lookalikes(prepare_evidence(posterior), lookalikes) for posterior in posteriors]
    if len({line.characters for line in lines}) > 1:
        raise UsageError("the lines of a frame have different characters", "posteriors of one recogniser")
    return [LineCandidate((index,), line, find_best_path(line)) for index, line in enumerate(lines)]


def join_segments(candidates: Sequence[LineCandidate]) -> List[LineCandidate]:
    """Candidates of two or three neighbouring segments of one row each; ``candidates`` are the lines of the frame."""
    joined = []
    for row in _rows([candidate.evidence for candidate in candidates]):
        for size in range(2, MAX_SEGMENTS + 1):
            for at in range(len(row) - size + 1):
                sources = tuple(row[at : at + size])
                line = concatenate([candidates[index].evidence for index in sources])
                joined.append(LineCandidate(sources, line, find_best_path(line)))
    return joined


def _rows(lines: List[Evidence]) -> List[List[int]]:
    """Runs of neighbours in reading order that are side by side on one row."""
    rows: List[List[int]] = []
    for index, line in enumerate(lines):
        if rows and _continues(lines[rows[-1][-1]].quad, line.quad):
            rows[-1].append(index)
        else:
            rows.append([index])
    return rows


def _continues(left: np.ndarray, right: np.ndarray) -> bool:
    """Whether ``right`` continues where ``left`` ends: on its axis, and after it."""
    along = left[1] - left[0] + left[2] - left[3]
    length = float(np.hypot(along[0], along[1]))
    if length <= 0:
        return False
    along = along / length
    between = right.mean(axis=0) - left.mean(axis=0)
    height = min(
        float(np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])) / 2 for quad in (left, right)
    )
    across = abs(float(between[0] * along[1] - between[1] * along[0]))
    return across < SAME_ROW * height and float(between @ along) > 0
