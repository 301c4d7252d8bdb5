"""The best path of CTC posteriors under an automaton, exactly: one backward pass, all frames at once.

A label's run over frames ``a..b`` scores ``S[b] - S[a]`` with ``S`` the running sum of its class, so the best run from
every frame is a running maximum: no loop over frames is needed, only one over the waves of the automaton (its longest
text). Frames are counted from the end: index r means "r frames remain".
"""

from typing import List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app.recipes.automata.state_layout import StateLayout, Wave
from ocr_app.recipes.decoding.evidence import Evidence

NEVER = -1e9


class Junk(NamedTuple):
    """What text beside the code on its line costs in nats: for being there, for each of its characters, and when a
    letter or digit of it stands at one of the code without a space (digits of a longer number are no date)."""

    enter: float = 4.0
    sign: float = 5.0
    glued: float = 12.0  # above beam.REACH, so that such a reading is looked at exactly


class BackwardPass(NamedTuple):
    """What the backward pass over one line leaves for tracing.

    ``sums`` ``(C, T+1)``; ``table`` ``(rows, T+1)``; ``arcs`` per wave ``(n, k, T+1)``; ``before`` and ``behind``
    ``(T+1,)``: value of the frames before (behind) the code when r frames remain.
    """

    layout: StateLayout
    sums: np.ndarray
    table: np.ndarray
    arcs: List[np.ndarray]
    before: np.ndarray
    behind: np.ndarray


class CharacterRun(NamedTuple):
    """A character of a path: class, and its frames ``first..last`` (inclusive)."""

    sign: int
    first: int
    last: int


class Path(NamedTuple):
    """A best path: its score, its characters, and the frames ``start..stop`` (exclusive) that the code takes."""

    score: float
    runs: Tuple[CharacterRun, ...]
    start: int
    stop: int


def backward(line: Evidence, layout: StateLayout, junk: Optional[Junk]) -> BackwardPass:
    """Scores of all futures of all states. ``junk`` None: the code is the whole line."""
    frames = len(line.scores)
    sums = np.zeros((line.scores.shape[1], frames + 1))
    np.cumsum(line.scores[::-1].T, axis=1, out=sums[:, 1:])
    before, behind = ends(line, junk)
    table = np.full((layout.rows, frames + 1), NEVER)
    arcs = [_score(wave, sums, table, behind) for wave in layout.waves]
    return BackwardPass(layout, sums, table, arcs, before, behind)


def _score(wave: Wave, sums: np.ndarray, table: np.ndarray, behind: np.ndarray) -> np.ndarray:
    """Scores one wave: fills its rows of the table, returns the value of each arc at each frame."""
    frames = table.shape[1] - 1
    if wave.k == 0:
        table[wave.row : wave.row + wave.n] = np.maximum.accumulate(behind)
        return np.full((wave.n, 0, frames + 1), NEVER)
    sums = sums[wave.classes]
    value = table[wave.rows]
    value -= sums
    np.maximum.accumulate(value, axis=1, out=value)
    arcs = np.empty_like(value)
    arcs[:, 0] = NEVER
    np.add(value[:, :-1], sums[:, 1:], out=arcs[:, 1:])
    arcs = arcs.reshape(wave.n, wave.k, frames + 1)
    best = arcs.max(axis=1) if wave.k > 1 else arcs[:, 0].copy()
    if wave.final.any():
        best[wave.final] = np.maximum(best[wave.final], behind)
    rows = table[wave.row : wave.row + wave.n]
    np.maximum.accumulate(best, axis=1, out=rows)
    if wave.repeats:
        _without(wave, arcs, rows, behind, table)
    return np.asarray(arcs)


