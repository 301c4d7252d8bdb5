"""How sure a decoded text is: its probability over all alignments, and what else each character could have been."""

from typing import List, Sequence, Tuple

import numpy as np

from ocr_app.recipes.decoding.evidence import BLANK
from ocr_app.recipes.decoding.search.alignment import NEVER, CharacterRun

NEIGHBOURHOOD = 8  # frames (32 px of a line 32 px high); anything farther away is another character
_NEGLIGIBLE = 1e-6  # probability ratio


def forward_score(scores: np.ndarray, labels: Sequence[int]) -> float:
    """Logarithm of the sum over all alignments of a text, relative to all-blank (the CTC forward algorithm).

    ``scores``: ``(T, C)`` relative to the blank. Returns -inf when the text does not fit into T frames. Frames are
    scaled by their best class, so that double precision covers 700 nats below the best path. Of a run of frames where
    every character of the text is less than a millionth as likely as the best class, only the first one is computed:
    the others cannot change anything more.
    """
    text = np.asarray(labels, np.intp)
    if not len(text) or not len(scores):
        return -np.inf if len(text) else 0.0
    top = scores.max(axis=1)
    states, skips = _extended_states(text)
    likely = np.exp(scores[:, states] - top[:, None])
    padded = np.zeros(len(states) + 2)
    now, one_back, two_back = padded[2:], padded[1:-1], padded[:-2]
    now[0] = 1.0
    stepped, skipped = np.empty(len(states)), np.empty(len(states))
    idle = likely[:, 1::2].max(axis=1) < _NEGLIGIBLE
    needed = np.flatnonzero(~(idle[1:] & idle[:-1])) + 1
    now[1:2] = 1.0
    now *= likely[0]
    for row in likely[needed]:
        np.multiply(two_back, skips, out=skipped)
        np.add(now, one_back, out=stepped)
        np.add(stepped, skipped, out=now)
        now *= row
    total = float(now[-2:].sum())
    return float(np.log(total) + top.sum()) if total > 0 else -np.inf


def _extended_states(text: np.ndarray) -> Tuple[np.ndarray, np.ndarray]:
    """The labels with blanks around and between them, and for each 1 where the blank before it may be skipped."""
    states = np.zeros(2 * len(text) + 1, np.intp)
    states[1::2] = text
    skips = np.zeros(len(states))
    skips[3::2] = text[1:] != text[:-1]
    return states, skips


def score_substitutions(scores: np.ndarray, runs: Sequence[CharacterRun], start: int, stop: int) -> np.ndarray:
    """For each of L characters the score of the best run of every label in its place: ``(L, C)``.

    The place of a character extends from the end of the previous character to the start of the next one, at most
    ``NEIGHBOURHOOD`` frames beyond its own frames, and within frames ``start..stop``. The blank's column is 0: nothing
    is printed there.
    """
    classes = scores.shape[1]
    if not runs:
        return np.zeros((0, classes))
    sums = np.zeros((len(scores) + 1, classes))
    np.cumsum(scores, axis=0, out=sums[1:])
    lows = np.array([start] + [run.last + 1 for run in runs[:-1]])
    highs = np.array([run.first for run in runs[1:]] + [stop])
    lows = np.maximum(lows, np.array([run.first for run in runs]) - NEIGHBOURHOOD)
    highs = np.minimum(highs, np.array([run.last for run in runs]) + 1 + NEIGHBOURHOOD)
    width = int((highs - lows).max())
    frames = lows[:, None] + np.arange(width + 1)[None, :]
    outside = frames[:, 1:] > highs[:, None]
    table = sums[np.minimum(frames, highs[:, None])]
    rises = table[:, 1:] - np.minimum.accumulate(table, axis=1)[:, :-1]
    rises[outside] = NEVER
    best = rises.max(axis=1)
    best[:, BLANK] = 0.0
    return np.asarray(best)


def rank_rivals(substitutions: np.ndarray, labels: Sequence[int], count: int) -> List[List[Tuple[int, float]]]:
    """For each row of ``substitutions`` ``(L, C)`` the ``count`` best labels other than its own.

    Returns (label, how far it trails) pairs, nearest first.
    """
    if not len(labels):
        return []
    rows = np.arange(len(labels))
    trails = substitutions[rows, list(labels)][:, None] - substitutions
    trails[rows, list(labels)] = np.inf
    count = min(count, trails.shape[1] - 1)
    order = np.argpartition(trails, count - 1, axis=1)[:, :count]
    gaps = np.take_along_axis(trails, order, axis=1)
    within = np.argsort(gaps, axis=1, kind="stable")
    order, gaps = np.take_along_axis(order, within, axis=1), np.take_along_axis(gaps, within, axis=1)
    return [list(zip(rivals, distances)) for rivals, distances in zip(order.tolist(), gaps.tolist())]
