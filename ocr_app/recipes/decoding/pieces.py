"""The likeliest line of free text and pieces of the generic grammar: one pass over the characters of the plain reading.

Each character of the plain reading may be read as another one, as nothing, or as two of its kind, and something may
stand between two of them, each at what that costs in log likelihood. Text between pieces stays as it was read.
"""

from typing import Any, Callable, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app.recipes.decoding.ctc_search import CharacterRun
from ocr_app.recipes.decoding.evidence import BLANK, Evidence, Greedy
from ocr_app.recipes.decoding.generic_grammar import Grammar, grammar
from ocr_app.recipes.decoding.lattice import Lattice, lattice

ALIKE = 2  # a piece of this many characters or more for each one that is changed; one may be changed in any piece
_MARKS = "./-|,'"
_Test = Callable[[str], bool]


def _never(sign: str) -> bool:
    return False


_TOUCHES: Tuple[Tuple[str, _Test, _Test], ...] = (
    ("letter", str.isalpha, _never),
    ("digit", str.isdigit, str.isdigit),
    ("sign", str.isalnum, str.isalnum),
)


class BestPieces(NamedTuple):
    """The line with its pieces. ``fixed``: for each run whether it belongs to one; ``worth``: of those that differ from
    the plain reading, 0 when none does."""

    runs: Tuple[CharacterRun, ...]
    fixed: Tuple[bool, ...]
    worth: float


def best(held: Evidence, plain: Greedy, values: np.ndarray) -> Optional[BestPieces]:
    """The line under the grammar; None when every character is certain."""
    ways = lattice(held, plain, values) if plain.classes else None
    if ways is None:
        return None
    return _Pass(ways, plain, grammar(held.characters)).found()


_Token = Tuple[float, Any, int, int]
"""Value (worth of what came before less costs), steps (a chain), slot where the piece began, characters changed."""

_Tokens = Dict[int, _Token]
"""By kind * states + state."""


