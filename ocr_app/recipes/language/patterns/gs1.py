"""GS1 element strings as printed beside a symbol: ``(01)09521234543213(17)251200(10)ABC123``.

Lengths: GS1 General Specifications, section 3 (Application Identifier definitions).
"""

from typing import Dict, NamedTuple, Optional

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.automata import Dfa, Nfa, minimise
from ocr_app.recipes.language.patterns.automaton import PatternSettings, pattern_automaton
from ocr_app.recipes.language.patterns.tokens import DIGITS, LETTERS, gs1_date_tokens

TEXT_CHARACTERS = DIGITS + LETTERS + "-./+*&%'_=!?,:;<>\""
"""The upper-case part of GS1's character set 82, without the brackets that are printed around an AI."""


class Gs1Element(NamedTuple):
    """The data after one application identifier (AI), from ``low`` to ``high`` characters.

    ``kind``: "check" (digits with a check digit), "digits", "text" or "date".
    """

    kind: str
    low: int
    high: int


def _elements() -> Dict[str, Gs1Element]:
    found = {ai: Gs1Element("check", length, length) for ai, length in (("00", 18), ("01", 14), ("02", 14))}
    found.update({ai: Gs1Element("text", 1, 20) for ai in ("10", "21", "22")})
    found.update({ai: Gs1Element("date", 6, 6) for ai in ("11", "12", "13", "15", "16", "17")})
    found.update({"20": Gs1Element("digits", 2, 2), "30": Gs1Element("digits", 1, 8), "37": Gs1Element("digits", 1, 8)})
    found.update({"31{}{}".format(n, d): Gs1Element("digits", 6, 6) for n in range(7) for d in range(6)})
    found.update({ai: Gs1Element("text", 1, 30) for ai in ("240", "241", "250", "251", "400")})
    found.update({"39{}{}".format(n, d): Gs1Element("digits", 1, 15) for n in (0, 2) for d in range(4)})
    return found


ELEMENTS = _elements()
"""The elements by AI."""


def find_element(ai: str) -> Gs1Element:
    """The element of an AI. Raises RecipeError."""
    if ai not in ELEMENTS:
        raise RecipeError("unknown or unsupported AI: {!r}".format(ai), ", ".join(sorted(ELEMENTS)))
    return ELEMENTS[ai]


def element_automaton(ai: str, settings: PatternSettings, low: Optional[int] = None, high: Optional[int] = None) -> Dfa:
    """The automaton of the data after an AI. ``low`` and ``high`` narrow the length. Raises RecipeError."""
    kind, least, most = find_element(ai)
    if kind == "date":
        return pattern_automaton(gs1_date_tokens(), settings)
    if kind == "check":
        return check_digit_automaton(least)
    low, high = low or least, high or most
    if not least <= low <= high <= most:
        raise RecipeError("AI {}: length {}-{}".format(ai, low, high), "within {}-{}".format(least, most))
    nfa = Nfa()
    start = nfa.add_state()
    characters = TEXT_CHARACTERS if kind == "text" else DIGITS
    return minimise(nfa, start, nfa.add_repetition(start, characters, low=low, high=high))


def check_digit_automaton(length: int) -> Dfa:
    """All numbers of ``length`` digits whose last one is the check digit.

    General Specifications, section 7.9: weights 3, 1, 3, ... from the right; the sum including the check digit is a
    multiple of ten.
    """
    nfa = Nfa()
    sums = {0: nfa.add_state()}
    start = sums[0]
    for position in range(length):
        weight = 1 if (length - position) % 2 else 3
        following: Dict[int, int] = {}
        for total, state in sums.items():
            for digit in range(10):
                value = (total + weight * digit) % 10
                if value not in following:
                    following[value] = nfa.add_state()
                nfa.add_arc(state, str(digit), following[value])
        sums = following
    return minimise(nfa, start, sums[0])
