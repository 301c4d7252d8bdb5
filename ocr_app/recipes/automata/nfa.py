"""Finite automata over characters: built as pieces, made deterministic, made small. All of them are free of cycles."""

from typing import Dict, FrozenSet, Iterable, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.core.errors import RecipeError

MAX_STATES = 20000  # beyond this a recipe says so little that decoding under it would be slow and pointless
MAX_WORK = 150000  # states of the non-deterministic automaton looked at, summed over all subsets: about a second


class Nfa:
    """A non-deterministic automaton under construction.

    States are numbers; ``arcs[s]`` holds (characters, target), ``empty[s]`` the targets reached without a character.
    """

    def __init__(self) -> None:
        self.arcs: List[List[Tuple[str, int]]] = []
        self.empty: List[List[int]] = []

    def state(self) -> int:
        """A new state."""
        self.arcs.append([])
        self.empty.append([])
        return len(self.arcs) - 1

    def link(self, source: int, target: int) -> None:
        """``target`` is reached from ``source`` without a character."""
        self.empty[source].append(target)

    def chars(self, source: int, signs: str, low: int = 1, high: int = 1) -> int:
        """From ``low`` to ``high`` characters out of ``signs``; returns the state behind them."""
        end = self.state()
        here = source
        for count in range(high):
            if count >= low:
                self.link(here, end)
            following = self.state()
            self.arcs[here].append((signs, following))
            here = following
        self.link(here, end)
        return end

    def text(self, source: int, text: str) -> int:
        """Exactly ``text``."""
        here = source
        for sign in text:
            here = self.chars(here, sign)
        return here

    def words(self, source: int, words: Iterable[str]) -> int:
        """One of ``words``."""
        end = self.state()
        for word in words:
            self.link(self.text(source, word), end)
        return end

    def dfa(self, source: int, automaton: "Dfa") -> int:
        """The language of another automaton."""
        copies = [self.state() for _ in automaton.arcs]
        end = self.state()
        for number, targets in enumerate(automaton.arcs):
            for target, signs in _by_target(targets).items():
                self.arcs[copies[number]].append((signs, copies[target]))
            if automaton.final[number]:
                self.link(copies[number], end)
        self.link(source, copies[automaton.start])
        return end

    def closure(self, states: Iterable[int]) -> FrozenSet[int]:
        """The states and all that they reach without a character."""
        found = set(states)
        todo = list(found)
        while todo:
            for target in self.empty[todo.pop()]:
                if target not in found:
                    found.add(target)
                    todo.append(target)
        return frozenset(found)


def _by_target(targets: Dict[str, int]) -> Dict[int, str]:
    grouped: Dict[int, List[str]] = {}
    for sign, target in targets.items():
        grouped.setdefault(target, []).append(sign)
    return {target: "".join(signs) for target, signs in grouped.items()}


class Dfa(NamedTuple):
    """A deterministic automaton: ``arcs[s]`` maps a character to a state; every arc leads to a lower number."""

    arcs: Tuple[Dict[str, int], ...]
    final: Tuple[bool, ...]
    start: int

    def accepts(self, text: str) -> bool:
        """Whether the whole text belongs to the language."""
        here = self.start
        for sign in text:
            following = self.arcs[here].get(sign)
            if following is None:
                return False
            here = following
        return self.final[here]


