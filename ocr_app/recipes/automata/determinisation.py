"""Subset construction: from a non-deterministic automaton to a deterministic one."""

from typing import Dict, FrozenSet, List, NamedTuple, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.automata.nfa import Nfa

MAX_STATES = 20000  # a recipe with more allows so much that decoding under it would be slow and pointless
MAX_WORK = 150000  # NFA states visited, summed over all subsets; takes about a second

_ADVICE = "give lengths and fewer alternatives; `ocr-app recipe check FILE` shows what a recipe accepts"


class SubsetAutomaton(NamedTuple):
    """The result of the subset construction. State 0 is the start.

    ``subsets[s]`` holds the NFA states that state ``s`` stands for; ``arcs[s]`` maps characters to states.
    """

    subsets: List[FrozenSet[int]]
    arcs: List[Dict[str, int]]

    def topological_order(self) -> List[int]:
        """The states, each before its targets (depth first, without recursion)."""
        done: List[int] = []
        seen = set()
        stack: List[Tuple[int, bool]] = [(0, False)]
        while stack:
            state, finished = stack.pop()
            if finished:
                done.append(state)
            elif state not in seen:
                seen.add(state)
                stack.append((state, True))
                stack.extend((target, False) for target in self.arcs[state].values() if target not in seen)
        return done[::-1]


def determinise(nfa: Nfa, start: int) -> SubsetAutomaton:
    """Runs the subset construction. Raises RecipeError when the automaton grows beyond ``MAX_STATES``/``MAX_WORK``."""
    first = nfa.epsilon_closure([start])
    numbers = {first: 0}
    result = SubsetAutomaton([first], [])
    work = 0
    while len(result.arcs) < len(result.subsets):
        subset = result.subsets[len(result.arcs)]
        result.arcs.append(_expand(nfa, subset, numbers, result.subsets))
        work += len(subset)
        if len(result.subsets) > MAX_STATES or work > MAX_WORK:
            found = "the recipe allows too much: more than {} states".format(len(result.subsets))
            raise RecipeError(found, "", _ADVICE)
    return result


def _expand(
    nfa: Nfa, subset: FrozenSet[int], numbers: Dict[FrozenSet[int], int], subsets: List[FrozenSet[int]]
) -> Dict[str, int]:
    """The arcs of one subset. Appends the subsets that it reaches first."""
    targets: Dict[str, List[int]] = {}
    for state in subset:
        for characters, target in nfa.arcs[state]:
            for character in characters:
                targets.setdefault(character, []).append(target)
    closed: Dict[Tuple[int, ...], int] = {}
    arcs = {}
    for character, reached in targets.items():
        key = tuple(sorted(set(reached)))
        if key not in closed:
            closure = nfa.epsilon_closure(key)
            if closure not in numbers:
                numbers[closure] = len(subsets)
                subsets.append(closure)
            closed[key] = numbers[closure]
        arcs[character] = closed[key]
    return arcs
