"""The best path of any other text, and how far it trails, by token passing over the frames where there is a choice.

Losses are counted against the best class of each frame, so that a path within a limit can take nothing else where every
other class would lose more than that. A run of such frames with one class is one step, and most frames of a clear print
are in such runs. Several texts may be excluded at once: those that mean the same as the text that was read.
"""

import heapq
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np

from ocr_app.recipes.decoding.evidence import BLANK
from ocr_app.recipes.decoding.search.label_automaton import LabelAutomaton
from ocr_app.recipes.decoding.search.token_passing import LABEL_BEAM, MAX_TOKENS

_Choice = List[Tuple[int, float]]
"""The classes that a frame may be, the blank among them, with what each loses."""

_Token = Tuple[float, Any]
"""The smallest loss so far, and the labels printed so far: a chain of tuples (rest of the chain, label)."""

_Tokens = Dict[int, _Token]
"""Tokens by key: (node of the excluded texts * states + state) * classes + last label."""


class RunnerUp(NamedTuple):
    """The best other text: what its path loses against the best class of every frame, in nats, and its labels."""

    loss: float
    labels: Tuple[int, ...]


def find_runner_up(
    scores: np.ndarray, automaton: LabelAutomaton, root: int, texts: Sequence[Sequence[int]], limit: float
) -> Optional[RunnerUp]:
    """The best text from ``root`` that is none of ``texts``, over all of these frames; None if it loses over ``limit``.

    ``scores``: ``(T, C)``. A label that loses more than ``LABEL_BEAM`` in one frame is not tried there.
    """
    search = _Search(automaton, root, texts, limit)
    for choice in _choices(scores, limit):
        search.step(choice)
    return search.best()


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


class _ExcludedTexts:
    """The texts that do not count, as a tree. Node 0 is outside of it: no excluded text begins so."""

    def __init__(self, texts: Sequence[Sequence[int]]) -> None:
        self.follow: List[Dict[int, int]] = [{}, {}]
        self.ends: Set[int] = set()
        for text in texts:
            node = 1
            for label in text:
                if label not in self.follow[node]:
                    self.follow[node][label] = len(self.follow)
                    self.follow.append({})
                node = self.follow[node][label]
            self.ends.add(node)


class _Search:
    """The tokens of one search."""

    def __init__(self, automaton: LabelAutomaton, root: int, texts: Sequence[Sequence[int]], limit: float) -> None:
        self.targets, self.final, self.width = automaton.targets, automaton.final, automaton.width
        self.block = len(self.targets) * self.width
        self.excluded, self.limit = _ExcludedTexts(texts), limit
        self.tokens: _Tokens = {self.block + root * self.width: (0.0, None)}

    def step(self, choice: _Choice) -> None:
        """Moves every token past one frame."""
        fresh: _Tokens = {}
        width, block, follow = self.width, self.block, self.excluded.follow
        for key, (loss, chain) in self.tokens.items():
            last = key % width
            node, rest = divmod(key, block)
            for label, extra in choice:
                total = loss + extra
                if total > self.limit:
                    continue
                longer = chain
                if label == last:
                    after = key
                elif label == BLANK:
                    after = key - last
                else:
                    target = self.targets[rest // width].get(label)
                    if target is None:
                        continue
                    after = follow[node].get(label, 0) * block + target * width + label
                    longer = (chain, label)
                known = fresh.get(after)
                if known is None or total < known[0]:
                    fresh[after] = (total, longer)
        if len(fresh) > MAX_TOKENS:
            fresh = dict(heapq.nsmallest(MAX_TOKENS, fresh.items(), key=_loss_of_entry))
        self.tokens = fresh

    def best(self) -> Optional[RunnerUp]:
        """Of the tokens that may end here, the one that loses least and is none of the excluded texts."""
        best: Optional[_Token] = None
        for key, token in self.tokens.items():
            node, rest = divmod(key, self.block)
            if self.final[rest // self.width] and node not in self.excluded.ends:
                best = token if best is None or token[0] < best[0] else best
        return RunnerUp(best[0], _unwind(best[1])) if best is not None else None


def _unwind(chain: Any) -> Tuple[int, ...]:
    labels = []
    while chain is not None:
        chain, label = chain
        labels.append(label)
    return tuple(reversed(labels))


def _loss_of_entry(entry: Tuple[int, _Token]) -> float:
    return entry[1][0]
