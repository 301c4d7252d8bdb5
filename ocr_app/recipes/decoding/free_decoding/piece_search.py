"""The likeliest line of free text and pieces of the generic grammar: one pass over the characters of the best path.

Each character of the best path may be read as another one, as nothing, or as two of the same, and a character may be
inserted between two of them, each at its cost in log likelihood. Text between pieces stays as the best path has it.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import numpy as np

from ocr_app.recipes.decoding.evidence import BLANK, BestPath, Evidence
from ocr_app.recipes.decoding.free_decoding.borders import find_borders
from ocr_app.recipes.decoding.free_decoding.generic_grammar import GenericGrammar, grammar_for
from ocr_app.recipes.decoding.free_decoding.lattice import Lattice, build_lattice
from ocr_app.recipes.decoding.search import CharacterRun

MIN_CHARACTERS_PER_CHANGE = 2  # of a piece with two changes or more; one character may be changed in any piece


class PieceReading(NamedTuple):
    """A line with its pieces. ``in_piece``: for each run whether it belongs to one.

    ``worth``: of the pieces that differ from the best path, 0 when none does.
    """

    runs: Tuple[CharacterRun, ...]
    in_piece: Tuple[bool, ...]
    worth: float


def find_pieces(evidence: Evidence, best_path: BestPath, substitutions: np.ndarray) -> Optional[PieceReading]:
    """The best line under the grammar; None when every character is certain."""
    lattice = build_lattice(evidence, best_path, substitutions) if best_path.labels else None
    if lattice is None:
        return None
    return _PieceSearch(lattice, best_path, grammar_for(evidence.characters)).reading()


_PieceToken = Tuple[float, Any, int, int]
"""Value (worth of what came before, less costs), steps (a chain), position of the piece's start, number of changes."""

_PieceTokens = Dict[int, _PieceToken]
"""By index of the kind * states + state."""

_BackPointer = Optional[Tuple[int, int, Any, int]]
"""The piece that ends at a position: where it began, its kind's index, its steps, its changes. None: no piece."""


