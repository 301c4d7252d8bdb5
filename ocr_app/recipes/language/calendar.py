"""Patterns of dates, times and lots: their languages without impossible dates, and what a text in them means."""

import calendar
import re
from functools import lru_cache
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.automata.nfa import Dfa, Nfa, compiled
from ocr_app.recipes.language.vocabulary import words

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SEPARATORS = (".", "/", "-", " ", "|", "")
"""What ``~`` in a date pattern stands for: the same one at each ``~`` of the date."""

MONTHS: Dict[str, Tuple[Tuple[str, ...], ...]] = {
    language: tuple(tuple(names) for names in months) for language, months in words()["months"].items()
}
"""Month names as printers abbreviate them, by language, January first; no two languages contradict each other."""

FULL_MONTHS: Dict[str, Tuple[str, ...]] = {language: tuple(names) for language, names in words()["full_months"].items()}


class Token(NamedTuple):
    """``kind`` is a key of ``_NUMBERS``, "month-name", "month-full", "separator", or "set" (one of ``signs``)."""

    kind: str
    signs: str = ""


class Setting(NamedTuple):
    """What the language of a pattern depends on besides the pattern."""

    first_year: int = 2000
    last_year: int = 2099
    languages: Tuple[str, ...] = ("en",)
    separators: Tuple[str, ...] = SEPARATORS


class Moment(NamedTuple):
    """What a text says of a point in time; parts that it does not say are None. ``year`` may have 1, 2 or 4 digits."""

    year: Optional[int] = None
    month: Optional[int] = None
    day: Optional[int] = None
    day_of_year: Optional[int] = None
    hour: Optional[int] = None
    minute: Optional[int] = None
    second: Optional[int] = None
    week: Optional[int] = None
    year_digits: int = 0


_DATE_WORDS = (
    ("YYYY", "year4"), ("YY", "year2"), ("MMMM", "month-full"), ("MMM", "month-name"), ("MM", "month2"),
    ("M", "month1"), ("DDD", "day-of-year"), ("DD", "day2"), ("D", "day1"), ("WW", "week"),
)  # fmt: skip
_TIME_WORDS = (("HH", "hour"), ("MM", "minute"), ("SS", "second"))
_MASK_WORDS = (
    ("YYYY", "year4"), ("YY", "year2"), ("Y", "year1"), ("DDD", "day-of-year"), ("DD", "day2"), ("MM", "month2"),
    ("WW", "week"), ("HH", "hour"), ("NN", "minute"),
)  # fmt: skip
_MASK_SETS = {"A": LETTERS, "9": DIGITS, "X": DIGITS + LETTERS}
_STRFTIME = {
    "%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY", "%b": "MMM", "%B": "MMMM", "%j": "DDD", "%-d": "D", "%-m": "M",
}  # fmt: skip
_NUMBERS = {
    "year4": ("year", 4), "year2": ("year", 2), "year1": ("year", 1), "month2": ("month", 2), "month1": ("month", 0),
    "day2": ("day", 2), "day1": ("day", 0), "day-of-year": ("day_of_year", 3), "week": ("week", 2),
    "hour": ("hour", 2), "minute": ("minute", 2), "second": ("second", 2),
}  # fmt: skip
_GSONE_DAY = "day-or-00"


@lru_cache(maxsize=None)
def date_tokens(pattern: str) -> Tuple[Token, ...]:
    """Tokens of a date pattern such as ``DD.MM.YYYY``, ``DD~MMM~YY`` or ``%d.%m.%Y``. Raises RecipeError."""
    for code, word in _STRFTIME.items():
        pattern = pattern.replace(code, word)
    tokens = _tokens(pattern, _DATE_WORDS)
    kinds = [token.kind for token in tokens]
    parts = [_part(kind) for kind in kinds if _part(kind)]
    if "%" in pattern or not parts or len(set(parts)) != len(parts):
        expected = "parts D DD DDD M MM MMM MMMM YY YYYY, each at most once, with . / - | space or ~ between them"
        raise RecipeError("not a date pattern: {!r}".format(pattern), expected, "for example DD.MM.YYYY or MMM-DD-YY")
    return tokens


@lru_cache(maxsize=None)
def time_tokens(pattern: str) -> Tuple[Token, ...]:
    """Tokens of a pattern of a time of the day such as ``HH:MM``. Raises RecipeError."""
    tokens = _tokens(pattern, _TIME_WORDS)
    if not any(token.kind == "hour" for token in tokens):
        raise RecipeError("not a time pattern: {!r}".format(pattern), "HH, MM and SS", "for example HH:MM")
    return tokens


