"""Where a piece of the generic grammar may begin and end: not where its neighbours would make it part of more."""

from typing import Callable, Dict, Sequence, Tuple

_MARKS = "./-|,'"
_CharacterTest = Callable[[str], bool]


def _never(character: str) -> bool:
    return False


_NEIGHBOURS: Tuple[Tuple[str, _CharacterTest, _CharacterTest], ...] = (
    ("letter", str.isalpha, _never),
    ("digit", str.isdigit, str.isdigit),
    ("alnum", str.isalnum, str.isalnum),
)
"""Sorts of neighbours: what must not touch a piece, and what must not be behind a mark that touches it."""


def find_borders(text: str) -> Dict[str, Tuple[Sequence[bool], Sequence[bool]]]:
    """For each sort of neighbour whether a piece may begin (end) before each position: no such neighbour touches it.

    "letter": no letter. "digit": no digit, nor one behind a mark: in 6/11/2022 the month and year are not a date of
    their own. "alnum": neither letters nor digits: in O6/11/2022 they are not one either.
    """
    count = len(text)
    found: Dict[str, Tuple[Sequence[bool], Sequence[bool]]] = {}
    for name, touches, behind_mark in _NEIGHBOURS:
        left, right = [True] * (count + 1), [True] * (count + 1)
        for at, character in enumerate(text):
            if touches(character):
                left[at + 1] = right[at] = False
            if behind_mark(character):
                if at + 1 < count and text[at + 1] in _MARKS:
                    left[at + 2] = False
                if at and text[at - 1] in _MARKS:
                    right[at - 1] = False
        found[name] = (left, right)
    return found
