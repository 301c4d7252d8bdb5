"""Minimal automata that share their states: states with equal futures are one state."""

from typing import Dict, List, Optional, Sequence, Set, Tuple

from ocr_app.recipes.automata.determinisation import determinise
from ocr_app.recipes.automata.dfa import Dfa
from ocr_app.recipes.automata.nfa import Nfa


class StateRegistry:
    """The states of all minimal automata that were registered. The targets of a state have lower numbers.

    ``arcs[s]`` maps a character to a state; ``final[s]`` tells whether a text may end in state ``s``.
    """

    def __init__(self) -> None:
        self.arcs: List[Dict[str, int]] = []
        self.final: List[bool] = []
        self._known: Dict[Tuple[bool, Tuple[Tuple[str, int], ...]], int] = {}

    def register(self, nfa: Nfa, start: int, end: int) -> int:
        """Determinises and minimises an automaton; returns its start state.

        Raises RecipeError when the automaton grows too large (see ``determinise``).
        """
        automaton = determinise(nfa, start)
        states: Dict[int, int] = {}
        for number in reversed(automaton.topological_order()):
            arcs = {character: states[target] for character, target in automaton.arcs[number].items()}
            useful = {character: target for character, target in arcs.items() if target != self._dead_state()}
            states[number] = self._intern(end in automaton.subsets[number], useful)
        return states[0]

    def _intern(self, final: bool, arcs: Dict[str, int]) -> int:
        """The state with this future, made where there is none yet."""
        key = (final, tuple(sorted(arcs.items())))
        if key not in self._known:
            self._known[key] = len(self.arcs)
            self.arcs.append(arcs)
            self.final.append(final)
        return self._known[key]

    def _dead_state(self) -> int:
        return self._intern(False, {})

    def accepts(self, start: int, text: str) -> bool:
        """Whether the whole text leads from ``start`` to a final state."""
        state = self.state_after(start, text)
        return state is not None and self.final[state]

    def state_after(self, start: int, text: str) -> Optional[int]:
        """The state that a text leads to from ``start``; None where it is not allowed."""
        state = start
        for character in text:
            target = self.arcs[state].get(character)
            if target is None:
                return None
            state = target
        return state

    def states_from(self, start: int) -> Set[int]:
        """The states that follow a state, itself included."""
        seen, waiting = {start}, [start]
        while waiting:
            new = set(self.arcs[waiting.pop()].values()) - seen
            seen |= new
            waiting += new
        return seen

    def holds(self, start: int, part: str, alike: Sequence[str] = ()) -> bool:
        """Whether some text from a state holds this part, spaces left aside.

        ``alike``: sets of characters that stand for each other.
        """
        states = self._past_spaces(self.states_from(start))
        for character in part.replace(" ", ""):
            same = {each for group in alike if character in group for each in group} | {character}
            arcs = [self.arcs[state] for state in states]
            states = self._past_spaces({own[each] for own in arcs for each in same if each in own})
        return bool(states)

    def _past_spaces(self, states: Set[int]) -> Set[int]:
        """The states, and those behind a space."""
        return states | {self.arcs[state][" "] for state in states if " " in self.arcs[state]}

    def text_lengths(self, roots: Sequence[int]) -> Dict[int, Tuple[int, int]]:
        """The fewest and the most characters of the texts from each root, not counting spaces."""
        known: Dict[int, Tuple[int, int]] = {}
        for state, arcs in enumerate(self.arcs):
            ways = [(int(c != " ") + known[t][0], int(c != " ") + known[t][1]) for c, t in arcs.items()]
            ways += [(0, 0)] if self.final[state] or not ways else []
            known[state] = (min(way[0] for way in ways), max(way[1] for way in ways))
        return {root: known[root] for root in roots}

    def automaton(self, start: int) -> Dfa:
        """The automaton from ``start``. It keeps the registry's state numbers."""
        return Dfa(tuple(self.arcs), tuple(self.final), start)


def minimise(nfa: Nfa, start: int, end: int) -> Dfa:
    """The minimal deterministic automaton of the texts from ``start`` to ``end``. Raises RecipeError."""
    registry = StateRegistry()
    return registry.automaton(registry.register(nfa, start, end))


def with_optional_spaces(automaton: Dfa) -> Dfa:
    """The same texts with a space allowed between any two characters."""
    nfa = Nfa()
    states = [nfa.add_state() for _ in automaton.arcs]
    end = nfa.add_state()
    for number, arcs in enumerate(automaton.arcs):
        after_space = nfa.add_state()
        if number != automaton.start:
            nfa.add_arc(states[number], " ", after_space)
        for character, target in arcs.items():
            nfa.add_arc(states[number], character, states[target])
            nfa.add_arc(after_space, character, states[target])
        if automaton.final[number]:
            nfa.add_epsilon(states[number], end)
    return minimise(nfa, states[automaton.start], end)
