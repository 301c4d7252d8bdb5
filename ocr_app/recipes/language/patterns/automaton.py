"""The automaton of a pattern: every text that names a possible date, time or lot, and no impossible one."""

import calendar
from functools import lru_cache
from typing import Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.recipes.automata import Dfa, Nfa, minimise
from ocr_app.recipes.language.patterns.calendars import BUDDHIST_AHEAD, ERA_DAYS, era_years, weeks_of
from ocr_app.recipes.language.patterns.tokens import NUMBERS, PatternToken, Tokens
from ocr_app.recipes.language.patterns.vocabulary import month_names

SEPARATORS = (".", "/", "-", " ", "|", "")
"""What ``~`` in a date pattern stands for: the same one at each ``~`` of the date."""


class PatternSettings(NamedTuple):
    """What the texts of a pattern depend on besides the pattern.

    ``separators``: what ``~`` stands for. ``year_letters``: the letters that ``<Y>`` of a mask stands for, the first
    one for ``year_letters_from``; after the last one the first one comes again. ``month_letters``: of ``<M>``, January
    first. ``shifts``: of ``<S>``.
    """

    first_year: int = 2000
    last_year: int = 2099
    languages: Tuple[str, ...] = ("en",)
    separators: Tuple[str, ...] = SEPARATORS
    year_letters: str = ""
    year_letters_from: int = 0
    month_letters: str = "ABCDEFGHIJKL"
    shifts: str = "ABC"


class _DateClass(NamedTuple):
    """Parts of dates and times that combine freely. Empty or None where the pattern does not print that part.

    ``leap``, ``long``: whether years are leap years, and whether they have a week 53. ``hours``: of the day; 24 is
    alone, with no minutes: the end of the day.
    """

    days: Tuple[int, ...]
    months: Tuple[int, ...]
    leap: Optional[bool]
    weeks: Tuple[int, ...] = ()
    long: Optional[bool] = None
    hours: Tuple[int, ...] = ()

    def has(self, year: int) -> bool:
        """Whether the class contains this year."""
        return self.leap in (None, calendar.isleap(year)) and self.long in (None, weeks_of(year) == _LAST_WEEK)


_LAST_WEEK = 53
_DAY_CLASSES = (tuple(range(1, 29)), (29,), (30,), (31,))
_MONTH_CLASSES = ((2,), (4, 6, 9, 11), (1, 3, 5, 7, 8, 10, 12))
_HOURS = (tuple(range(24)), (24,))
_HOURS_OF_HALVES = (tuple(range(1, 13)),)  # 12 AM is midnight, 12 PM noon
_LONG_MONTHS = (1, 3, 5, 7, 8, 10, 12)


def _date_classes(parts: List[str], eras: bool) -> Iterator[_DateClass]:
    """Every consistent combination: never 30 February; 29 February in leap years or where no year is printed.

    ``eras``: years are those of an era, which may begin inside a year.
    """
    month_classes = tuple((month,) for month in range(1, 13)) if eras else _MONTH_CLASSES
    day_classes = ERA_DAYS if eras else _DAY_CLASSES
    months = month_classes if "month" in parts else ((),)
    leaps: Tuple[Optional[bool], ...] = (True, False) if "year" in parts else (None,)
    for leap in leaps:
        for month in months:
            for days in day_classes if "day" in parts else ((),):
                longest = 29 if month == (2,) else 31 if not month or month[0] in _LONG_MONTHS else 30
                if days and (days[-1] > longest or (month == (2,) and days == (29,) and leap is False)):
                    continue
                for each in _week_classes(parts, _DateClass(days, month, leap)):
                    for hours in _HOURS_OF_HALVES if "meridiem" in parts else _HOURS if "hour" in parts else ((),):
                        yield each._replace(hours=hours)


def _week_classes(parts: List[str], date_class: _DateClass) -> Iterator[_DateClass]:
    """Week 53 in years that have it, and where no year is printed."""
    if "week" not in parts:
        yield date_class
        return
    yield date_class._replace(weeks=tuple(range(1, _LAST_WEEK)))
    yield date_class._replace(weeks=(_LAST_WEEK,), long=True if "year" in parts else None)


@lru_cache(maxsize=None)
def pattern_automaton(tokens: Tokens, settings: PatternSettings) -> Dfa:
    """The minimal automaton of all texts of a pattern that name a possible date, time or lot."""
    nfa = Nfa()
    start, end = nfa.add_state(), nfa.add_state()
    parts = [token.part for token in tokens]
    separators = settings.separators if any(token.kind == "separator" for token in tokens) else ("",)
    for separator in separators:
        for date_class in _date_classes(parts, any(token.kind in ("era1", "era2") for token in tokens)):
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
    if token.kind in _LETTER_TEXTS:
        return _LETTER_TEXTS[token.kind](settings, date_class)
    part, width = NUMBERS[token.kind]
    if part == "year":
        ahead = BUDDHIST_AHEAD if token.kind.startswith("buddhist") else 0
        return [str(year + ahead)[-width:] for year in _years(settings, date_class)]
    texts = [str(value).zfill(width) for value in _values(date_class)[part]]
    return texts + ["00"] if token.kind == "gs1-day" and 1 in date_class.days else texts


def _years(settings: PatternSettings, date_class: _DateClass) -> List[int]:
    return [year for year in range(settings.first_year, settings.last_year + 1) if date_class.has(year)]


def _era_texts(width: int) -> "Callable[[PatternSettings, _DateClass], List[str]]":
    def texts(settings: PatternSettings, date_class: _DateClass) -> List[str]:
        found = [
            each
            for year in _years(settings, date_class)
            for each in era_years(year, date_class.months, date_class.days)
        ]
        return [letter + str(number).zfill(width) for letter, number in found]

    return texts


_LETTER_TEXTS: Dict[str, Callable[[PatternSettings, _DateClass], List[str]]] = {
    "era1": _era_texts(1),
    "era2": _era_texts(2),
    "year-letter": lambda settings, date_class: [
        settings.year_letters[(year - settings.year_letters_from) % len(settings.year_letters)]
        for year in _years(settings, date_class)
    ],
    "month-letter": lambda settings, date_class: [settings.month_letters[month - 1] for month in date_class.months],
    "shift": lambda settings, date_class: list(settings.shifts),
    "meridiem": lambda settings, date_class: ["AM", "PM"],
}
"""The texts of the kinds of tokens that are letters."""


def _values(date_class: _DateClass) -> Dict[str, List[int]]:
    return {
        "day": list(date_class.days),
        "month": list(date_class.months),
        "day_of_year": list(range(1, 366 if date_class.leap is False else 367)),
        "week": list(date_class.weeks),
        "weekday": list(range(1, 8)),
        "hour": list(date_class.hours),
        "minute": [0] if date_class.hours == (24,) else list(range(60)),
        "second": [0] if date_class.hours == (24,) else list(range(60)),
    }
