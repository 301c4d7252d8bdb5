"""What a text means under a pattern: the parts of a date and time that it prints."""

import re
from functools import lru_cache
from typing import Any, Callable, Dict, NamedTuple, Optional, Tuple

from ocr_app.recipes.language.patterns.automaton import PatternSettings, pattern_automaton
from ocr_app.recipes.language.patterns.calendars import BUDDHIST_AHEAD, year_of_era
from ocr_app.recipes.language.patterns.tokens import NUMBERS, PatternToken, Tokens
from ocr_app.recipes.language.patterns.vocabulary import month_names, month_number, unaccented


class PartialDateTime(NamedTuple):
    """The parts of a date and time that a text prints; the others are None.

    ``year`` is of the Common Era and has ``year_digits`` digits: 1, 2 or 4; where a letter was printed for it,
    ``year_choices`` are the years that it may mean. ``day`` 0 is GS1's last day of the month, ``hour`` 24 the end of
    the day. ``weekday``: 1 is Monday, 7 Sunday, of ``week``.
    """

    year: Optional[int] = None
    month: Optional[int] = None
    day: Optional[int] = None
    day_of_year: Optional[int] = None
    hour: Optional[int] = None
    minute: Optional[int] = None
    second: Optional[int] = None
    week: Optional[int] = None
    year_digits: int = 0
    weekday: Optional[int] = None
    year_choices: Tuple[int, ...] = ()


def parse_text(tokens: Tokens, settings: PatternSettings, text: str) -> Optional[PartialDateTime]:
    """What a text means under a pattern, with or without accents; None where it does not match it."""
    automaton = pattern_automaton(tokens, settings)
    text = text if automaton.accepts(text) else unaccented(text)
    if not automaton.accepts(text):
        return None
    found = _expression(tokens, settings).match(text)
    if not found:
        return None
    values = {part: value for part, value in found.groupdict().items() if value is not None}
    numbers: Dict[str, Any] = {}
    for part, read in _READERS.items():
        if part in values:
            numbers.update(read(values.pop(part), settings))
    meridiem = values.pop("meridiem", None)
    numbers.update((part, int(value)) for part, value in values.items())
    if meridiem:
        numbers["hour"] = numbers["hour"] % 12 + (12 if meridiem == "PM" else 0)
    if "year" in values:
        numbers["year_digits"] = len(values["year"])
    return PartialDateTime(**numbers)


def _buddhist(text: str, settings: PatternSettings) -> Dict[str, Any]:
    year = int(text) - BUDDHIST_AHEAD
    return {"year": year if len(text) == 4 else year % 100, "year_digits": len(text)}


def _letter(text: str, settings: PatternSettings) -> Dict[str, Any]:
    place, cycle = settings.year_letters.index(text), len(settings.year_letters)
    years = range(settings.first_year, settings.last_year + 1)
    choices = tuple(year for year in years if (year - settings.year_letters_from) % cycle == place)
    return {"year": choices[0], "year_choices": choices}


_READERS: Dict[str, Callable[[str, PatternSettings], Dict[str, Any]]] = {
    "month_name": lambda text, settings: {"month": month_number(text)},
    "month_letter": lambda text, settings: {"month": settings.month_letters.index(text) + 1},
    "year_letter": _letter,
    "era": lambda text, settings: {"year": year_of_era(text[0], int(text[1:])), "year_digits": 4},
    "buddhist": _buddhist,
}
"""From the text of a group that is not a plain number to parts of a date."""


@lru_cache(maxsize=None)
def _expression(tokens: Tokens, settings: PatternSettings) -> "re.Pattern[str]":
    """A regular expression that splits a text into its parts. It does not check them: the automaton has done that."""
    return re.compile("".join(_token_expression(token, settings) for token in tokens) + "$")


_GROUPS = {
    "shift": ".",
    "year-letter": "(?P<year_letter>.)",
    "month-letter": "(?P<month_letter>.)",
    "meridiem": "(?P<meridiem>AM|PM)",
    "era1": "(?P<era>[A-Z][0-9]{1,2})",
    "era2": "(?P<era>[A-Z][0-9]{2})",
    "buddhist2": "(?P<buddhist>[0-9]{2})",
    "buddhist4": "(?P<buddhist>[0-9]{4})",
}


def _token_expression(token: PatternToken, settings: PatternSettings) -> str:
    if token.kind == "separator":
        return "[^A-Z0-9]?"
    if token.kind == "set":
        return "[{}]".format(re.escape(token.characters))
    if token.kind in _GROUPS:
        return _GROUPS[token.kind]
    if token.is_month_name:
        full = token.kind == "month-full"
        names = sorted({name for m in range(1, 13) for name in month_names(m, full, settings.languages)}, key=len)
        return "(?P<month_name>{})".format("|".join(reversed(names)))
    part, width = NUMBERS[token.kind]
    return "(?P<{}>[0-9]{{{}}})".format(part, width or "1,2")
