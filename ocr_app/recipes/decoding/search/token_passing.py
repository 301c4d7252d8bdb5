"""The best path under an automaton by token passing: only tokens within ``BEAM`` of the best one are followed.

The cost does not depend on how much the recipe allows, and a line that is not a code dies out within a few frames. What
the beam leaves out is checked against the exact search (exact.py) in tests/property/test_recipes_search.py.
"""

import heapq
import operator
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from ocr_app.recipes.decoding.evidence import BLANK, Evidence
from ocr_app.recipes.decoding.search.alignment import NEVER, Alignment, CharacterRun
from ocr_app.recipes.decoding.search.junk import JunkCosts, outside_scores
from ocr_app.recipes.decoding.search.label_automaton import LabelAutomaton, states_of_text

BEAM = 16.0  # nats behind the best token at which a token is dropped
LABEL_BEAM = 10.0  # nats below the best class of a frame at which a label is not tried there (probability 5e-5)
MAX_TOKENS = 100  # tokens that are followed at a time: bounds the time that a blurred line takes
_SCORE = operator.itemgetter(0)

_Token = Tuple[float, Any, int, int]
"""The best way to a state: its score, the characters before the last one (a chain of tuples: the rest of the chain,
label, first and last frame), and the first and last frame of the last character."""

_Label = Tuple[int, float]
"""A label that is tried at a frame, and its score there."""


def pass_tokens(
    evidence: Evidence,
    automaton: LabelAutomaton,
    roots: Sequence[int],
    junk: Optional[JunkCosts],
    excluded: Optional[Sequence[int]] = None,
    beam: float = BEAM,
    label_beam: float = LABEL_BEAM,
) -> Dict[int, Alignment]:
    """The best path from each root, among the paths that stay within the beam of the best one of all roots.

    ``excluded``: the labels of a text that must not be returned (one root only), to find the best path of any other
    text. ``junk`` None: the code is the whole line.
    """
    before, behind = (scores[::-1].tolist() for scores in outside_scores(evidence, junk))  # now by frames passed
    positions = states_of_text(automaton, roots[0], excluded) if excluded is not None else {}
    tokens = _TokenPassing(automaton, list(roots), positions, excluded, beam)
    idle = False
    for frame, active in enumerate(_active_labels(evidence.scores, label_beam)):
        if idle and not active:
            continue  # in a run of blanks the first frame has changed all that the others could
        idle = not active
        tokens.start(frame, before[frame])
        tokens.end(frame, behind[frame])
        tokens.step(frame, active)
    tokens.end(len(evidence.scores), behind[len(evidence.scores)])
    return tokens.alignments()


def _active_labels(scores: np.ndarray, label_beam: float) -> List[List[_Label]]:
    """For each frame the labels worth trying and their scores, without the blank."""
    floor = scores.max(axis=1) - label_beam if len(scores) else np.zeros(0)
    active = scores >= floor[:, None]
    active[:, BLANK] = False
    frames, labels = np.nonzero(active)
    found: List[List[_Label]] = [[] for _ in range(len(scores))]
    for frame, label, score in zip(frames.tolist(), labels.tolist(), scores[frames, labels].tolist()):
        found[frame].append((label, score))
    return found


def _score_of_entry(entry: Tuple[int, _Token]) -> float:
    return entry[1][0]


