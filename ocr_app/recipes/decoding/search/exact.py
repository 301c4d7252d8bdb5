"""The best path of CTC posteriors under an automaton, exactly: one backward pass over all frames at once.

The run of a label over frames ``a..b`` scores ``S[b] - S[a]`` with ``S`` the running sum of its scores, so the best run
from every frame is a running maximum. No loop over frames is needed, only one over the batches of states (as many as
the longest text has characters). Frames are counted from the end: index r means "r frames remain".
"""

from typing import List, NamedTuple, Optional

import numpy as np

from ocr_app.recipes.automata.state_layout import DEAD_ROW, StateBatch, StateLayout
from ocr_app.recipes.decoding.evidence import Evidence
from ocr_app.recipes.decoding.search.alignment import NEVER, Alignment, CharacterRun
from ocr_app.recipes.decoding.search.junk import JunkCosts, outside_scores


class BackwardPass(NamedTuple):
    """What the backward pass over one line leaves for tracing.

    ``sums``: ``(C, T+1)``, running sums of the scores; ``table``: ``(rows, T+1)``, scores of the futures of all states;
    ``arcs``: for each batch ``(size, width, T+1)``, scores of its arcs; ``before`` and ``behind``: ``(T+1,)``, scores
    of the frames before and after the code when r frames remain.
    """

    layout: StateLayout
    sums: np.ndarray
    table: np.ndarray
    arcs: List[np.ndarray]
    before: np.ndarray
    behind: np.ndarray


class TableRow(NamedTuple):
    """What a row of the table stands for: a state of a batch, possibly without one of its arcs (-1: with all)."""

    batch_number: int
    number: int
    barred: int


class _Step(NamedTuple):
    """One character of the best path: from r = ``first`` to r = ``behind`` frames remaining, then on from ``row``."""

    label: int
    first: int
    behind: int
    row: int


def run_backward(evidence: Evidence, layout: StateLayout, junk: Optional[JunkCosts]) -> BackwardPass:
    """Scores the futures of all states. ``junk`` None: the code is the whole line."""
    frames = len(evidence.scores)
    sums = np.zeros((evidence.scores.shape[1], frames + 1))
    np.cumsum(evidence.scores[::-1].T, axis=1, out=sums[:, 1:])
    before, behind = outside_scores(evidence, junk)
    table = np.full((layout.row_count, frames + 1), NEVER)
    arcs = [_score_batch(batch, sums, table, behind) for batch in layout.batches]
    return BackwardPass(layout, sums, table, arcs, before, behind)


def _score_batch(batch: StateBatch, sums: np.ndarray, table: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """Fills the batch's rows of the table; returns the score of each arc at each frame."""
    frames = table.shape[1] - 1
    if batch.width == 0:
        table[batch.first_row : batch.first_row + batch.size] = np.maximum.accumulate(behind)
        return np.full((batch.size, 0, frames + 1), NEVER)
    sums = sums[batch.labels]
    value = table[batch.target_rows]
    value -= sums
    np.maximum.accumulate(value, axis=1, out=value)
    arcs = np.empty_like(value)
    arcs[:, 0] = NEVER
    np.add(value[:, :-1], sums[:, 1:], out=arcs[:, 1:])
    arcs = arcs.reshape(batch.size, batch.width, frames + 1)
    best = arcs.max(axis=1) if batch.width > 1 else arcs[:, 0].copy()
    if batch.final.any():
        best[batch.final] = np.maximum(best[batch.final], behind)
    rows = table[batch.first_row : batch.first_row + batch.size]
    np.maximum.accumulate(best, axis=1, out=rows)
    if batch.repeats:
        _score_without_arc(batch, arcs, rows, behind, table)
    return np.asarray(arcs)


def _score_without_arc(
    batch: StateBatch, arcs: np.ndarray, rows: np.ndarray, behind: np.ndarray, table: np.ndarray
) -> None:
    """Fills the rows for entering a state with a label that also leads on: a blank first, any other arc, or the end."""
    size, width, frames = arcs.shape
    first_row = batch.first_row + size
    other = table[first_row : first_row + size * width].reshape(size, width, frames)
    if width > 1:
        other[:, 1:] = np.maximum.accumulate(arcs, axis=1)[:, :-1]
        later = np.maximum.accumulate(arcs[:, ::-1], axis=1)[:, ::-1]
        np.maximum(other[:, :-1], later[:, 1:], out=other[:, :-1])
    np.maximum(other[:, :, 1:], rows[:, None, :-1], out=other[:, :, 1:])
    if batch.final.any():
        other[batch.final] = np.maximum(other[batch.final], behind)


def trace_best_path(backward: BackwardPass, root: int) -> Optional[Alignment]:
    """The best path from a root; None when there is none: too few frames, or characters that the line cannot have."""
    row = _row_of(backward.layout, root)
    total = backward.table[row] + backward.before
    remaining = int(total.argmax())
    score = float(total[remaining])
    if score <= NEVER / 2:
        return None
    frames = total.shape[0] - 1
    start = frames - remaining
    runs: List[CharacterRun] = []
    while True:
        step = _next_step(backward, row, remaining)
        if step is None:
            return Alignment(score, tuple(runs), start, _stop_frame(backward, remaining))
        runs.append(CharacterRun(step.label, frames - step.first, frames - step.behind - 1))
        row, remaining = step.row, step.behind


def _row_of(layout: StateLayout, state: int) -> int:
    if state not in layout.positions:
        return DEAD_ROW
    batch_number, number = layout.positions[state]
    return layout.batches[batch_number].first_row + number


def find_row(layout: StateLayout, row: int) -> TableRow:
    """What a row of the table stands for."""
    low, high = 0, len(layout.batches) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if layout.batches[middle].first_row <= row else (low, middle - 1)
    batch = layout.batches[low]
    number = row - batch.first_row
    if number < batch.size:
        return TableRow(low, number, -1)
    number -= batch.size
    return TableRow(low, number // batch.width, number % batch.width)


def _next_step(backward: BackwardPass, row: int, remaining: int) -> Optional[_Step]:
    """The next character from a row when ``remaining`` frames remain; None at the end of the code."""
    found = find_row(backward.layout, row)
    batch, number = backward.layout.batches[found.batch_number], found.number
    arcs = backward.arcs[found.batch_number][number]
    if batch.width == 0:
        return None
    here = arcs[:, remaining].copy() if found.barred >= 0 else None
    if here is not None:
        here[found.barred] = NEVER
        now = max(float(here.max()), float(backward.behind[remaining]) if batch.final[number] else NEVER)
        if remaining > 0 and backward.table[batch.first_row + number, remaining - 1] >= now:
            here, remaining = None, remaining - 1  # a blank comes first
    if here is None:
        best = arcs[:, : remaining + 1].max(axis=0)
        if batch.final[number]:
            np.maximum(best, backward.behind[: remaining + 1], out=best)
        remaining = int(best.argmax())
        here = arcs[:, remaining]
    arc = int(here.argmax())
    if batch.final[number] and backward.behind[remaining] >= here[arc]:
        return None
    index = number * batch.width + arc
    label, target = int(batch.labels[index]), int(batch.target_rows[index])
    value = backward.table[target, :remaining] - backward.sums[label, :remaining]
    return _Step(label, remaining, int(value.argmax()), target)


def _stop_frame(backward: BackwardPass, remaining: int) -> int:
    """The frame at which the code ends; only blanks or junk follow."""
    frames = backward.behind.shape[0] - 1
    rest = backward.behind[: remaining + 1]
    best = int(rest.argmax())
    return int(frames - best) if rest[best] > NEVER / 2 else frames
