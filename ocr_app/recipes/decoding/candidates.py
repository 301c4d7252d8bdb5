"""Candidates for the lines of a code: the lines of a frame, and segments of one row side by side."""

from typing import List, NamedTuple, Sequence, Tuple

from ocr_app.core.errors import UsageError
from ocr_app.core.types import LinePosterior
from ocr_app.imaging.line_assembly import parts_of_lines
from ocr_app.recipes.decoding.evidence import (
    BestPath,
    Evidence,
    concatenate,
    find_best_path,
    prepare_evidence,
    with_lookalikes,
)

MAX_SEGMENTS = 6  # segments that one printed line may have been cut into
MAX_GAP = 6.0  # heights between two segments; the recipe decides whether they belong together


class LineCandidate(NamedTuple):
    """A line of the frame, or segments of one row side by side. ``sources``: indices of its posteriors."""

    sources: Tuple[int, ...]
    evidence: Evidence
    best_path: BestPath


def find_candidates(posteriors: Sequence[LinePosterior], lookalikes: Sequence[str]) -> List[LineCandidate]:
    """Each place of the frame as a candidate. Raises UsageError when the posteriors differ in their characters."""
    lines = [with_lookalikes(prepare_evidence(posterior), lookalikes) for posterior in posteriors]
    if len({line.characters for line in lines}) > 1:
        raise UsageError("the lines of a frame have different characters", "posteriors of one recogniser")
    return [LineCandidate((index,), line, find_best_path(line)) for index, line in enumerate(lines)]


def find_segments(candidates: Sequence[LineCandidate]) -> List[List[int]]:
    """The rows of two segments and more, as rising indices of ``candidates``, whatever the direction of the text."""
    read = [index for index, candidate in enumerate(candidates) if len(candidate.evidence.scores)]
    parts = parts_of_lines([candidates[index].evidence.quad for index in read], MAX_GAP)
    return [[read[k] for k in part] for part in parts if len(part) > 1 and part == sorted(part)]


def join_segments(candidates: Sequence[LineCandidate], segments: Sequence[Sequence[int]]) -> List[LineCandidate]:
    """Candidates of neighbouring segments of one row each; ``candidates`` are the places of the frame."""
    joined = []
    for row in segments:
        for size in range(2, min(MAX_SEGMENTS, len(row)) + 1):
            for at in range(len(row) - size + 1):
                sources = tuple(row[at : at + size])
                line = concatenate([candidates[index].evidence for index in sources])
                joined.append(LineCandidate(sources, line, find_best_path(line)))
    return joined
