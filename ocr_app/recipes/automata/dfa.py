"""Deterministic finite automata."""

from typing import Dict, NamedTuple, Tuple


class Dfa(NamedTuple):
    """A deterministic automaton: ``arcs[s]`` maps a character to a state. Every arc leads to a lower number."""

    arcs: Tuple[Dict[str, int], ...]
    final: Tuple[bool, ...]
    start: int

    def accepts(self, text: str) -> bool:
        """Whether the whole text belongs to the language."""
        state = self.start
        for character in text:
            target = self.arcs[state].get(character)
            if target is None:
                return False
            state = target
        return self.final[state]


def group_by_target(arcs: Dict[str, int]) -> Dict[int, str]:
    """The characters that lead to each target, in the order of the arcs."""
    grouped: Dict[int, str] = {}
    for character, target in arcs.items():
        grouped[target] = grouped.get(target, "") + character
    return grouped