def _without(wave: Wave, arcs: np.ndarray, rows: np.ndarray, behind: np.ndarray, table: np.ndarray) -> None:
    """The rows behind a class that leads on: a blank first, or any other arc, or the end."""
    n, k, width = arcs.shape
    other = table[wave.row + n : wave.row + n + n * k].reshape(n, k, width)
    if k > 1:
        other[:, 1:] = np.maximum.accumulate(arcs, axis=1)[:, :-1]
        later = np.maximum.accumulate(arcs[:, ::-1], axis=1)[:, ::-1]
        np.maximum(other[:, :-1], later[:, 1:], out=other[:, :-1])
    np.maximum(other[:, :, 1:], rows[:, None, :-1], out=other[:, :, 1:])
    if wave.final.any():
        other[wave.final] = np.maximum(other[wave.final], behind)


def ends(line: Evidence, junk: Optional[Junk]) -> Tuple[np.ndarray, np.ndarray]:
    """Value of the frames before and behind the code, by frames remaining: blanks, or text that is not the code's."""
    frames = len(line.scores)
    before, behind = np.full(frames + 1, NEVER), np.full(frames + 1, NEVER)
    before[frames] = behind[0] = 0.0
    if junk is None or not frames:
        return before, behind
    best = line.scores[np.arange(frames), line.best]
    starts = (line.best != 0) & (np.concatenate(([0], line.best[:-1])) != line.best)
    running, count = np.concatenate(([0.0], np.cumsum(best))), np.concatenate(([0], np.cumsum(starts)))
    cut = junk.enter + junk.glued * _glued(line)
    before[:frames] = (running - junk.sign * count - cut)[:0:-1]
    before[frames] = 0.0
    behind[1:] = (running[-1] - running - junk.sign * (count[-1] - count) - cut)[-2::-1]
    return before, behind


def _glued(line: Evidence) -> np.ndarray:
    """float ``(T+1,)``: 1 where a cut before that frame parts two letters or digits that no space parts."""
    found = np.zeros(len(line.best) + 1)
    previous, since = "", 0
    changes = np.flatnonzero(line.best[1:] != line.best[:-1]) + 1
    for at in [0] + changes.tolist():
        sign = line.characters[line.best[at]]
        if sign:
            if previous.isalnum() and sign.isalnum():
                found[since + 1 : at + 1] = 1.0
            previous, since = sign, at
    if previous.isalnum():
        last = int(np.flatnonzero(line.best)[-1])
        found[since + 1 : last + 1] = 1.0
    return found


def junk_cost(line: Evidence, junk: Junk, path: Path) -> float:
    """What the text beside a path's code cost, over reading it plainly."""
    frames = len(line.scores)
    before, behind = ends(line, junk)
    plain = line.scores[np.arange(frames), line.best]
    ahead = float(plain[: path.start].sum() - before[frames - path.start])
    after = float(plain[path.stop :].sum() - behind[frames - path.stop])
    return ahead + after


def values(found: BackwardPass, roots: Sequence[int]) -> np.ndarray:
    """The best score of a path from each root; NEVER where the characters do not allow the line at all."""
    rows = [_row(found.layout, root) for root in roots]
    return np.asarray((found.table[rows] + found.before).max(axis=1))


def _row(layout: StateLayout, state: int) -> int:
    if state not in layout.place:
        return 0
    wave, number = layout.place[state]
    return layout.waves[wave].row + number


def trace(found: BackwardPass, root: int) -> Optional[Path]:
    """The best path from a root; None when there is none (too few frames)."""
    total = found.table[_row(found.layout, root)] + found.before
    remaining = int(total.argmax())
    score = float(total[remaining])
    if score <= NEVER / 2:
        return None
    frames = total.shape[0] - 1
    start, runs = frames - remaining, []  # type: int, List[CharacterRun]
    row = _row(found.layout, root)
    while True:
        step = _next(found, row, remaining)
        if step is None:
            return Path(score, tuple(runs), start, _stop(found, row, remaining))
        sign, first, last, row = step
        runs.append(CharacterRun(sign, frames - first, frames - last - 1))
        remaining = last


