"""What a text means under a pattern: the parts of a date and time that it prints."""

import re
from functools import lru_cache
from typing import NamedTuple, Optional

from ocr_app.recipes.language.patterns.automaton import PatternSettings, pattern_automaton
from ocr_app.recipes.language.patterns.tokens import NUMBERS, PatternToken, Tokens
from ocr_app.recipes.language.patterns.vocabulary import month_names, month_number


class PartialDateTime(NamedTuple):
    """The parts of a date and time that a text prints; the others are None.

    ``year`` has ``year_digits`` digits: 1, 2 or 4. ``day`` 0 is GS1's last day of the month.
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


def parse_text(tokens: Tokens, settings: PatternSettings, text: str) -> Optional[PartialDateTime]:
    """What a text means under a pattern; None when it does not match or names an impossible date."""
    if not pattern_automaton(tokens, settings).accepts(text):
        return None
    found = _expression(tokens, settings).match(text)
    if not found:
        return None
    values = found.groupdict()
    name = values.pop("month_name", None)
    numbers = {part: int(value) for part, value in values.items() if value is not None}
    if name:
        numbers["month"] = month_number(name)
    return PartialDateTime(year_digits=len(values.get("year") or ""), **numbers)


@lru_cache(maxsize=None)
def _expression(tokens: Tokens, settings: PatternSettings) -> "re.Pattern[str]":
    """A regular expression that splits a text into its parts. It does not check them: the automaton has done that."""
    return re.compile("".join(_token_expression(token, settings) for token in tokens) + "$")


def _token_expression(token: PatternToken, settings: PatternSettings) -> str:
    if token.kind == "separator":
        return "[^A-Z0-9]?"
    if token.kind == "set":
        return "[{}]".format(re.escape(token.characters))
    if token.is_month_name:
        full = token.kind == "month-full"
        names = sorted({name for m in range(1, 13) for name in month_names(m, full, settings.languages)}, key=len)
        return "(?P<month_name>{})".format("|".join(reversed(names)))
    part, width = NUMBERS[token.kind]
    return "(?P<{}>[0-9]{{{}}})".format(part, width or "1,2")