class _Pass:
    """Viterbi over slots: ``best[j]`` is the value of the best line up to slot j that no piece reaches across."""

    def __init__(self, ways: Lattice, plain: Greedy, known: Grammar) -> None:
        self.ways, self.plain, self.kinds = ways, plain, known.kinds
        self.targets, self.final = known.arcs.targets, known.arcs.final
        self.states = len(self.targets)
        self.sides = _sides(plain.text)
        self.best: List[Tuple[float, Optional[Tuple[int, int, Any, int]]]] = []
        tokens: _Tokens = {}
        for place in range(len(ways.slots) + 1):
            if place in ways.between:
                self._insert(tokens, place)
            self._end(tokens, place)
            if place < len(ways.slots):
                self._start(tokens, place)
                tokens = self._step(tokens, place)

    def _start(self, tokens: _Tokens, place: int) -> None:
        """A piece may begin at a slot where one of its first characters, or none, may stand."""
        value, fresh = self.best[place][0], {}
        inserted = self.ways.between.get(place, ())
        signs = [sign for sign, _ in self.ways.slots[place]]
        for number, kind in enumerate(self.kinds):
            if not kind.follows and self.sides[kind.left][0][place]:
                first = self.targets[kind.root]
                if inserted or any(sign in first or sign == BLANK for sign in signs):
                    fresh[number * self.states + kind.root] = (value, None, place, 0)
        if inserted:
            self._insert(fresh, place)
        for key, token in fresh.items():
            _offer(tokens, key, token)

    def _insert(self, tokens: _Tokens, place: int) -> None:
        """A character that was not read."""
        for sign, cost, frame in self.ways.between[place]:
            for key, (value, chain, begun, changes) in list(tokens.items()):
                state = key % self.states
                target = self.targets[state].get(sign)
                if target is not None:
                    step = (chain, sign, frame, frame)
                    _offer(tokens, key - state + target, (value - cost, step, begun, changes + 1))

    def _end(self, tokens: _Tokens, place: int) -> None:
        """The best line up to here: text as it was read, or a piece that ends here; dates begin behind keywords."""
        value = self.best[place - 1][0] if place else 0.0
        back = None
        for key, token in list(tokens.items()):
            number, state = divmod(key, self.states)
            if not self.final[state]:
                continue
            kind = self.kinds[number]
            if token[0] + kind.worth > value and self.sides[kind.right][1][place] and _alike(token):
                value, back = token[0] + kind.worth, (token[2], number, token[1], token[3])
            if kind.hope > kind.worth:
                self._follow(tokens, token)
        self.best.append((value, back))

    def _follow(self, tokens: _Tokens, token: _Token) -> None:
        for number, kind in enumerate(self.kinds):
            if kind.follows:
                _offer(tokens, number * self.states + kind.root, token)

    def _step(self, tokens: _Tokens, place: int) -> _Tokens:
        """Every token takes the character at ``place`` in one of its ways, as long as it may still be worth it."""
        fresh: _Tokens = {}
        options = self.ways.slots[place]
        own, first, last = self.plain.classes[place], self.plain.first[place], self.plain.last[place]
        base, twice = self.best[place][0], self.ways.twice.get(place)
        for key, (value, chain, begun, changes) in tokens.items():
            number, state = divmod(key, self.states)
            room = value + self.kinds[number].hope - base
            targets, head = self.targets[state], key - state
            for sign, cost in options:
                if cost >= room:
                    break
                if sign in targets:
                    step = (chain, sign, first, last)
                    _offer(fresh, head + targets[sign], (value - cost, step, begun, changes + (sign != own)))
                elif sign == BLANK:
                    _offer(fresh, key, (value - cost, chain, begun, changes + 1))
            if twice is not None and own in targets and own in self.targets[targets[own]]:
                step = ((chain, own, first, twice[1] - 1), own, twice[1] + 1, last)
                _offer(fresh, head + self.targets[targets[own]][own], (value - twice[0], step, begun, changes + 1))
        return fresh

    def found(self) -> BestPieces:
        """The best line."""
        runs: List[CharacterRun] = []
        fixed: List[bool] = []
        place, worth = len(self.best) - 1, 0.0
        while place:
            back = self.best[place][1]
            if back is None:
                place -= 1
                runs.append(CharacterRun(self.plain.classes[place], self.plain.first[place], self.plain.last[place]))
                fixed.append(False)
                continue
            place, number, chain, changes = back
            worth += self.kinds[number].worth if changes else 0.0
            while chain is not None:
                runs.append(CharacterRun(*chain[1:]))
                fixed.append(True)
                chain = chain[0]
        return BestPieces(tuple(runs[::-1]), tuple(fixed[::-1]), worth)


def _offer(tokens: _Tokens, key: int, token: _Token) -> None:
    known = tokens.get(key)
    if known is None or token[0] > known[0]:
        tokens[key] = token


def _alike(token: _Token) -> bool:
    """Whether enough of a piece stands as it was read: what is mostly guessed is no reading."""
    changes, chain, length = token[3], token[1], 0
    if changes < 2:
        return True
    while chain is not None:
        chain, length = chain[0], length + 1
    return bool(changes * ALIKE <= length)


def _sides(text: str) -> Dict[str, Tuple[Sequence[bool], Sequence[bool]]]:
    """For each sort of neighbour whether a piece may begin (end) before each slot: none touches it there.

    "letter": no letter does. "digit": no digit, nor one behind a mark: in 6/11/2022 the month and year are no date of
    their own. "sign": neither letters nor digits: in O6/11/2022 they are none either.
    """
    count = len(text)
    found: Dict[str, Tuple[Sequence[bool], Sequence[bool]]] = {}
    for name, touches, across in _TOUCHES:
        left, right = [True] * (count + 1), [True] * (count + 1)
        for at, sign in enumerate(text):
            if touches(sign):
                left[at + 1] = right[at] = False
            if across(sign):
                if at + 1 < count and text[at + 1] in _MARKS:
                    left[at + 2] = False
                if at and text[at - 1] in _MARKS:
                    right[at - 1] = False
        found[name] = (left, right)
    return found