def _owner(layout: StateLayout, row: int) -> Tuple[Wave, int, int, int]:
    """Wave, its number, the state's number in it, and the arc that is barred (-1: none) of a row of the table."""
    low, high = 0, len(layout.waves) - 1
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if layout.waves[middle].row <= row else (low, middle - 1)
    wave = layout.waves[low]
    number = row - wave.row
    if number < wave.n:
        return wave, low, number, -1
    number -= wave.n
    return wave, low, number // wave.k, number % wave.k


def _next(found: BackwardPass, row: int, remaining: int) -> Optional[Tuple[int, int, int, int]]:
    """The next character from a row: class, r of its first frame, r behind it, the row then; None at the end."""
    wave, number_of_wave, number, barred = _owner(found.layout, row)
    arcs = found.arcs[number_of_wave][number]
    if wave.k == 0:
        return None
    here = arcs[:, remaining].copy() if barred >= 0 else None
    if here is not None:
        here[barred] = NEVER
        now = max(float(here.max()), float(found.behind[remaining]) if wave.final[number] else NEVER)
        if remaining > 0 and found.table[wave.row + number, remaining - 1] >= now:
            here, remaining = None, remaining - 1  # a blank comes first
    if here is None:
        best = arcs[:, : remaining + 1].max(axis=0)
        if wave.final[number]:
            np.maximum(best, found.behind[: remaining + 1], out=best)
        remaining = int(best.argmax())
        here = arcs[:, remaining]
    arc = int(here.argmax())
    if wave.final[number] and found.behind[remaining] >= here[arc]:
        return None
    place = number * wave.k + arc
    sign, target = int(wave.classes[place]), int(wave.rows[place])
    value = found.table[target, :remaining] - found.sums[sign, :remaining]
    return sign, remaining, int(value.argmax()), target


def _stop(found: BackwardPass, row: int, remaining: int) -> int:
    """The frame at which the code ends: behind it only blanks or junk."""
    frames = found.behind.shape[0] - 1
    rest = found.behind[: remaining + 1]
    best = int(rest.argmax())
    return int(frames - best) if rest[best] > NEVER / 2 else frames


def margin(found: BackwardPass, root: int, path: Path) -> float:
    """How far a best path leads over the best path of any other text from the same root (both exact).

    Another text leaves this one at some character: there it takes another arc, or ends, or goes on where this one ends.
    Walking along the text, the best way in (over all alignments) meets the best way out from the backward pass.
    """
    frames = found.sums.shape[1] - 1
    arrive = found.before.copy()  # by frames remaining: the best score of what was printed so far, ending in any frame
    wave, number = found.layout.place[root]
    other, previous, label_only = NEVER, 0, np.full(frames + 1, NEVER)
    for place in range(len(path.runs) + 1):
        sign = path.runs[place].sign if place < len(path.runs) else 0
        blank_first = np.full(frames + 1, NEVER)
        settled = np.maximum.accumulate(np.maximum(arrive, label_only)[::-1])[::-1]
        blank_first[:-1] = settled[1:]
        here, own = found.layout.waves[wave], -1
        arcs = found.arcs[wave][number]
        for arc in range(here.k):
            at = number * here.k + arc
            if here.rows[at] == 0:
                continue
            if here.classes[at] == sign:
                own = arc
                continue
            way_in = blank_first if here.classes[at] == previous else settled
            other = max(other, float((way_in + arcs[arc]).max()))
        if here.final[number] and place < len(path.runs):
            other = max(other, float((settled + found.behind).max()))
        if place == len(path.runs):
            break
        way_in = blank_first if sign == previous else settled
        sums = found.sums[sign]
        label_only = np.full(frames + 1, NEVER)
        begun = np.maximum.accumulate((way_in + sums)[::-1])[::-1]
        label_only[:-1] = begun[1:] - sums[:-1]
        arrive = np.full(frames + 1, NEVER)
        wave, number = _behind(found.layout, here, number * here.k + own)
        previous = sign
    return path.score - other


def _behind(layout: StateLayout, wave: Wave, arc: int) -> Tuple[int, int]:
    """Wave and number of the state that an arc leads to."""
    _, place, number, _ = _owner(layout, int(wave.rows[arc]))
    return place, number
