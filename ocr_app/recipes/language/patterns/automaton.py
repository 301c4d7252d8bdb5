"""The automaton of a pattern: every text that names a possible date, time or lot, and no impossible one."""

import calendar
from functools import lru_cache
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.recipes.automata import Dfa, Nfa, minimise
from ocr_app.recipes.language.patterns.tokens import NUMBERS, PatternToken, Tokens
from ocr_app.recipes.language.patterns.vocabulary import month_names

SEPARATORS = (".", "/", "-", " ", "|", "")
"""What ``~`` in a date pattern stands for: the same one at each ``~`` of the date."""


class PatternSettings(NamedTuple):
    """What the texts of a pattern depend on besides the pattern. ``separators``: what ``~`` stands for."""

    first_year: int = 2000
    last_year: int = 2099
    languages: Tuple[str, ...] = ("en",)
    separators: Tuple[str, ...] = SEPARATORS


class _DateClass(NamedTuple):
    """Days, months and years that combine freely. Empty or None where the pattern does not print that part."""

    days: Tuple[int, ...]
    months: Tuple[int, ...]
    leap: Optional[bool]


_DAY_CLASSES = (tuple(range(1, 29)), (29,), (30,), (31,))
_MONTH_CLASSES = ((2,), (4, 6, 9, 11), (1, 3, 5, 7, 8, 10, 12))


def _date_classes(parts: List[str]) -> Iterator[_DateClass]:
    """Every consistent combination: never 30 February; 29 February in leap years or where no year is printed."""
    months = _MONTH_CLASSES if "month" in parts else ((),)
    leaps: Tuple[Optional[bool], ...] = (True, False) if "year" in parts else (None,)
    for leap in leaps:
        for month in months:
            for days in _DAY_CLASSES if "day" in parts else ((),):
                longest = 31 if month in ((), _MONTH_CLASSES[2]) else 30 if month == _MONTH_CLASSES[1] else 29
                if days and (days[-1] > longest or (month == (2,) and days == (29,) and leap is False)):
                    continue
                yield _DateClass(days, month, leap)


@lru_cache(maxsize=None)
def pattern_automaton(tokens: Tokens, settings: PatternSettings) -> Dfa:
    """The minimal automaton of all texts of a pattern that name a possible date, time or lot."""
    nfa = Nfa()
    start, end = nfa.add_state(), nfa.add_state()
    parts = [token.part for token in tokens]
    separators = settings.separators if any(token.kind == "separator" for token in tokens) else ("",)
    for separator in separators:
        for date_class in _date_classes(parts):
            state = start
            for token in tokens:
                state = _add_token(nfa, state, token, date_class, settings, separator)
            nfa.add_epsilon(state, end)
    return minimise(nfa, start, end)


def _add_token(
    nfa: Nfa, source: int, token: PatternToken, date_class: _DateClass, settings: PatternSettings, separator: str
) -> int:
    if token.kind == "separator":
        return nfa.add_text(source, separator) if separator else source
    if token.kind == "set":
        return nfa.add_repetition(source, token.characters)
    texts = tuple(sorted(set(_token_texts(token, date_class, settings))))
    return nfa.add_automaton(source, _choice_automaton(texts))


@lru_cache(maxsize=None)
def _choice_automaton(texts: Tuple[str, ...]) -> Dfa:
    nfa = Nfa()
    start = nfa.add_state()
    return minimise(nfa, start, nfa.add_choice(start, texts))


def _token_texts(token: PatternToken, date_class: _DateClass, settings: PatternSettings) -> List[str]:
    """What a token may print within one class of dates."""
    if token.is_month_name:
        full = token.kind == "month-full"
        return [name for month in date_class.months for name in month_names(month, full, settings.languages)]
    part, width = NUMBERS[token.kind]
    if part == "year":
        years = range(settings.first_year, settings.last_year + 1)
        return [str(year)[-width:] for year in years if calendar.isleap(year) == date_class.leap]
    texts = [str(value).zfill(width) for value in _values(date_class)[part]]
    return texts + ["00"] if token.kind == "gs1-day" and 1 in date_class.days else texts


def _values(date_class: _DateClass) -> Dict[str, List[int]]:
    return {
        "day": list(date_class.days),
        "month": list(date_class.months),
        "day_of_year": list(range(1, 366 if date_class.leap is False else 367)),
        "week": list(range(1, 54)),
        "hour": list(range(24)),
        "minute": list(range(60)),
        "second": list(range(60)),
    }