class Registry:
    """States of minimal automata, shared by all that are registered: equal futures are one state."""

    def __init__(self) -> None:
        self.arcs: List[Dict[str, int]] = []
        self.final: List[bool] = []
        self._known: Dict[Tuple[bool, Tuple[Tuple[str, int], ...]], int] = {}

    def put(self, final: bool, arcs: Dict[str, int]) -> int:
        """The state with this future."""
        key = (final, tuple(sorted(arcs.items())))
        if key not in self._known:
            self._known[key] = len(self.arcs)
            self.arcs.append(arcs)
            self.final.append(final)
        return self._known[key]

    def add(self, nfa: Nfa, start: int, end: int) -> int:
        """Determinise and minimise; returns the start state. Raises RecipeError when it grows beyond all use."""
        subsets, order = _subsets(nfa, start)
        made: Dict[int, int] = {}
        for number in reversed(_topological(order)):
            arcs = {sign: made[target] for sign, target in order[number].items()}
            useful = {sign: target for sign, target in arcs.items() if target != self._dead()}
            made[number] = self.put(end in subsets[number], useful)
        return made[0]

    def _dead(self) -> int:
        return self.put(False, {})

    def accepts(self, start: int, text: str) -> bool:
        """Whether the whole text leads from ``start`` to a final state."""
        here: Optional[int] = start
        for sign in text:
            here = self.arcs[here].get(sign)  # type: ignore[index]
            if here is None:
                return False
        return self.final[here]  # type: ignore[index]

    def lengths(self, roots: Sequence[int]) -> Dict[int, Tuple[int, int]]:
        """Fewest and most characters of the texts from each root, spaces not counted."""
        known: Dict[int, Tuple[int, int]] = {}
        for state, arcs in enumerate(self.arcs):  # targets have lower numbers
            ways = [(int(s != " ") + known[t][0], int(s != " ") + known[t][1]) for s, t in arcs.items()]
            ways += [(0, 0)] if self.final[state] or not ways else []
            known[state] = (min(way[0] for way in ways), max(way[1] for way in ways))
        return {root: known[root] for root in roots}

    def view(self, start: int) -> Dfa:
        """The automaton from ``start``, with its own numbering where needed none: states are shared."""
        return Dfa(tuple(self.arcs), tuple(self.final), start)


def _subsets(nfa: Nfa, start: int) -> Tuple[List[FrozenSet[int]], List[Dict[str, int]]]:
    """Subset construction: the subsets and, for each, character -> subset number."""
    first = nfa.closure([start])
    numbers = {first: 0}
    subsets: List[FrozenSet[int]] = [first]
    order: List[Dict[str, int]] = []
    work = 0
    while len(order) < len(subsets):
        targets: Dict[str, List[int]] = {}
        for state in subsets[len(order)]:
            for signs, target in nfa.arcs[state]:
                for sign in signs:
                    targets.setdefault(sign, []).append(target)
        closed: Dict[Tuple[int, ...], int] = {}
        arcs = {}
        for sign, reached in targets.items():
            key = tuple(sorted(set(reached)))
            if key not in closed:
                subset = nfa.closure(key)
                if subset not in numbers:
                    numbers[subset] = len(subsets)
                    subsets.append(subset)
                closed[key] = numbers[subset]
            arcs[sign] = closed[key]
        order.append(arcs)
        work += len(subsets[len(order) - 1])
        if len(subsets) > MAX_STATES or work > MAX_WORK:
            raise RecipeError("the recipe allows too much: more than {} states".format(len(subsets)), "", _NARROWER)
    return subsets, order


_NARROWER = "give lengths and fewer alternatives; `ocr-app recipe check FILE` says what a recipe accepts"


def _topological(order: Sequence[Dict[str, int]]) -> List[int]:
    """Numbers of the subsets, each before its targets (depth first, without recursion)."""
    done: List[int] = []
    seen = set()
    stack: List[Tuple[int, bool]] = [(0, False)]
    while stack:
        number, finished = stack.pop()
        if finished:
            done.append(number)
        elif number not in seen:
            seen.add(number)
            stack.append((number, True))
            stack.extend((target, False) for target in order[number].values() if target not in seen)
    return done[::-1]


def compiled(nfa: Nfa, start: int, end: int) -> Dfa:
    """The minimal automaton of one piece."""
    registry = Registry()
    return registry.view(registry.add(nfa, start, end))


def loosened(automaton: Dfa) -> Dfa:
    """The same texts with a space allowed between any two characters."""
    nfa = Nfa()
    states = [nfa.state() for _ in automaton.arcs]
    end = nfa.state()
    for number, arcs in enumerate(automaton.arcs):
        spaced = nfa.state()
        if number != automaton.start:
            nfa.arcs[states[number]].append((" ", spaced))
        for sign, target in arcs.items():
            nfa.arcs[states[number]].append((sign, states[target]))
            nfa.arcs[spaced].append((sign, states[target]))
        if automaton.final[number]:
            nfa.link(states[number], end)
    return compiled(nfa, states[automaton.start], end)
