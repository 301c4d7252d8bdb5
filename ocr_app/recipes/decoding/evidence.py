"""Posteriors made ready for decoding: upper case, blank-normalised, and read greedily."""

from functools import lru_cache
from typing import Dict, List, NamedTuple, Sequence, Tuple

import numpy as np

from ocr_app.core.errors import UsageError
from ocr_app.core.types import LinePosterior, Quad

BLANK = 0
FLOOR = 25.0  # natural logarithm: no class is held for less likely than exp(-25) of the best one of its frame

LOOKALIKE = 3.0  # nats that reading a character as its lookalike costs


class Evidence(NamedTuple):
    """One line's posterior, ready.

    ``scores``: float64 ``(T, C)``, logarithm of P(class) / P(blank) in each frame, so that blanks cost nothing and a
    path's score is a sum over its characters alone; ``blank`` ``(T,)``: the logarithms that were taken out.
    ``characters``: upper case, each once, [0] the blank. ``best``: the best class of each frame.
    """

    scores: np.ndarray
    blank: np.ndarray
    characters: Tuple[str, ...]
    best: np.ndarray
    quad: Quad


class Greedy(NamedTuple):
    """Best path decoding: the text and, for each character, class and first and last frame (inclusive)."""

    text: str
    classes: Tuple[int, ...]
    first: Tuple[int, ...]
    last: Tuple[int, ...]
    score: float


@lru_cache(maxsize=32)
def folding(characters: Tuple[str, ...]) -> Tuple[Tuple[str, ...], Tuple[int, ...], Tuple[Tuple[int, int], ...]]:
    """How a charset becomes upper case: its characters, which classes stay, and which are added to which.

    Raises UsageError when class 0 is no blank.
    """
    if not characters or characters[0] != "":
        raise UsageError("characters[0] is {!r}".format(characters[:1]), "the CTC blank as the empty string")
    kept: List[int] = []
    place: Dict[str, int] = {}
    merged: List[Tuple[int, int]] = []
    for number, sign in enumerate(characters):
        upper = sign.upper() if len(sign.upper()) == 1 else sign
        if upper in place:
            merged.append((number, place[upper]))
        elif upper == sign or upper not in characters:
            place[upper] = len(kept)
            kept.append(number)
    for number, sign in enumerate(characters):
        if number not in kept and (number, place.get(sign.upper(), -1)) not in merged:
            merged.append((number, place[sign.upper()]))
    names = tuple((characters[number].upper() if number else "") for number in kept)
    return names, tuple(kept), tuple(merged)


def evidence(posterior: LinePosterior) -> Evidence:
    """Fold, bound and normalise a posterior. Raises UsageError for arrays that are no posterior."""
    log_probs = np.asarray(posterior.log_probs, np.float64)
    names, kept, merged = folding(tuple(posterior.characters))
    if log_probs.ndim != 2 or log_probs.shape[1] != len(posterior.characters) or np.isnan(log_probs).any():
        found = "log_probs of shape {} for {} characters".format(log_probs.shape, len(posterior.characters))
        raise UsageError(found, "(T, C) natural logarithms without NaN")
    table = log_probs
    if merged:
        table = log_probs[:, list(kept)]
        for source, target in merged:
            table[:, target] = np.logaddexp(table[:, target], log_probs[:, source])
    if not len(table):
        return Evidence(np.zeros((0, len(names))), np.zeros(0), names, np.zeros(0, np.intp), posterior.quad)
    best = table.argmax(axis=1)
    top = table[np.arange(len(table)), best]
    bounded = np.maximum(table, (top - FLOOR)[:, None])
    blank = bounded[:, BLANK]
    return Evidence(bounded - blank[:, None], blank, names, best, posterior.quad)


def with_lookalikes(line: Evidence, groups: Sequence[str]) -> Evidence:
    """Characters of one group are held for one another, at ``LOOKALIKE`` nats: the printer draws them alike."""
    numbers = {sign: number for number, sign in enumerate(line.characters)}
    scores = line.scores
    for group in groups:
        classes = [numbers[sign] for sign in group if sign in numbers]
        if len(classes) > 1:
            scores = scores.copy() if scores is line.scores else scores
            best = scores[:, classes].max(axis=1) - LOOKALIKE
            scores[:, classes] = np.maximum(scores[:, classes], best[:, None])
    return line._replace(scores=scores)


def greedy(line: Evidence) -> Greedy:
    """The text of the best path, unconstrained."""
    best = line.best
    before = np.concatenate(([BLANK], best[:-1]))
    changes = np.flatnonzero(best != before)
    starts = [int(t) for t in changes if best[t] != BLANK]
    if not starts:
        return Greedy("", (), (), (), 0.0)
    ends = np.concatenate((changes, [len(best)]))
    last = [int(ends[np.searchsorted(ends, t, side="right")]) - 1 for t in starts]
    classes = [int(best[t]) for t in starts]
    score = float(line.scores[np.arange(len(best)), best].sum())
    return Greedy("".join(line.characters[k] for k in classes), tuple(classes), tuple(starts), tuple(last), score)


def joined(lines: Sequence[Evidence]) -> Evidence:
    """Pieces of one row side by side as one line: between them a frame that is blank or space, either at no cost."""
    gap = np.full((1, lines[0].scores.shape[1]), -FLOOR)
    gap[0, BLANK] = 0.0
    if " " in lines[0].characters:
        gap[0, lines[0].characters.index(" ")] = 0.0
    pieces = [lines[0].scores]
    best = [lines[0].best]
    for line in lines[1:]:
        pieces += [gap, line.scores]
        best += [np.array([gap[0].argmax() if " " not in line.characters else line.characters.index(" ")]), line.best]
    quad = np.array([lines[0].quad[0], lines[-1].quad[1], lines[-1].quad[2], lines[0].quad[3]], np.float32)
    blanks = [lines[0].blank] + [part for line in lines[1:] for part in (np.zeros(1), line.blank)]
    return Evidence(np.concatenate(pieces), np.concatenate(blanks), lines[0].characters, np.concatenate(best), quad)
