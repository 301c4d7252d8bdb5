"""Non-deterministic finite automata, built piece by piece."""

from typing import FrozenSet, Iterable, List, Tuple

from ocr_app.recipes.automata.dfa import Dfa, group_by_target


class Nfa:
    """A non-deterministic automaton under construction.

    States are numbers. ``arcs[s]`` holds (characters, target) pairs; ``epsilon[s]`` holds the targets that are reached
    without a character. The ``add_*`` methods take the state to start from and return the state they end in.
    """

    def __init__(self) -> None:
        self.arcs: List[List[Tuple[str, int]]] = []
        self.epsilon: List[List[int]] = []

    def add_state(self) -> int:
        """Adds a state and returns its number."""
        self.arcs.append([])
        self.epsilon.append([])
        return len(self.arcs) - 1

    def add_arc(self, source: int, characters: str, target: int) -> None:
        """Lets each of ``characters`` lead from ``source`` to ``target``."""
        self.arcs[source].append((characters, target))

    def add_epsilon(self, source: int, target: int) -> None:
        """Lets ``target`` be reached from ``source`` without a character."""
        self.epsilon[source].append(target)

    def add_repetition(self, source: int, characters: str, low: int = 1, high: int = 1) -> int:
        """Adds ``low`` to ``high`` characters out of ``characters``."""
        end = self.add_state()
        state = source
        for count in range(high):
            if count >= low:
                self.add_epsilon(state, end)
            following = self.add_state()
            self.add_arc(state, characters, following)
            state = following
        self.add_epsilon(state, end)
        return end

    def add_text(self, source: int, text: str) -> int:
        """Adds exactly ``text``."""
        state = source
        for character in text:
            state = self.add_repetition(state, character)
        return state

    def add_choice(self, source: int, texts: Iterable[str]) -> int:
        """Adds a choice of one of ``texts``."""
        end = self.add_state()
        for text in texts:
            self.add_epsilon(self.add_text(source, text), end)
        return end

    def add_automaton(self, source: int, automaton: Dfa) -> int:
        """Adds the language of another automaton."""
        copies = [self.add_state() for _ in automaton.arcs]
        end = self.add_state()
        for number, arcs in enumerate(automaton.arcs):
            for target, characters in group_by_target(arcs).items():
                self.add_arc(copies[number], characters, copies[target])
            if automaton.final[number]:
                self.add_epsilon(copies[number], end)
        self.add_epsilon(source, copies[automaton.start])
        return end

    def epsilon_closure(self, states: Iterable[int]) -> FrozenSet[int]:
        """The states and every state that they reach without a character."""
        found = set(states)
        pending = list(found)
        while pending:
            for target in self.epsilon[pending.pop()]:
                if target not in found:
                    found.add(target)
                    pending.append(target)
        return frozenset(found)
