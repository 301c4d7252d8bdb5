"""How sure a decoded text is: its probability over all alignments, and what else each character could have been."""

from typing import List, Sequence, Tuple

import numpy as np

from ocr_app.recipes.decoding.ctc_search import NEVER, CharacterRun
from ocr_app.recipes.decoding.evidence import BLANK

AROUND = 8  # frames (32 px of a line 32 px high): farther off stands another character
_NEVER = 1e-6  # probability ratio


def log_probability(scores: np.ndarray, classes: Sequence[int]) -> float:
    """Logarithm of the sum over all alignments of a text, relative to all-blank (the CTC forward algorithm).

    ``scores``: ``(T, C)`` relative to the blank. Returns -inf when the text does not fit into T frames. Frames are
    scaled by their best class, so that double precision holds 700 nats below the best path. In a run of frames where
    every character is less than a millionth as likely as the blank only the first one is gone through: it has changed
    all that the others could.
    """
    signs = np.asarray(classes, np.intp)
    if not len(signs) or not len(scores):
        return -np.inf if len(signs) else 0.0
    top = scores.max(axis=1)
    states = np.zeros(2 * len(signs) + 1, np.intp)
    states[1::2] = signs
    likely = np.exp(scores[:, states] - top[:, None])
    skips = np.zeros(len(states))
    skips[3::2] = signs[1:] != signs[:-1]
    padded = np.zeros(len(states) + 2)
    now, one_back, two_back = padded[2:], padded[1:-1], padded[:-2]
    now[0] = 1.0
    moved, jumped = np.empty(len(states)), np.empty(len(states))
    idle = likely[:, 1::2].max(axis=1) < _NEVER
    needed = np.flatnonzero(~(idle[1:] & idle[:-1])) + 1
    now[1:2] = 1.0
    now *= likely[0]
    for row in likely[needed]:
        np.multiply(two_back, skips, out=jumped)
        np.add(now, one_back, out=moved)
        np.add(moved, jumped, out=now)
        now *= row
    total = float(now[-2:].sum())
    return float(np.log(total) + top.sum()) if total > 0 else -np.inf


def best_runs(scores: np.ndarray, runs: Sequence[CharacterRun], start: int, stop: int) -> np.ndarray:
    """For each character of a path the best run of every class in its place: ``(L, C)``.

    A character's place reaches from behind the character before it to the one after it, at most ``AROUND`` frames
    beside its own, within frames ``start..stop``. The blank's column is 0: nothing there.
    """
    classes = scores.shape[1]
    if not runs:
        return np.zeros((0, classes))
    sums = np.zeros((len(scores) + 1, classes))
    np.cumsum(scores, axis=0, out=sums[1:])
    lows = np.array([start] + [run.last + 1 for run in runs[:-1]])
    highs = np.array([run.first for run in runs[1:]] + [stop])
    lows = np.maximum(lows, np.array([run.first for run in runs]) - AROUND)
    highs = np.minimum(highs, np.array([run.last for run in runs]) + 1 + AROUND)
    width = int((highs - lows).max())
    places = lows[:, None] + np.arange(width + 1)[None, :]
    outside = places[:, 1:] > highs[:, None]
    table = sums[np.minimum(places, highs[:, None])]
    rises = table[:, 1:] - np.minimum.accumulate(table, axis=1)[:, :-1]
    rises[outside] = NEVER
    best = rises.max(axis=1)
    best[:, BLANK] = 0.0
    return np.asarray(best)


def nearest(values: np.ndarray, own: Sequence[int], count: int) -> List[List[Tuple[int, float]]]:
    """For each row of ``values`` ``(L, C)`` the ``count`` best classes but ``own``: (class, how far it trails)."""
    if not len(own):
        return []
    rows = np.arange(len(own))
    trail = values[rows, list(own)][:, None] - values
    trail[rows, list(own)] = np.inf
    count = min(count, trail.shape[1] - 1)
    order = np.argpartition(trail, count - 1, axis=1)[:, :count]
    gaps = np.take_along_axis(trail, order, axis=1)
    within = np.argsort(gaps, axis=1, kind="stable")
    order, gaps = np.take_along_axis(order, within, axis=1), np.take_along_axis(gaps, within, axis=1)
    return [list(zip(classes, trails)) for classes, trails in zip(order.tolist(), gaps.tolist())]
