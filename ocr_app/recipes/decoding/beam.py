"""The best path under an automaton by token passing: only what is within ``BEAM`` of the best is followed.

The cost does not depend on how much the recipe allows, and a line that is no code dies within a few frames. What it
leaves out is checked against the exact search (search.py) in tests/property/test_recipes_search.py.
"""

import heapq
import operator
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app.recipes.automata.nfa import Registry
from ocr_app.recipes.decoding.ctc_search import NEVER, CharacterRun, Junk, Path, ends
from ocr_app.recipes.decoding.evidence import Evidence

BEAM = 16.0  # nats behind the best token at which a token is dropped
REACH = 10.0  # nats below the best class of a frame at which a class is not tried there (probability 5e-5)
MOST = 100  # tokens that are followed at a time: bounds the time that a blurred line takes
_SCORE = operator.itemgetter(0)


class Arcs(NamedTuple):
    """A recipe's automaton by class: ``targets[state]``: class -> state; ``final[state]``; ``width``: classes."""

    targets: List[Dict[int, int]]
    final: List[bool]
    width: int


_Token = Tuple[float, Any, int, int]
"""Best way to a state: score, the characters before (a chain of tuples), first and last frame of the last character."""


def by_class(registry: Registry, characters: Tuple[str, ...]) -> Arcs:
    """The automaton with classes for characters; arcs of characters that the recogniser lacks are left out."""
    numbers = {sign: number for number, sign in enumerate(characters) if number}
    targets = [{numbers[s]: t for s, t in arcs.items() if s in numbers} for arcs in registry.arcs]
    return Arcs(targets, registry.final, len(characters))


def best_paths(
    line: Evidence,
    arcs: Arcs,
    roots: Sequence[int],
    junk: Optional[Junk],
    other_than: Optional[Sequence[int]] = None,
    beam: float = BEAM,
    reach: float = REACH,
) -> Dict[int, Path]:
    """The best path from each root that stays within the beam of the best of all.

    ``other_than``: the classes of a text that is not wanted (one root only): the best path of any other text.
    """
    before, behind = (values[::-1].tolist() for values in ends(line, junk))  # now by frames gone
    barred = _states_of(arcs, roots[0], other_than) if other_than is not None else {}
    passing = _Passing(arcs, list(roots), barred, other_than, beam)
    idle = False
    for at, active in enumerate(_active(line.scores, reach)):
        if idle and not active:
            continue  # in a run of blanks the first one has changed all that it can
        idle = not active
        passing.start(at, before[at])
        passing.end(at, behind[at])
        passing.step(at, active)
    passing.end(len(line.scores), behind[len(line.scores)])
    return passing.paths()


def _active(scores: np.ndarray, reach: float) -> List[List[Tuple[int, float]]]:
    """For each frame the classes worth trying and their scores, the blank left out."""
    floor = scores.max(axis=1) - reach if len(scores) else np.zeros(0)
    wanted = scores >= floor[:, None]
    wanted[:, 0] = False
    frames, classes = np.nonzero(wanted)
    found: List[List[Tuple[int, float]]] = [[] for _ in range(len(scores))]
    for frame, sign, score in zip(frames.tolist(), classes.tolist(), scores[frames, classes].tolist()):
        found[frame].append((sign, score))
    return found


def _by_token(entry: Tuple[int, _Token]) -> float:
    return entry[1][0]


def _states_of(arcs: Arcs, root: int, classes: Sequence[int]) -> Dict[int, int]:
    """Place in the text of each state on its way (an automaton without cycles passes no state twice)."""
    places, state = {root: 0}, root
    for place, sign in enumerate(classes, 1):
        state = arcs.targets[state][sign]
        places[state] = place
    return places