@lru_cache(maxsize=None)
def mask_tokens(mask: str) -> Tuple[Token, ...]:
    """Tokens of a lot mask such as ``[LK]YYDDD999``. Raises RecipeError.

    ``A`` a letter, ``9`` a digit, ``X`` either; ``YYYY YY Y`` year, ``DDD`` day of the year, ``MM DD`` month and day,
    ``WW`` week, ``HH NN`` hour and minute; ``[...]`` one of these characters, ``'...'`` exactly these. Other letters
    must be quoted; signs stand for themselves.
    """
    tokens: List[Token] = []
    rest = mask
    while rest:
        group = re.match(r"'([^']+)'|\[([^\]]+)\]", rest)
        plain = re.match(r"[^'\[\]]+", rest)
        if group:
            quoted, signs = group.groups()
            tokens += (
                [Token("set", sign) for sign in (quoted or "").upper()] if quoted else [Token("set", _span(signs))]
            )
            rest = rest[group.end() :]
        elif plain:
            tokens += _tokens(plain.group(), _MASK_WORDS, _MASK_SETS)
            rest = rest[plain.end() :]
        else:
            raise RecipeError("unclosed quote or bracket in mask {!r}".format(mask), "'...' or [...]")
    if any(token.kind == "set" and token.signs in LETTERS and len(token.signs) == 1 for token in tokens):
        _refuse_bare_letters(mask)
    return tuple(tokens)


def _refuse_bare_letters(mask: str) -> None:
    bare = re.sub(r"'[^']*'|\[[^\]]*\]|YYYY|YY|Y|DDD|DD|MM|WW|HH|NN|A|9|X", "", mask)
    letters = "".join(sign for sign in bare if sign.upper() in LETTERS)
    if letters:
        found = "mask {!r}: the letters {!r} mean nothing here".format(mask, letters)
        raise RecipeError(found, "A 9 X YYYY YY Y DDD DD MM WW HH NN", "write fixed letters in quotes: 'L'YYDDD999")


def _span(signs: str) -> str:
    """``[A-F]`` as a set of characters."""
    signs = signs.upper()
    while True:
        found = re.search(r"(\w)-(\w)", signs)
        if not found:
            return "".join(sorted(set(signs)))
        low, high = found.groups()
        signs = signs.replace(found.group(), "".join(chr(code) for code in range(ord(low), ord(high) + 1)))


def _tokens(
    pattern: str, words: Tuple[Tuple[str, str], ...], sets: Optional[Dict[str, str]] = None
) -> Tuple[Token, ...]:
    tokens, at = [], 0
    while at < len(pattern):
        for word, kind in words:
            if pattern.startswith(word, at):
                tokens.append(Token(kind))
                at += len(word)
                break
        else:
            sign = pattern[at]
            at += 1
            if sign == "~" and sets is None:
                tokens.append(Token("separator"))
            else:
                tokens.append(Token("set", (sets or {}).get(sign, sign.upper())))
    return tuple(tokens)


def gs1_date_tokens() -> Tuple[Token, ...]:
    """YYMMDD of GS1, whose day may be 00: "the last day of the month" (General Specifications, section 3.4)."""
    return (Token("year2"), Token("month2"), Token(_GSONE_DAY))


def _part(kind: str) -> str:
    if kind in ("month-name", "month-full"):
        return "month"
    return "day" if kind == _GSONE_DAY else _NUMBERS.get(kind, ("", 0))[0]


class _Branch(NamedTuple):
    """Days, months, leap years: one consistent class of each; None where the pattern does not say it."""

    days: Tuple[int, ...]
    months: Tuple[int, ...]
    leap: Optional[bool]


_DAY_CLASSES = (tuple(range(1, 29)), (29,), (30,), (31,))
_MONTH_CLASSES = ((2,), (4, 6, 9, 11), (1, 3, 5, 7, 8, 10, 12))


def _branches(parts: List[str]) -> Iterator[_Branch]:
    """Every consistent combination: 30.02. never, 29.02. in leap years or where no year is said."""
    months = _MONTH_CLASSES if "month" in parts else ((),)
    leaps: Tuple[Optional[bool], ...] = (True, False) if "year" in parts else (None,)
    for leap in leaps:
        for month in months:
            for days in _DAY_CLASSES if "day" in parts else ((),):
                longest = 31 if month in ((), _MONTH_CLASSES[2]) else 30 if month == _MONTH_CLASSES[1] else 29
                if days and (days[-1] > longest or (month == (2,) and days == (29,) and leap is False)):
                    continue
                yield _Branch(days, month, leap)


