"""Posteriors prepared for decoding: in upper case, relative to the blank, with their unconstrained best path.

"Label" means the index of a class of the recogniser, as in the literature on CTC; label 0 is the blank.
"""

from functools import lru_cache
from typing import Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from ocr_app.core.errors import UsageError
from ocr_app.core.types import LinePosterior, Quad

BLANK = 0
SCORE_FLOOR = 25.0  # nats: no class counts as less likely than exp(-25) times the best one of its frame
WIDE_GAP = 0.3  # heights between two segments from which there is a space between them
WIDE_GAP_COST = 6.0  # nats that reading a wide gap as no space costs
LOOKALIKE_COST = 3.0  # nats that reading a character as its lookalike costs


class Evidence(NamedTuple):
    """One line's posterior, prepared.

    ``scores``: float64 ``(T, C)``, log P(class) - log P(blank) in each frame, so that blanks cost nothing and the score
    of a path is a sum over its characters alone; ``blank``: ``(T,)``, the log P(blank) that was subtracted.
    ``characters``: of each label, in upper case, each once, [0] the blank. ``best``: ``(T,)``, the best label of each
    frame.
    """

    scores: np.ndarray
    blank: np.ndarray
    characters: Tuple[str, ...]
    best: np.ndarray
    quad: Quad


class BestPath(NamedTuple):
    """The unconstrained best path: its text and, for each character, its label and first and last frame (inclusive)."""

    text: str
    labels: Tuple[int, ...]
    first: Tuple[int, ...]
    last: Tuple[int, ...]
    score: float


class CharsetFolding(NamedTuple):
    """How a charset becomes upper case.

    ``characters``: the upper-case charset; ``kept``: the labels it keeps; ``merged``: (label, index in ``kept``) pairs
    of the labels whose probability is added to a kept one.
    """

    characters: Tuple[str, ...]
    kept: Tuple[int, ...]
    merged: Tuple[Tuple[int, int], ...]


@lru_cache(maxsize=32)
def fold_charset(characters: Tuple[str, ...]) -> CharsetFolding:
    """The folding of a charset. Raises UsageError when class 0 is not the blank."""
    if not characters or characters[0] != "":
        raise UsageError("characters[0] is {!r}".format(characters[:1]), "the CTC blank as the empty string")
    kept: List[int] = []
    positions: Dict[str, int] = {}
    merged: List[Tuple[int, int]] = []
    for label, character in enumerate(characters):
        upper = character.upper() if len(character.upper()) == 1 else character
        if upper in positions:
            merged.append((label, positions[upper]))
        elif upper == character or upper not in characters:
            positions[upper] = len(kept)
            kept.append(label)
    for label, character in enumerate(characters):
        if label not in kept and (label, positions.get(character.upper(), -1)) not in merged:
            merged.append((label, positions[character.upper()]))
    names = tuple((characters[label].upper() if label else "") for label in kept)
    return CharsetFolding(names, tuple(kept), tuple(merged))


def fold_case(posterior: LinePosterior) -> LinePosterior:
    """The posterior over upper-case characters alone: both cases of a letter count as one. Raises UsageError."""
    folding = fold_charset(tuple(posterior.characters))
    return posterior._replace(log_probs=_fold(posterior.log_probs, folding), characters=folding.characters)


def prepare_evidence(posterior: LinePosterior) -> Evidence:
    """Folds, bounds and normalises a posterior. Raises UsageError for arrays that are not a posterior."""
    log_probs = np.asarray(posterior.log_probs, np.float64)
    folding = fold_charset(tuple(posterior.characters))
    if log_probs.ndim != 2 or log_probs.shape[1] != len(posterior.characters) or np.isnan(log_probs).any():
        found = "log_probs of shape {} for {} characters".format(log_probs.shape, len(posterior.characters))
        raise UsageError(found, "(T, C) natural logarithms without NaN")
    table = _fold(log_probs, folding)
    if not len(table):
        no_scores = np.zeros((0, len(folding.characters)))
        return Evidence(no_scores, np.zeros(0), folding.characters, np.zeros(0, np.intp), posterior.quad)
    best = table.argmax(axis=1)
    top = table[np.arange(len(table)), best]
    bounded = np.maximum(table, (top - SCORE_FLOOR)[:, None])
    blank = bounded[:, BLANK]
    return Evidence(bounded - blank[:, None], blank, folding.characters, best, posterior.quad)


