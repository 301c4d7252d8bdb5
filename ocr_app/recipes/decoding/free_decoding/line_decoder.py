"""Decodes a line without a recipe: the likeliest text when the likelihood is weighed against what codes look like.

Likelihoods are those of the image alone. Decoding under a recipe, and the verdict, compare with the unconstrained best
path, which knows nothing of this prior, so that no clearly printed wrong character is explained away.
"""

from functools import partial
from typing import List, NamedTuple, Sequence, Tuple

import numpy as np

from ocr_app.core.types import LinePosterior
from ocr_app.recipes.decoding.evidence import BestPath, Evidence, find_best_path, fold_charset, prepare_evidence
from ocr_app.recipes.decoding.free_decoding.generic_grammar import grammar_for
from ocr_app.recipes.decoding.free_decoding.piece_search import PieceReading, find_pieces
from ocr_app.recipes.decoding.free_decoding.printed_case import as_printed
from ocr_app.recipes.decoding.free_decoding.prior import PRIOR_WEIGHT, apply_prior
from ocr_app.recipes.decoding.result import CONFUSED, READ, DecodedChar, DecodedLine, Ranked
from ocr_app.recipes.decoding.scoring import forward_score, rank_rivals, score_substitutions
from ocr_app.recipes.decoding.search import CharacterRun

MIN_LEAD = 2.0  # nats: a character that leads by less is "confused"
_RIVALS = 3  # rivals of each character that the prior may choose from, and that are reported


class _Reading(NamedTuple):
    """A reading of the line. ``in_piece``: for each run whether it belongs to a piece of the generic grammar.

    ``changed``: whether the generic grammar changed the best path.
    """

    runs: Sequence[CharacterRun]
    in_piece: Sequence[bool]
    substitutions: np.ndarray
    changed: bool


def prepare_free_decoding(characters: Tuple[str, ...]) -> None:
    """Compiles what ``decode_free`` needs for a recogniser's characters, so that the first line does not wait."""
    grammar_for(fold_charset(characters).characters)


def decode_free(posterior: LinePosterior) -> DecodedLine:
    """Reads a line without a recipe.

    Dates, times and keywords that the best path misses by little are read as such; the rest follows the best path. A
    character that leads by ``lattice.CERTAIN_LEAD`` nats or more is never changed. All of this is blind to case; the
    text comes back in the case that was printed, where the recogniser tells. In the result, ``best_path`` is the
    unconstrained text in upper case, ``contradiction`` its lead, ``extra`` what it has in between. A line that the
    grammar changed is "confused". Raises UsageError for arrays that are not a posterior.
    """
    evidence = prepare_evidence(posterior)
    best_path = find_best_path(evidence)
    reading = _read_pieces(evidence, best_path)
    before = [run.label for run in reading.runs]
    rivals = rank_rivals(reading.substitutions, before, _RIVALS)
    labels = apply_prior(evidence.characters, before, rivals, reading.in_piece)
    if labels != before and not _is_affordable(evidence, before, labels):
        labels = before
    if labels != before:
        rivals = rank_rivals(reading.substitutions, labels, _RIVALS)
    chars = tuple(_describe_char(evidence, *each) for each in zip(labels, rivals, reading.runs))
    extra = _extra_characters(evidence, best_path, reading.runs) if reading.changed else ()
    return as_printed(posterior, _describe_line(evidence, best_path, chars, labels, extra, reading.changed))


def _read_pieces(evidence: Evidence, best_path: BestPath) -> _Reading:
    """The best path, or the line with pieces of the grammar where they are worth more than they cost."""
    runs = [CharacterRun(*run) for run in zip(best_path.labels, best_path.first, best_path.last)]
    substitutions = score_substitutions(evidence.scores, runs, 0, len(evidence.scores))
    found = find_pieces(evidence, best_path, substitutions)
    if found is None:
        return _Reading(runs, [False] * len(runs), substitutions, False)
    if found.worth <= 0:
        return _Reading(runs, found.in_piece, substitutions, False)
    if not _is_worth_its_cost(evidence, best_path, found):
        return _Reading(runs, [False] * len(runs), substitutions, False)
    substitutions = score_substitutions(evidence.scores, found.runs, 0, len(evidence.scores))
    return _Reading(found.runs, found.in_piece, substitutions, True)


def _is_worth_its_cost(evidence: Evidence, best_path: BestPath, found: PieceReading) -> bool:
    return _cost(evidence, best_path.labels, [run.label for run in found.runs]) < found.worth


def _is_affordable(evidence: Evidence, before: Sequence[int], labels: Sequence[int]) -> bool:
    """Whether the prior's changes cost as little as they seemed to.

    Equal neighbours need a blank between them, which may cost more.
    """
    changed = sum(own != other for own, other in zip(before, labels))
    return _cost(evidence, before, labels) < PRIOR_WEIGHT * changed


def _cost(evidence: Evidence, before: Sequence[int], labels: Sequence[int]) -> float:
    """What a text loses in log likelihood against another one, both summed over all alignments."""
    return forward_score(evidence.scores, before) - forward_score(evidence.scores, labels)


def _describe_line(
    evidence: Evidence,
    best_path: BestPath,
    chars: Tuple[DecodedChar, ...],
    labels: Sequence[int],
    extra: Ranked,
    changed: bool,
) -> DecodedLine:
    gaps = [char.gap for char in chars if char.character != " "]
    doubtful = changed or any(char.status == CONFUSED for char in chars)
    return DecodedLine(
        name="",
        text="".join(char.character for char in chars),
        status=CONFUSED if doubtful else READ,
        chars=chars,
        fields=(),
        score=partial(_line_score, evidence, labels),
        margin=min(gaps + [float("inf")]),
        contradiction=sum(max(0.0, -char.free_gap) for char in chars) + sum(score for _, score in extra),
        sources=(),
        quad=evidence.quad,
        junk=("", ""),
        best_path=best_path.text,
        extra=extra,
    )


def _line_score(evidence: Evidence, labels: Sequence[int]) -> float:
    return forward_score(evidence.scores, labels) + float(evidence.blank.sum())


def _extra_characters(evidence: Evidence, best_path: BestPath, runs: Sequence[CharacterRun]) -> Ranked:
    """Characters of the best path in whose frames the text has none, with their lead over no character."""
    found = []
    for label, first, last in zip(best_path.labels, best_path.first, best_path.last):
        character = evidence.characters[label]
        if character != " " and not any(run.first <= last and first <= run.last for run in runs):
            found.append((character, float(evidence.scores[first : last + 1, label].sum())))
    return tuple(found)


def _describe_char(evidence: Evidence, label: int, rivals: List[Tuple[int, float]], run: CharacterRun) -> DecodedChar:
    names = evidence.characters
    gap = min([trail for rival, trail in rivals if names[rival] != " "] + [float("inf")])
    alternatives = tuple((names[rival], round(trail, 3)) for rival, trail in rivals)
    status = CONFUSED if gap < MIN_LEAD and names[label] != " " else READ
    return DecodedChar(names[label], status, gap, gap, alternatives, alternatives, (run.first, run.last))
