"""GS1 element strings as printed beside a symbol: ``(01)09521234543213(17)251200(10)ABC123``.

Lengths: GS1 General Specifications, section 3 (Application Identifier definitions).
"""

from typing import Dict, NamedTuple, Optional

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.automata.nfa import Dfa, Nfa, compiled
from ocr_app.recipes.language.calendar import DIGITS, LETTERS, Setting, gs1_date_tokens, language

TEXT = DIGITS + LETTERS + "-./+*&%'_=!?,:;<>\""
"""The upper-case part of GS1's character set 82, without the brackets that are printed round an AI."""


class Element(NamedTuple):
    """One AI: kind "check" (digits with a check digit), "digits", "text" or "date"; length from ``low`` to ``high``."""

    kind: str
    low: int
    high: int


def _elements() -> Dict[str, Element]:
    found = {"00": Element("check", 18, 18), "01": Element("check", 14, 14), "02": Element("check", 14, 14)}
    found.update({ai: Element("text", 1, 20) for ai in ("10", "21", "22")})
    found.update({ai: Element("date", 6, 6) for ai in ("11", "12", "13", "15", "16", "17")})
    found.update({"20": Element("digits", 2, 2), "30": Element("digits", 1, 8), "37": Element("digits", 1, 8)})
    found.update({"31{}{}".format(n, d): Element("digits", 6, 6) for n in range(7) for d in range(6)})
    found.update({ai: Element("text", 1, 30) for ai in ("240", "241", "250", "251", "400")})
    found.update({"39{}{}".format(n, d): Element("digits", 1, 15) for n in (0, 2) for d in range(4)})
    return found


ELEMENTS = _elements()


def element(ai: str) -> Element:
    """What follows an AI. Raises RecipeError."""
    if ai not in ELEMENTS:
        raise RecipeError("unknown or unsupported AI: {!r}".format(ai), ", ".join(sorted(ELEMENTS)))
    return ELEMENTS[ai]


def data(ai: str, setting: Setting, low: Optional[int] = None, high: Optional[int] = None, signs: str = TEXT) -> Dfa:
    """The automaton of the data behind an AI; ``low``, ``high`` and ``signs`` narrow a text or a number."""
    kind, least, most = element(ai)
    if kind == "date":
        return language(gs1_date_tokens(), setting)
    if kind == "check":
        return checked_digits(least)
    low, high = low or least, high or most
    if not least <= low <= high <= most:
        raise RecipeError("AI {}: length {}-{}".format(ai, low, high), "within {}-{}".format(least, most))
    nfa = Nfa()
    start = nfa.state()
    return compiled(nfa, start, nfa.chars(start, signs if kind == "text" else DIGITS, low=low, high=high))


def checked_digits(length: int) -> Dfa:
    """All numbers of ``length`` digits whose last is the check digit.

    Section 7.9: weights 3, 1, 3, ... from the right, the sum with the check digit a multiple of ten.
    """
    nfa = Nfa()
    sums = {0: nfa.state()}
    start = sums[0]
    for place in range(length):
        weight = 1 if (length - place) % 2 else 3
        following: Dict[int, int] = {}
        for total, state in sums.items():
            for digit in range(10):
                value = (total + weight * digit) % 10
                if value not in following:
                    following[value] = nfa.state()
                nfa.arcs[state].append((str(digit), following[value]))
        sums = following
    return compiled(nfa, start, sums[0])


def check_digit_fits(number: str) -> bool:
    """Whether the last digit is the check digit of the others."""
    weights = [1 if place % 2 == 0 else 3 for place in range(len(number))]
    return number.isdigit() and sum(w * int(d) for w, d in zip(weights, reversed(number))) % 10 == 0