def _fold(log_probs: np.ndarray, folding: CharsetFolding) -> np.ndarray:
    if not folding.merged:
        return log_probs
    table = log_probs[:, list(folding.kept)]
    sources, targets = (list(labels) for labels in zip(*folding.merged))
    if len(set(targets)) == len(targets):
        table[:, targets] = np.logaddexp(table[:, targets], log_probs[:, sources])
        return table
    for source, target in folding.merged:  # two lower-case signs of one upper-case one, as in Greek
        table[:, target] = np.logaddexp(table[:, target], log_probs[:, source])
    return table


def with_lookalikes(evidence: Evidence, groups: Sequence[str], price: float = LOOKALIKE_COST) -> Evidence:
    """The evidence where the characters of a group can be read as each other, at ``price`` nats.

    The printer draws them alike, so the image cannot tell them apart.
    """
    labels_of = {character: label for label, character in enumerate(evidence.characters)}
    scores = evidence.scores
    for group in groups:
        labels = [labels_of[character] for character in group if character in labels_of]
        if len(labels) > 1:
            scores = scores.copy() if scores is evidence.scores else scores
            best = scores[:, labels].max(axis=1) - price
            scores[:, labels] = np.maximum(scores[:, labels], best[:, None])
    return evidence._replace(scores=scores)


def find_best_path(evidence: Evidence) -> BestPath:
    """Best path decoding (greedy, unconstrained)."""
    best, count = evidence.best, len(evidence.best)
    if not count:
        return BestPath("", (), (), (), 0.0)
    bounds = [0] + (np.flatnonzero(best[1:] != best[:-1]) + 1).tolist() + [count]
    labels = best[bounds[:-1]].tolist()
    runs = [(label, bounds[k], bounds[k + 1] - 1) for k, label in enumerate(labels) if label != BLANK]
    if not runs:
        return BestPath("", (), (), (), 0.0)
    own, first, last = zip(*runs)
    score = float(evidence.scores[np.arange(count), best].sum())
    return BestPath("".join([evidence.characters[label] for label in own]), own, first, last, score)


def concatenate(lines: Sequence[Evidence]) -> Evidence:
    """Segments of one row side by side as one line, with one frame between them.

    In that frame a blank and a space cost nothing. Across a wide gap the blank costs ``WIDE_GAP_COST``, so that a text
    without the space is no rival to one with it.
    """
    characters = lines[0].characters
    space = characters.index(" ") if " " in characters else BLANK
    scores, best, blank = [lines[0].scores], [lines[0].best], [lines[0].blank]
    for left, right in zip(lines, lines[1:]):
        lead = WIDE_GAP_COST if space != BLANK and _gap(left.quad, right.quad) > WIDE_GAP else 0.0
        gap = np.full((1, len(characters)), -SCORE_FLOOR)
        gap[0, BLANK], gap[0, space] = 0.0, lead
        scores += [gap, right.scores]
        best += [np.array([space]), right.best]
        blank += [np.array([-lead]), right.blank]
    quad = np.array([lines[0].quad[0], lines[-1].quad[1], lines[-1].quad[2], lines[0].quad[3]], np.float32)
    return Evidence(np.concatenate(scores), np.concatenate(blank), characters, np.concatenate(best), quad)


def _gap(left: Quad, right: Quad) -> float:
    """The distance from the end of one quad to the start of the next, in heights."""
    height = float(np.linalg.norm(left[2] - left[1]))
    return float(np.linalg.norm(right[[0, 3]].mean(axis=0) - left[[1, 2]].mean(axis=0))) / max(height, 1e-9)