class _TokenPassing:
    """Tokens by key: ((root's index * 2 + on the excluded text) * states + state) * classes + last label.

    The last label is 0 where a blank follows it. The key without the last label is called ``settled`` below.
    """

    def __init__(
        self,
        automaton: LabelAutomaton,
        roots: List[int],
        excluded_positions: Dict[int, int],
        excluded: Optional[Sequence[int]],
        beam: float,
    ) -> None:
        self.automaton, self.roots, self.beam = automaton, roots, beam
        self.excluded_positions = excluded_positions
        self.excluded = list(excluded) if excluded is not None else []
        self.block = len(automaton.targets) * automaton.width
        self.on_excluded = 1 if excluded is not None else 0
        self.tokens: Dict[int, _Token] = {}
        self.ended: Dict[int, Tuple[float, _Token, int, int]] = {}

    def start(self, frame: int, score: float) -> None:
        """Lets the code begin at this frame."""
        if score <= NEVER / 2:
            return
        for index, root in enumerate(self.roots):
            key = (index * 2 + self.on_excluded) * self.block + root * self.automaton.width
            known = self.tokens.get(key)
            if known is None or known[0] < score:
                self.tokens[key] = (score, (None, 0, frame, frame), frame, frame)

    def end(self, frame: int, score: float) -> None:
        """Lets the code end before this frame."""
        if score <= NEVER / 2:
            return
        width, states, final = self.automaton.width, len(self.automaton.targets), self.automaton.final
        for key, token in self.tokens.items():
            state = key // width % states
            if not final[state]:
                continue
            head, label = key // self.block, key % width
            if head & 1 and self.excluded_positions.get(state) == len(self.excluded):
                continue
            total = token[0] + score
            if head >> 1 not in self.ended or total > self.ended[head >> 1][0]:
                self.ended[head >> 1] = (total, token, label, frame)

    def step(self, frame: int, active: List[_Label]) -> None:
        """Moves every token past one frame: by a blank, by more of the same character, or by the next character.

        The best token passes by a blank at no cost, so whatever would fall out of the beam behind it is not made.
        """
        if not self.tokens:
            return
        fresh: Dict[int, _Token] = {}
        width, floor = self.automaton.width, max(map(_SCORE, self.tokens.values())) - self.beam
        scores = dict(active)
        for key, token in self.tokens.items():
            score, chain, first, last = token
            if score < floor:
                continue
            label = key % width
            settled = key - label
            if label:
                gain = scores.get(label)
                if gain is not None and score + gain >= floor:
                    known = fresh.get(key)
                    if known is None or score + gain > known[0]:
                        fresh[key] = (score + gain, chain, first, frame)
                chain, first, last = (chain, label, first, last), frame, frame
            known = fresh.get(settled)
            if known is None or score > known[0]:
                fresh[settled] = (score, chain, first, last)
            if active:
                self._extend(fresh, frame, (settled, label, score, chain), active, scores, floor)
        if len(fresh) > MAX_TOKENS:
            kept = heapq.nlargest(MAX_TOKENS, fresh.items(), key=_score_of_entry)
            fresh = dict(kept)
        self.tokens = fresh

    def _extend(
        self,
        fresh: Dict[int, _Token],
        frame: int,
        behind: Tuple[int, int, float, Any],
        active: List[_Label],
        scores: Dict[int, float],
        floor: float,
    ) -> None:
        """Lets the next characters follow one token, found from the shorter of the two lists.

        ``behind``: the token's key without its last label, that label, its score and its chain.
        """
        settled, previous, score, chain = behind
        width = self.automaton.width
        head, rest = divmod(settled, self.block)
        state = rest // width
        targets = self.automaton.targets[state]
        if len(targets) < len(active):
            arcs = [(label, scores[label], target) for label, target in targets.items() if label in scores]
        else:
            arcs = [(label, gain, targets[label]) for label, gain in active if label in targets]
        on_excluded = self._next_excluded(state) if head & 1 else -1
        for label, gain, target in arcs:
            total = score + gain
            if total >= floor and label != previous:
                key = (head if label == on_excluded else head & ~1) * self.block + target * width + label
                known = fresh.get(key)
                if known is None or total > known[0]:
                    fresh[key] = (total, chain, frame, frame)

    def _next_excluded(self, state: int) -> int:
        """The label with which the excluded text goes on from a state on its way; -1 at its end."""
        position = self.excluded_positions[state]
        return self.excluded[position] if position < len(self.excluded) else -1

    def alignments(self) -> Dict[int, Alignment]:
        """The best paths that have ended, by root."""
        return {self.roots[index]: _unwind(*ended) for index, ended in self.ended.items()}


def _unwind(score: float, token: _Token, label: int, stop: int) -> Alignment:
    """The alignment of a token that ended with ``label`` (0: after a blank) before frame ``stop``."""
    chain = (token[1], label, token[2], token[3]) if label else token[1]
    runs: List[CharacterRun] = []
    while chain is not None and chain[1]:
        runs.append(CharacterRun(chain[1], chain[2], chain[3]))
        chain = chain[0]
    start = chain[2] if chain is not None else 0
    return Alignment(score, tuple(reversed(runs)), start, stop)
