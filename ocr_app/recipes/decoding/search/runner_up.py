"""How far the best path of any other text trails, by token passing over the frames where there is a choice.

Losses are counted against the best class of each frame, so that a path within a limit can take nothing else where every
other class would lose more than that. A run of such frames with one class is one step, and most frames of a clear print
are in such runs. No alignment is kept: only the smallest loss is asked for.
"""

import heapq
import operator
from typing import Dict, List, Optional, Sequence, Tuple

import numpy as np

from ocr_app.recipes.decoding.evidence import BLANK
from ocr_app.recipes.decoding.search.label_automaton import LabelAutomaton, states_of_text
from ocr_app.recipes.decoding.search.token_passing import LABEL_BEAM, MAX_TOKENS

_LOSS = operator.itemgetter(1)

_Choice = List[Tuple[int, float]]
"""The classes that a frame may be, the blank among them, with what each loses."""

_Tokens = Dict[int, float]
"""The smallest loss by key: (state * classes + last label) * 2 + whether the text so far is the given one."""


def runner_up_loss(
    scores: np.ndarray, automaton: LabelAutomaton, root: int, text: Sequence[int], limit: float
) -> Optional[float]:
    """The smallest loss in nats of any text from ``root`` but ``text``, over all of these frames; None above ``limit``.

    ``scores``: ``(T, C)``. A label that loses more than ``LABEL_BEAM`` in one frame is not tried there.
    """
    search = _RunnerUp(automaton, root, list(text), limit)
    for choice in _choices(scores, limit):
        search.step(choice)
    return search.smallest_loss()


def _choices(scores: np.ndarray, limit: float) -> List[_Choice]:
    """What may be printed in each frame; repetitions of a frame without a choice are left out."""
    if not len(scores):
        return []
    losses = scores.max(axis=1)[:, None] - scores
    active = losses <= min(limit, LABEL_BEAM)
    active[:, BLANK] = losses[:, BLANK] <= limit
    cells = np.flatnonzero(active)
    frames, labels = np.divmod(cells, scores.shape[1])
    counts = np.bincount(frames, minlength=len(scores))
    firsts = np.cumsum(counts) - counts
    first_labels = labels[firsts]  # the best class of a frame never loses, so that every frame has one
    repeated = (counts[1:] == 1) & (counts[:-1] == 1) & (first_labels[1:] == first_labels[:-1])
    kept = np.concatenate(([True], ~repeated))
    pairs = list(zip(labels.tolist(), losses.ravel()[cells].tolist()))
    return [pairs[first : first + count] for first, count in zip(firsts[kept].tolist(), counts[kept].tolist())]


class _RunnerUp:
    """The tokens of one search."""

    def __init__(self, automaton: LabelAutomaton, root: int, text: List[int], limit: float) -> None:
        self.targets, self.final, self.width = automaton.targets, automaton.final, automaton.width
        self.text, self.limit = text, limit
        self.positions = states_of_text(automaton, root, text)
        self.tokens: _Tokens = {root * self.width * 2 + 1: 0.0}

    def step(self, choice: _Choice) -> None:
        """Moves every token past one frame."""
        fresh: _Tokens = {}
        for key, loss in self.tokens.items():
            place, last = divmod(key >> 1, self.width)
            for label, extra in choice:
                total = loss + extra
                if total > self.limit:
                    continue
                if label == last:
                    after = key
                elif label == BLANK:
                    after = key - 2 * last
                else:
                    target = self.targets[place].get(label)
                    if target is None:
                        continue
                    after = (target * self.width + label) * 2 + (key & 1 and self._is_next(place, label))
                known = fresh.get(after)
                if known is None or total < known:
                    fresh[after] = total
        if len(fresh) > MAX_TOKENS:
            fresh = dict(heapq.nsmallest(MAX_TOKENS, fresh.items(), key=_LOSS))
        self.tokens = fresh

    def _is_next(self, state: int, label: int) -> bool:
        """Whether the given text goes on with ``label`` from a state on its way."""
        position = self.positions[state]
        return position < len(self.text) and self.text[position] == label

    def smallest_loss(self) -> Optional[float]:
        """Of the tokens that may end here with another text."""
        losses = []
        for key, loss in self.tokens.items():
            state = (key >> 1) // self.width
            if self.final[state] and not (key & 1 and self.positions[state] == len(self.text)):
                losses.append(loss)
        return min(losses) if losses else None
