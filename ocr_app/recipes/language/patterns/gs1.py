"""GS1 element strings as printed beside a symbol: ``(01)09521234543213(17)251200(10)ABC123``.

The table of application identifiers (AI) is data, with its source: data/gs1.json.
"""

import re
from functools import lru_cache
from typing import Dict, NamedTuple, Optional, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.core.paths import load_data
from ocr_app.recipes.automata import Dfa, Nfa, minimise
from ocr_app.recipes.language.patterns.automaton import PatternSettings, pattern_automaton
from ocr_app.recipes.language.patterns.check_digits import mod10_automaton
from ocr_app.recipes.language.patterns.tokens import DIGITS, LETTERS, PatternToken, Tokens, gs1_date_tokens

TEXT_CHARACTERS = DIGITS + LETTERS + "-./+*&%'_=!?,:;<>\""
"""The upper-case part of GS1's character set 82, without the brackets that are printed around an AI."""
_SETS = {"N": DIGITS, "X": TEXT_CHARACTERS, "Y": DIGITS + LETTERS + "#-/", "A": LETTERS, "B": "01", "-": "-", "0": "0"}
_PART = re.compile(r"(?P<set>[NXYAB0-])(?P<counts>(?:\.\.)?\d*(?:-\d+)?)(?P<check>c?)(?P<optional>\??)$")
_DATE = (PatternToken("year2"), PatternToken("month2"), PatternToken("day2"))
_CLOCK = (PatternToken("hour"), PatternToken("minute"))
_TOKENS: Dict[str, Tokens] = {
    "date": _DATE, "date0": gs1_date_tokens(), "time": _CLOCK, "time99": _CLOCK, "hour": _CLOCK[:1],
    "minute": _CLOCK[1:], "second": (PatternToken("second"),),
}  # fmt: skip


class Gs1Part(NamedTuple):
    """A part of the data: a key of the tokens of dates and times, "check", or a set of characters with its count."""

    kind: str
    characters: str = ""
    low: int = 0
    high: int = 0
    optional: bool = False


class Gs1Element(NamedTuple):
    """The data after one application identifier, in parts, and GS1's title of it ("USE BY or EXPIRY").

    ``kind``: "check" (digits with a check digit), "digits", "text" or "date", by its first part; ``low`` and ``high``:
    the fewest and the most characters.
    """

    kind: str
    low: int
    high: int
    title: str
    parts: Tuple[Gs1Part, ...]


@lru_cache(maxsize=None)
def elements() -> Dict[str, Gs1Element]:
    """The elements by AI."""
    return {ai: _element(entry["parts"], entry["title"]) for ai, entry in load_data("gs1.json")["elements"].items()}


def _element(text: str, title: str) -> Gs1Element:
    parts = tuple(_part(word) for word in text.split())
    kind = "date" if parts[0].kind in _TOKENS else parts[0].kind
    low = sum(part.low for part in parts if not part.optional)
    return Gs1Element(kind, low, sum(part.high for part in parts), title, parts)


def _part(word: str) -> Gs1Part:
    plain, optional = word.rstrip("?"), word.endswith("?")
    if plain in _TOKENS:
        size = sum(2 for _ in _TOKENS[plain])
        return Gs1Part(plain, "", size, size, optional)
    found = _PART.match(word)
    assert found, word
    counts = found.group("counts")
    numbers = [int(number) for number in re.findall(r"\d+", counts)] or [1]
    low = 1 if counts.startswith("..") else numbers[0]
    kind = "check" if found.group("check") else "digits" if found.group("set") in "NB0" else "text"
    return Gs1Part(kind, _SETS[found.group("set")], low, numbers[-1], optional)


def find_element(ai: str) -> Gs1Element:
    """The element of an AI. Raises RecipeError."""
    found = elements().get(ai)
    if found is None:
        near = ", ".join(sorted(known for known in elements() if known[:1] == ai[:1])) or "two to four digits"
        raise RecipeError("unknown or unsupported AI: {!r}".format(ai), near)
    return found


def date_patterns(ai: str) -> Tuple[Tokens, ...]:
    """How the data of an AI is a date and time, with and without its optional parts; () for other data."""
    parts = find_element(ai).parts
    if not all(part.kind in _TOKENS for part in parts) or len({part.kind for part in parts}) < len(parts):
        return ()
    needed = sum(not part.optional for part in parts)
    lengths = range(needed, len(parts) + 1)
    return tuple(tuple(token for part in parts[:count] for token in _TOKENS[part.kind]) for count in lengths)


def element_automaton(ai: str, settings: PatternSettings, low: Optional[int] = None, high: Optional[int] = None) -> Dfa:
    """The automaton of the data after an AI. ``low`` and ``high`` narrow the length. Raises RecipeError."""
    element = find_element(ai)
    if low is not None and high is not None and not element.low <= low <= high <= element.high:
        found = "AI {}: length {}-{}".format(ai, low, high)
        raise RecipeError(found, "within {}-{}".format(element.low, element.high))
    parts = element.parts
    if low is not None and high is not None and len(parts) == 1:
        parts = (parts[0]._replace(low=low, high=high),)
    nfa = Nfa()
    start = state = nfa.add_state()
    end = nfa.add_state()
    for part in parts:
        if part.optional:
            nfa.add_epsilon(state, end)  # what follows an optional part is optional too
        state = _add_part(nfa, state, part, settings)
    nfa.add_epsilon(state, end)
    return minimise(nfa, start, end)


def _add_part(nfa: Nfa, state: int, part: Gs1Part, settings: PatternSettings) -> int:
    if part.kind in _TOKENS:
        end = nfa.add_automaton(state, pattern_automaton(_TOKENS[part.kind], settings))
        if part.kind == "time99":
            nfa.add_epsilon(nfa.add_text(state, "9999"), end)
        return end
    if part.kind == "check":
        return nfa.add_automaton(state, mod10_automaton(part.high))
    return nfa.add_repetition(state, part.characters, low=part.low, high=part.high)


check_digit_automaton = mod10_automaton
"""All numbers of a length whose last digit is the check digit of GS1."""
