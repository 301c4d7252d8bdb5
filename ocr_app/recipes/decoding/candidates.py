"""Candidates for the lines of a code: the lines of a frame, and segments of one row side by side."""

from functools import partial
from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app.core.errors import UsageError
from ocr_app.core.types import LinePosterior
from ocr_app.imaging.line_assembly import parts_of_lines
from ocr_app.recipes.decoding.cache import DecodingCache
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
    """A line of the frame, or segments of one row side by side. ``sources``: indices of its posteriors.

    ``places``: the numbers of the same posteriors in the cache, which stay when the frame is decoded again.
    """

    sources: Tuple[int, ...]
    evidence: Evidence
    best_path: BestPath
    places: Tuple[int, ...]

    def likely(self) -> List[float]:
        """The probability of each character on the best path but spaces, where it is highest."""
        evidence, path = self.evidence, self.best_path
        return [
            float(np.exp((evidence.scores[a : b + 1, label] + evidence.blank[a : b + 1]).max()))
            for a, b, label in zip(path.first, path.last, path.labels)
            if evidence.characters[label] != " "
        ]


def find_candidates(
    posteriors: Sequence[LinePosterior], lookalikes: Sequence[str], cache: Optional[DecodingCache] = None
) -> List[LineCandidate]:
    """Each place of the frame as a candidate. Raises UsageError when the posteriors differ in their characters."""
    cache = cache or DecodingCache()
    candidates = [
        cache.once("place", number, partial(_candidate, posterior, lookalikes, number))
        for posterior in posteriors
        for number in [cache.number_of(posterior)]
    ]
    if len({candidate.evidence.characters for candidate in candidates}) > 1:
        raise UsageError("the lines of a frame have different characters", "posteriors of one recogniser")
    return [candidate._replace(sources=(index,)) for index, candidate in enumerate(candidates)]


def _candidate(posterior: LinePosterior, lookalikes: Sequence[str], number: int) -> LineCandidate:
    line = with_lookalikes(prepare_evidence(posterior), lookalikes)
    return LineCandidate((), line, find_best_path(line), (number,))


def find_segments(candidates: Sequence[LineCandidate]) -> List[List[int]]:
    """The rows of two segments and more, as rising indices of ``candidates``, whatever the direction of the text."""
    read = [index for index, candidate in enumerate(candidates) if len(candidate.evidence.scores)]
    parts = parts_of_lines([candidates[index].evidence.quad for index in read], MAX_GAP)
    return [[read[k] for k in part] for part in parts if len(part) > 1 and part == sorted(part)]


def join_segments(
    candidates: Sequence[LineCandidate], segments: Sequence[Sequence[int]], cache: Optional[DecodingCache] = None
) -> List[LineCandidate]:
    """Candidates of neighbouring segments of one row each; ``candidates`` are the places of the frame."""
    cache = cache or DecodingCache()
    joined = []
    for row in segments:
        for size in range(2, min(MAX_SEGMENTS, len(row)) + 1):
            for at in range(len(row) - size + 1):
                parts = [candidates[index] for index in row[at : at + size]]
                places = tuple(number for part in parts for number in part.places)
                line = cache.once("row", places, partial(_joined, parts, places))
                joined.append(line._replace(sources=tuple(row[at : at + size])))
    return joined


def _joined(parts: Sequence[LineCandidate], places: Tuple[int, ...]) -> LineCandidate:
    line = concatenate([part.evidence for part in parts])
    return LineCandidate((), line, find_best_path(line), places)