class _Passing:
    """Tokens by key: ((root number * 2 + on the barred text) * states + state) * classes + last class."""

    def __init__(
        self,
        arcs: Arcs,
        roots: List[int],
        barred: Dict[int, int],
        text: Optional[Sequence[int]],
        beam: float,
    ) -> None:
        self.arcs, self.roots, self.barred, self.beam = arcs, roots, barred, beam
        self.text = list(text) if text is not None else []
        self.block = len(arcs.targets) * arcs.width
        self.on_text = 1 if text is not None else 0
        self.tokens: Dict[int, _Token] = {}
        self.ended: Dict[int, Tuple[float, _Token, int, int]] = {}
        self.begun: Dict[int, int] = {}

    def start(self, at: int, score: float) -> None:
        """The code may begin at this frame."""
        if score <= NEVER / 2:
            return
        for number, root in enumerate(self.roots):
            key = (number * 2 + self.on_text) * self.block + root * self.arcs.width
            known = self.tokens.get(key)
            if known is None or known[0] < score:
                self.tokens[key] = (score, (None, 0, at, at), at, at)

    def end(self, at: int, score: float) -> None:
        """The code may have ended before this frame."""
        if score <= NEVER / 2:
            return
        width, states, final = self.arcs.width, len(self.arcs.targets), self.arcs.final
        for key, token in self.tokens.items():
            state = key // width % states
            if not final[state]:
                continue
            head, sign = key // self.block, key % width
            if head & 1 and self.barred.get(state) == len(self.text):
                continue
            total = token[0] + score
            if head >> 1 not in self.ended or total > self.ended[head >> 1][0]:
                self.ended[head >> 1] = (total, token, sign, at)

    def step(self, at: int, active: List[Tuple[int, float]]) -> None:
        """Every token passes one frame: a blank, the same character on, or the next one.

        The best token passes by a blank at no cost, so whatever falls out of the beam behind it is not even made.
        """
        if not self.tokens:
            return
        fresh: Dict[int, _Token] = {}
        width, floor = self.arcs.width, max(map(_SCORE, self.tokens.values())) - self.beam
        staying = dict(active)
        for key, token in self.tokens.items():
            score, chain, first, last = token
            if score < floor:
                continue
            sign = key % width
            settled = key - sign
            if sign:
                on = staying.get(sign)
                if on is not None and score + on >= floor:
                    known = fresh.get(key)
                    if known is None or score + on > known[0]:
                        fresh[key] = (score + on, chain, first, at)
                chain, first, last = (chain, sign, first, last), at, at
            known = fresh.get(settled)
            if known is None or score > known[0]:
                fresh[settled] = (score, chain, first, last)
            if active:
                self._extend(fresh, at, (settled, sign, score, chain), active, staying, floor)
        if len(fresh) > MOST:
            kept = heapq.nlargest(MOST, fresh.items(), key=_by_token)
            fresh = dict(kept)
        self.tokens = fresh

    def _extend(
        self,
        fresh: Dict[int, _Token],
        at: int,
        behind: Tuple[int, int, float, Any],
        active: List[Tuple[int, float]],
        staying: Dict[int, float],
        floor: float,
    ) -> None:
        """The characters that may follow one token at this frame, found from the shorter of the two lists."""
        settled, sign, score, chain = behind
        width = self.arcs.width
        head, rest = divmod(settled, self.block)
        state = rest // width
        targets = self.arcs.targets[state]
        wanted = self.text[self.barred[state]] if head & 1 and self.barred[state] < len(self.text) else -1
        if len(targets) < len(active):
            ways = [(other, staying[other], target) for other, target in targets.items() if other in staying]
        else:
            ways = [(other, gain, targets[other]) for other, gain in active if other in targets]
        for other, gain, target in ways:
            total = score + gain
            if total >= floor and other != sign:
                key = (head if other == wanted else head & ~1) * self.block + target * width + other
                known = fresh.get(key)
                if known is None or total > known[0]:
                    fresh[key] = (total, chain, at, at)

    def paths(self) -> Dict[int, Path]:
        """What has ended, by root."""
        found = {}
        for number, (score, token, sign, at) in self.ended.items():
            chain = (token[1], sign, token[2], token[3]) if sign else token[1]
            runs: List[CharacterRun] = []
            while chain is not None and chain[1]:
                runs.append(CharacterRun(chain[1], chain[2], chain[3]))
                chain = chain[0]
            start = chain[2] if chain is not None else 0
            found[self.roots[number]] = Path(score, tuple(reversed(runs)), start, at)
        return found
