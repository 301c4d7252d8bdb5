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
    if not runs:
        return np.zeros((0, scores.shape[1]))
    firsts, lasts = [run.first for run in runs], [run.last for run in runs]
    lows = np.maximum([start] + [last + 1 for last in lasts[:-1]], np.subtract(firsts, NEIGHBOURHOOD))
    highs = np.minimum(firsts[1:] + [stop], np.add(lasts, 1 + NEIGHBOURHOOD))
    best = _best_frames(scores, lows, highs)
    places, labels = np.nonzero(best > 0.0)
    best[places, labels] = _best_runs(scores, lows[places], highs[places], labels)
    best[:, BLANK] = 0.0
    return best


def _best_frames(scores: np.ndarray, lows: np.ndarray, highs: np.ndarray) -> np.ndarray:
    """The best frame of every label within frames ``lows..highs`` (exclusive): ``(L, C)``.

    That is the best run of a label that no frame prefers to the blank: longer runs only lose.
    """
    bounds = np.stack([lows, highs], axis=1).ravel()
    if bounds[-1] == len(scores):
        bounds = bounds[:-1]
    return np.asarray(np.maximum.reduceat(scores, bounds, axis=0)[::2])


def _best_runs(scores: np.ndarray, lows: np.ndarray, highs: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """The scores ``(N,)`` of the best runs of labels within frames ``lows..highs`` (exclusive)."""
    width = int((highs - lows).max()) if len(lows) else 0
    frames = lows[:, None] + np.arange(width)
    own = scores[np.minimum(frames, len(scores) - 1), labels[:, None]]
    own[frames >= highs[:, None]] = NEVER
    sums = np.zeros((len(own), width + 1))
    np.cumsum(own, axis=1, out=sums[:, 1:])
    rises = sums[:, 1:] - np.minimum.accumulate(sums, axis=1)[:, :-1]
    return np.asarray(rises.max(axis=1)) if width else np.zeros(0)


def rank_rivals(substitutions: np.ndarray, labels: Sequence[int], count: int) -> List[List[Tuple[int, float]]]:
    """For each row of ``substitutions`` ``(L, C)`` the ``count`` best labels other than its own.

    Returns (label, how far it trails) pairs, nearest first.
    """
    if not len(labels):
        return []
    rows, own = np.arange(len(labels)), np.array(labels)
    trails = substitutions[rows, own][:, None] - substitutions
    trails[rows, own] = np.inf
    count, rows = min(count, trails.shape[1] - 1), rows[:, None]
    nearest = np.argpartition(trails, count - 1, axis=1)[:, :count]
    nearest = nearest[rows, np.argsort(trails[rows, nearest], axis=1, kind="stable")]
    return [list(zip(*pair)) for pair in zip(nearest.tolist(), trails[rows, nearest].tolist())]