@lru_cache(maxsize=None)
def language(tokens: Tuple[Token, ...], setting: Setting) -> Dfa:
    """The minimal automaton of all texts of a pattern that name a possible date, time or lot."""
    nfa = Nfa()
    start, end = nfa.state(), nfa.state()
    parts = [_part(token.kind) for token in tokens]
    separators = setting.separators if any(token.kind == "separator" for token in tokens) else ("",)
    for separator in separators:
        for branch in _branches(parts):
            here = start
            for token in tokens:
                here = _add(nfa, here, token, branch, setting, separator)
            nfa.link(here, end)
    return compiled(nfa, start, end)


def _add(nfa: Nfa, here: int, token: Token, branch: _Branch, setting: Setting, separator: str) -> int:
    if token.kind == "separator":
        return nfa.text(here, separator) if separator else here
    if token.kind == "set":
        return nfa.chars(here, token.signs)
    return nfa.dfa(here, _words(tuple(sorted(set(_said(token, branch, setting))))))


@lru_cache(maxsize=None)
def _words(words: Tuple[str, ...]) -> Dfa:
    nfa = Nfa()
    start = nfa.state()
    return compiled(nfa, start, nfa.words(start, words))


def _said(token: Token, branch: _Branch, setting: Setting) -> List[str]:
    """The words of one token within one branch."""
    kind = token.kind
    if kind in ("month-name", "month-full"):
        return [name for month in branch.months for name in names_of(month, kind, setting.languages)]
    part, width = _NUMBERS.get(kind, ("day", 2))
    values: Dict[str, List[int]] = {
        "day": list(branch.days),
        "month": list(branch.months),
        "day_of_year": list(range(1, 366 if branch.leap is False else 367)),
        "week": list(range(1, 54)),
        "hour": list(range(24)),
        "minute": list(range(60)),
        "second": list(range(60)),
    }
    if part == "year":
        years = range(setting.first_year, setting.last_year + 1)
        return [str(year)[-width:] for year in years if calendar.isleap(year) == branch.leap]
    said = [str(value).zfill(width) for value in values[part]]
    return said + ["00"] if kind == _GSONE_DAY and 1 in branch.days else said


def names_of(month: int, kind: str, languages: Tuple[str, ...]) -> List[str]:
    """Names of month 1..12 in these languages, short ("month-name") or full."""
    if kind == "month-full":
        return [FULL_MONTHS[language][month - 1] for language in languages]
    return [name for language in languages for name in MONTHS[language][month - 1]]


@lru_cache(maxsize=None)
def _expression(tokens: Tuple[Token, ...], setting: Setting) -> "re.Pattern[str]":
    """A regular expression that cuts a text of the pattern into its parts; the language was checked before."""
    parts = []
    for token in tokens:
        if token.kind == "separator":
            parts.append("[^A-Z0-9]?")
        elif token.kind == "set":
            parts.append("[{}]".format(re.escape(token.signs)))
        elif token.kind in ("month-name", "month-full"):
            names = sorted({n for m in range(1, 13) for n in names_of(m, token.kind, setting.languages)}, key=len)
            parts.append("(?P<month_name>{})".format("|".join(reversed(names))))
        else:
            part, width = _NUMBERS.get(token.kind, ("day", 2))
            parts.append("(?P<{}>[0-9]{{{}}})".format(part, width or "1,2"))
    return re.compile("".join(parts) + "$")


def parse(tokens: Tuple[Token, ...], setting: Setting, text: str) -> Optional[Moment]:
    """What a text says under a pattern; None when it is not of the pattern, or names an impossible date."""
    if not language(tokens, setting).accepts(text):
        return None
    found = _expression(tokens, setting).match(text)
    if not found:
        return None
    values = found.groupdict()
    name = values.pop("month_name", None)
    numbers = {part: int(value) for part, value in values.items() if value is not None}
    if name:
        numbers["month"] = month_of(name)
    return Moment(year_digits=len(values.get("year") or ""), **numbers)


def month_of(name: str) -> int:
    """1..12 for a month's name in any of the languages."""
    for names in MONTHS.values():
        for month, variants in enumerate(names, 1):
            if name in variants:
                return month
    for full in FULL_MONTHS.values():
        if name in full:
            return full.index(name) + 1
    raise RecipeError("not a month: {!r}".format(name))