class _PieceSearch:
    """Viterbi over positions: ``best[j]`` is the value of the best line up to position j that no piece crosses."""

    def __init__(self, lattice: Lattice, best_path: BestPath, grammar: GenericGrammar) -> None:
        self.lattice, self.best_path, self.kinds = lattice, best_path, grammar.kinds
        self.targets, self.final = grammar.automaton.targets, grammar.automaton.final
        self.states = len(self.targets)
        self.most = [kind.max_worth for kind in self.kinds]
        self.borders = find_borders(best_path.text)
        self.best: List[Tuple[float, _BackPointer]] = []
        tokens: _PieceTokens = {}
        for position in range(len(lattice.substitutions) + 1):
            if position in lattice.insertions:
                self._insert(tokens, position)
            self._end(tokens, position)
            if position < len(lattice.substitutions):
                self._start(tokens, position)
                tokens = self._step(tokens, position)

    def _start(self, tokens: _PieceTokens, position: int) -> None:
        """Begins pieces at a position where one of their first characters, or none, may be printed."""
        value = self.best[position][0]
        fresh: _PieceTokens = {}
        inserted = self.lattice.insertions.get(position, ())
        labels = [label for label, _ in self.lattice.substitutions[position]]
        for index, kind in enumerate(self.kinds):
            if not kind.follows_keyword and self.borders[kind.left][0][position]:
                first = self.targets[kind.root]
                if inserted or any(label in first or label == BLANK for label in labels):
                    fresh[index * self.states + kind.root] = (value, None, position, 0)
        if inserted:
            self._insert(fresh, position)
        for key, token in fresh.items():
            _keep_better(tokens, key, token)

    def _insert(self, tokens: _PieceTokens, position: int) -> None:
        """Lets tokens pass characters that the best path does not have, as long as it may be worth it.

        Label by label, in the order of the lattice, so that a token may pass several. Only tokens in a state that takes
        a label are looked at: most states take one or two.
        """
        base = self.best[-1][0] if self.best else 0.0
        insertions = self.lattice.insertions[position]
        order = {label: number for number, (label, _, _) in enumerate(insertions)}
        takers: List[List[int]] = [[] for _ in insertions]
        for key in tokens:
            for label in self.targets[key % self.states].keys() & order.keys():
                takers[order[label]].append(key)
        for number, (label, cost, frame) in enumerate(insertions):
            for key, (value, chain, begun, changes) in [(key, tokens[key]) for key in takers[number]]:
                index, state = divmod(key, self.states)
                if cost >= value + self.most[index] - base:
                    continue
                reached = key - state + self.targets[state][label]
                if reached not in tokens:
                    for later in self.targets[reached % self.states].keys() & order.keys():
                        if order[later] > number:
                            takers[order[later]].append(reached)
                _keep_better(tokens, reached, (value - cost, (chain, label, frame, frame), begun, changes + 1))

    def _end(self, tokens: _PieceTokens, position: int) -> None:
        """The best line up to here: the best path's text, or a piece that ends here. Dates begin behind keywords."""
        value = self.best[position - 1][0] if position else 0.0
        back: _BackPointer = None
        for key, token in list(tokens.items()):
            index, state = divmod(key, self.states)
            if not self.final[state]:
                continue
            kind = self.kinds[index]
            if token[0] + kind.worth > value and self.borders[kind.right][1][position] and _mostly_read(token):
                value, back = token[0] + kind.worth, (token[2], index, token[1], token[3])
            if kind.max_worth > kind.worth:
                self._follow_keyword(tokens, token)
        self.best.append((value, back))

    def _follow_keyword(self, tokens: _PieceTokens, token: _PieceToken) -> None:
        for index, kind in enumerate(self.kinds):
            if kind.follows_keyword:
                _keep_better(tokens, index * self.states + kind.root, token)

    def _step(self, tokens: _PieceTokens, position: int) -> _PieceTokens:
        """Moves every token past the character at ``position`` in each possible way, as long as it may be worth it."""
        fresh: _PieceTokens = {}
        options = self.lattice.substitutions[position]
        own, first, last = (
            self.best_path.labels[position],
            self.best_path.first[position],
            self.best_path.last[position],
        )
        base, doubling = self.best[position][0], self.lattice.doublings.get(position)
        for key, (value, chain, begun, changes) in tokens.items():
            index, state = divmod(key, self.states)
            affordable = value + self.most[index] - base
            targets, head = self.targets[state], key - state
            for label, cost in options:
                if cost >= affordable:
                    break
                if label in targets:
                    step = (chain, label, first, last)
                    _keep_better(fresh, head + targets[label], (value - cost, step, begun, changes + (label != own)))
                elif label == BLANK:
                    _keep_better(fresh, key, (value - cost, chain, begun, changes + 1))
            if doubling is not None and own in targets and own in self.targets[targets[own]]:
                cost, blank = doubling
                step = ((chain, own, first, blank - 1), own, blank + 1, last)
                _keep_better(fresh, head + self.targets[targets[own]][own], (value - cost, step, begun, changes + 1))
        return fresh

    def reading(self) -> PieceReading:
        """The best line."""
        runs: List[CharacterRun] = []
        in_piece: List[bool] = []
        position, worth = len(self.best) - 1, 0.0
        while position:
            back = self.best[position][1]
            if back is None:
                position -= 1
                path = self.best_path
                runs.append(CharacterRun(path.labels[position], path.first[position], path.last[position]))
                in_piece.append(False)
                continue
            position, index, chain, changes = back
            worth += self.kinds[index].worth if changes else 0.0
            while chain is not None:
                runs.append(CharacterRun(*chain[1:]))
                in_piece.append(True)
                chain = chain[0]
        return PieceReading(tuple(runs[::-1]), tuple(in_piece[::-1]), worth)


def _keep_better(tokens: _PieceTokens, key: int, token: _PieceToken) -> None:
    known = tokens.get(key)
    if known is None or token[0] > known[0]:
        tokens[key] = token


def _mostly_read(token: _PieceToken) -> bool:
    """Whether enough of a piece is as the best path has it. What is mostly guessed is not a reading."""
    changes, chain, length = token[3], token[1], 0
    if changes < 2:
        return True
    while chain is not None:
        chain, length = chain[0], length + 1
    return bool(changes * MIN_CHARACTERS_PER_CHANGE <= length)
