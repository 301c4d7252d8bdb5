"""The automaton of a line: its fields one after the other, with the spaces that their rules require."""

from typing import List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.recipes.automata import Nfa
from ocr_app.recipes.language.recipe import FieldGroup, LinePart, RecipeField

_SPACE_COUNTS = {"required": (1, 1), "optional": (0, 1), "forbidden": (0, 0), "loose": (0, 1)}


class _Ends(NamedTuple):
    """The states after some parts. Either may be None.

    ``unprinted``: nothing is printed yet, so no space is due; ``printed``: something is.
    """

    unprinted: Optional[int]
    printed: Optional[int]


def build_line(parts: Tuple[LinePart, ...]) -> Tuple[Nfa, int, int, bool]:
    """The automaton of the parts: (automaton, start, end, whether the line may be empty)."""
    nfa = Nfa()
    start, end = nfa.add_state(), nfa.add_state()
    ends = _add_sequence(nfa, parts, _Ends(start, None))
    nfa.add_epsilon(ends.printed if ends.printed is not None else start, end)
    return nfa, start, end, ends.unprinted is not None


def _add_sequence(nfa: Nfa, parts: Sequence[LinePart], ends: _Ends) -> _Ends:
    for part in parts:
        ends = _add_group(nfa, part, ends) if isinstance(part, FieldGroup) else _add_field(nfa, part, ends)
    return ends


def _add_group(nfa: Nfa, group: FieldGroup, before: _Ends) -> _Ends:
    ends = [_add_sequence(nfa, alternative, before) for alternative in group.alternatives]
    if group.optional:
        ends.append(before)
    return _Ends(_merge(nfa, [each.unprinted for each in ends]), _merge(nfa, [each.printed for each in ends]))


def _merge(nfa: Nfa, states: List[Optional[int]]) -> Optional[int]:
    present = [state for state in states if state is not None]
    if len(present) < 2:
        return present[0] if present else None
    end = nfa.add_state()
    for state in present:
        nfa.add_epsilon(state, end)
    return end


def _add_field(nfa: Nfa, field: RecipeField, before: _Ends) -> _Ends:
    start = nfa.add_state()
    if before.unprinted is not None:
        nfa.add_epsilon(before.unprinted, start)
    if before.printed is not None:
        low, high = _SPACE_COUNTS[field.space]
        spaced = nfa.add_repetition(before.printed, " ", low, high) if high else before.printed
        nfa.add_epsilon(spaced, start)
    return _Ends(None, nfa.add_automaton(start, field.automaton))
