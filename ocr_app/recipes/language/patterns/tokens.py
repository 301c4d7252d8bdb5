"""Patterns of dates, times and lots, split into tokens."""

import re
from functools import lru_cache
from typing import Dict, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import RecipeError

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NUMBERS = {
    "year4": ("year", 4), "year2": ("year", 2), "year1": ("year", 1), "month2": ("month", 2), "month1": ("month", 0),
    "day2": ("day", 2), "day1": ("day", 0), "day-of-year": ("day_of_year", 3), "week": ("week", 2),
    "hour": ("hour", 2), "minute": ("minute", 2), "second": ("second", 2), "gs1-day": ("day", 2),
}  # fmt: skip
"""For each kind of numeric token the part of a date or time that it prints, and its width (0: as short as possible)."""

_DATE_PARTS = (
    ("YYYY", "year4"), ("YY", "year2"), ("MMMM", "month-full"), ("MMM", "month-name"), ("MM", "month2"),
    ("M", "month1"), ("DDD", "day-of-year"), ("DD", "day2"), ("D", "day1"), ("WW", "week"),
)  # fmt: skip
_TIME_PARTS = (("HH", "hour"), ("MM", "minute"), ("SS", "second"))
_MASK_PARTS = (
    ("YYYY", "year4"), ("YY", "year2"), ("Y", "year1"), ("DDD", "day-of-year"), ("DD", "day2"), ("MM", "month2"),
    ("WW", "week"), ("HH", "hour"), ("NN", "minute"),
)  # fmt: skip
_MASK_SETS = {"A": LETTERS, "9": DIGITS, "X": DIGITS + LETTERS}
_STRFTIME = {
    "%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY", "%b": "MMM", "%B": "MMMM", "%j": "DDD", "%-d": "D", "%-m": "M",
}  # fmt: skip


class PatternToken(NamedTuple):
    """``kind``: a key of ``NUMBERS``, "month-name", "month-full", "separator", or "set" (one of ``characters``)."""

    kind: str
    characters: str = ""

    @property
    def part(self) -> str:
        """The part of a date or time that the token prints: a field of ``PartialDateTime``, or ""."""
        return "month" if self.is_month_name else NUMBERS.get(self.kind, ("", 0))[0]

    @property
    def is_month_name(self) -> bool:
        """Whether the token prints a month by its name."""
        return self.kind in ("month-name", "month-full")


Tokens = Tuple[PatternToken, ...]


@lru_cache(maxsize=None)
def date_tokens(pattern: str) -> Tokens:
    """Tokens of a date pattern such as ``DD.MM.YYYY``, ``DD~MMM~YY`` or ``%d.%m.%Y``. Raises RecipeError."""
    for code, replacement in _STRFTIME.items():
        pattern = pattern.replace(code, replacement)
    tokens = _split_pattern(pattern, _DATE_PARTS)
    parts = [token.part for token in tokens if token.part]
    if "%" in pattern or not parts or len(set(parts)) != len(parts):
        expected = "parts D DD DDD M MM MMM MMMM YY YYYY, each at most once, with . / - | space or ~ between them"
        raise RecipeError("not a date pattern: {!r}".format(pattern), expected, "for example DD.MM.YYYY or MMM-DD-YY")
    return tokens


@lru_cache(maxsize=None)
def time_tokens(pattern: str) -> Tokens:
    """Tokens of a pattern of a time of day such as ``HH:MM``. Raises RecipeError."""
    tokens = _split_pattern(pattern, _TIME_PARTS)
    if not any(token.kind == "hour" for token in tokens):
        raise RecipeError("not a time pattern: {!r}".format(pattern), "HH, MM and SS", "for example HH:MM")
    return tokens


@lru_cache(maxsize=None)
def mask_tokens(mask: str) -> Tokens:
    """Tokens of a lot mask such as ``[LK]YYDDD999``. Raises RecipeError.

    ``A`` is a letter, ``9`` a digit, ``X`` either. ``YYYY YY Y`` is the year, ``DDD`` the day of the year, ``MM DD``
    month and day, ``WW`` the week, ``HH NN`` hour and minute. ``[...]`` is one of these characters, ``'...'`` exactly
    these. Other letters have to be quoted; punctuation is printed as it is.
    """
    tokens: List[PatternToken] = []
    rest = mask
    while rest:
        group = re.match(r"'([^']+)'|\[([^\]]+)\]", rest)
        plain = re.match(r"[^'\[\]]+", rest)
        if group:
            quoted, choice = group.groups()
            sets = list(quoted.upper()) if quoted else [_expand_ranges(choice)]
            tokens += [PatternToken("set", characters) for characters in sets]
            rest = rest[group.end() :]
        elif plain:
            tokens += _split_pattern(plain.group(), _MASK_PARTS, _MASK_SETS)
            rest = rest[plain.end() :]
        else:
            raise RecipeError("unclosed quote or bracket in mask {!r}".format(mask), "'...' or [...]")
    if any(token.kind == "set" and token.characters in LETTERS and len(token.characters) == 1 for token in tokens):
        _refuse_bare_letters(mask)
    return tuple(tokens)


def _refuse_bare_letters(mask: str) -> None:
    bare = re.sub(r"'[^']*'|\[[^\]]*\]|YYYY|YY|Y|DDD|DD|MM|WW|HH|NN|A|9|X", "", mask)
    letters = "".join(character for character in bare if character.upper() in LETTERS)
    if letters:
        found = "mask {!r}: the letters {!r} have no meaning in a mask".format(mask, letters)
        raise RecipeError(found, "A 9 X YYYY YY Y DDD DD MM WW HH NN", "write fixed letters in quotes: 'L'YYDDD999")


def _expand_ranges(choice: str) -> str:
    """``A-F`` of a bracket as a set of characters."""
    choice = choice.upper()
    while True:
        found = re.search(r"(\w)-(\w)", choice)
        if not found:
            return "".join(sorted(set(choice)))
        low, high = found.groups()
        choice = choice.replace(found.group(), "".join(chr(code) for code in range(ord(low), ord(high) + 1)))


def _split_pattern(pattern: str, parts: Tuple[Tuple[str, str], ...], sets: Optional[Dict[str, str]] = None) -> Tokens:
    """``sets``: the characters that some letters stand for, in masks, where ``~`` is no separator."""
    tokens, at = [], 0
    while at < len(pattern):
        for text, kind in parts:
            if pattern.startswith(text, at):
                tokens.append(PatternToken(kind))
                at += len(text)
                break
        else:
            character = pattern[at]
            at += 1
            if character == "~" and sets is None:
                tokens.append(PatternToken("separator"))
            else:
                tokens.append(PatternToken("set", (sets or {}).get(character, character.upper())))
    return tuple(tokens)


def gs1_date_tokens() -> Tokens:
    """YYMMDD of GS1, whose day may be 00: "the last day of the month" (General Specifications, section 3.4)."""
    return (PatternToken("year2"), PatternToken("month2"), PatternToken("gs1-day"))
