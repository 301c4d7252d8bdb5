"""Patterns of dates, times and lots, split into tokens."""

import re
from functools import lru_cache
from typing import Callable, Dict, List, NamedTuple, Optional, Set, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.language.patterns.suggestions import suggest
from ocr_app.recipes.language.patterns.vocabulary import unaccented

DIGITS = "0123456789"
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
NUMBERS = {
    "year4": ("year", 4), "year2": ("year", 2), "year1": ("year", 1), "month2": ("month", 2), "month1": ("month", 0),
    "day2": ("day", 2), "day1": ("day", 0), "day-of-year": ("day_of_year", 3), "week": ("week", 2),
    "weekday": ("weekday", 1), "hour": ("hour", 2), "hour1": ("hour", 0), "minute": ("minute", 2),
    "second": ("second", 2), "gs1-day": ("day", 2), "buddhist4": ("year", 4), "buddhist2": ("year", 2),
}  # fmt: skip
"""For each kind of numeric token the part of a date or time that it prints, and its width (0: as short as possible)."""

_OTHER_PARTS = {
    "month-name": "month", "month-full": "month", "era2": "year", "era1": "year", "year-letter": "year",
    "month-letter": "month", "meridiem": "meridiem",
}  # fmt: skip
"""The part that each kind of token prints which is not a number alone."""

_DATE_PARTS = (
    ("YYYY", "year4"), ("YY", "year2"), ("Y", "year1"), ("BBBB", "buddhist4"), ("BB", "buddhist2"), ("GYY", "era2"),
    ("GY", "era1"), ("MMMM", "month-full"), ("MMM", "month-name"), ("MM", "month2"), ("M", "month1"),
    ("DDD", "day-of-year"), ("DD", "day2"), ("D", "day1"), ("WW", "week"),
)  # fmt: skip
_TIME_PARTS = (
    ("HH", "hour"),
    ("H", "hour1"),
    ("MM", "minute"),
    ("SS", "second"),
    ("AM", "meridiem"),
    ("PM", "meridiem"),
)
_MASK_PARTS = (
    ("<Y>", "year-letter"), ("<M>", "month-letter"), ("<S>", "shift"),
    ("YYYY", "year4"), ("YY", "year2"), ("Y", "year1"), ("DDD", "day-of-year"), ("DD", "day2"), ("MM", "month2"),
    ("WW", "week"), ("HH", "hour"), ("NN", "minute"),
)  # fmt: skip
_MASK_SETS = {"A": LETTERS, "9": DIGITS, "X": DIGITS + LETTERS}
_STRFTIME = {
    "%d": "DD", "%m": "MM", "%Y": "YYYY", "%y": "YY", "%b": "MMM", "%B": "MMMM", "%j": "DDD", "%-d": "D", "%-m": "M",
}  # fmt: skip


class PatternToken(NamedTuple):
    """``kind``: a key of ``NUMBERS`` or one of "month-name", "month-full", "era2", "era1", "year-letter",
    "month-letter", "meridiem" (AM or PM), "shift", "separator", or "set" (one of ``characters``).
    """

    kind: str
    characters: str = ""

    @property
    def part(self) -> str:
        """The part of a date or time that the token prints: a field of ``PartialDateTime``, "meridiem", or ""."""
        return _OTHER_PARTS.get(self.kind) or NUMBERS.get(self.kind, ("", 0))[0]

    @property
    def is_month_name(self) -> bool:
        """Whether the token prints a month by its name."""
        return self.kind in ("month-name", "month-full")


Tokens = Tuple[PatternToken, ...]
_Split = Callable[[str, bool], Tokens]
"""From a pattern to its tokens; the flag: whether an error says what was probably meant."""


@lru_cache(maxsize=None)
def date_tokens(pattern: str) -> Tokens:
    """Tokens of a date pattern such as ``DD.MM.YYYY``, ``DD~MMM~YY``, ``YYYY-'W'WW-D`` or ``%d.%m.%Y``.

    A single ``D`` next to ``WW`` is the day of the week, 1 to 7. Raises RecipeError.
    """
    return _date_tokens(pattern, True)


def _date_tokens(pattern: str, hint: bool) -> Tokens:
    """``hint``: whether an error says what was probably meant."""
    for code, replacement in _STRFTIME.items():
        pattern = pattern.replace(code, replacement)
    if "%" in pattern:
        raise RecipeError("not a date pattern: {!r}".format(pattern), " ".join(_STRFTIME), "for example %d.%m.%Y")
    tokens = _split_quoted(pattern, _DATE_PARTS, "date", _date_tokens if hint else None)
    parts = [token.part for token in tokens if token.part]
    if "week" in parts:
        tokens = tuple(PatternToken("weekday") if token.kind == "day1" else token for token in tokens)
        parts = [token.part for token in tokens if token.part]
    if not parts or len(set(parts)) != len(parts) or not _fit_together(set(parts)):
        expected = "parts D DD DDD M MM MMM MMMM YY YYYY, each at most once, with . / - | space or ~ between them"
        raise RecipeError("not a date pattern: {!r}".format(pattern), expected, "for example DD.MM.YYYY or MMM-DD-YY")
    return tokens


def _fit_together(parts: Set[str]) -> bool:
    """A day of the year or a week says the day by itself, without a month."""
    if "day_of_year" in parts:
        return not parts & {"month", "day", "week", "weekday"}
    return "week" not in parts or not parts & {"month", "day"}


@lru_cache(maxsize=None)
def time_tokens(pattern: str) -> Tokens:
    """Tokens of a pattern of a time of day such as ``HH:MM`` or ``H:MM AM``. Raises RecipeError."""
    return _time_tokens(pattern, True)


def _time_tokens(pattern: str, hint: bool) -> Tokens:
    tokens = _split_quoted(pattern, _TIME_PARTS, "time", _time_tokens if hint else None)
    parts = [token.part for token in tokens if token.part]
    if "hour" not in parts or len(set(parts)) != len(parts):
        raise RecipeError("not a time pattern: {!r}".format(pattern), "HH, MM, SS and AM", "for example HH:MM")
    return tokens


def _split_quoted(pattern: str, parts: Tuple[Tuple[str, str], ...], kind: str, hint: Optional[_Split]) -> Tokens:
    """Tokens of a date or time, in which letters that are printed stand in quotes. Raises RecipeError."""
    tokens: List[PatternToken] = []
    for number, piece in enumerate(pattern.split("'")):
        own = _printed(piece) if number % 2 else _split_pattern(piece, parts)
        tokens += own
        letters = "" if number % 2 else "".join(sorted({t.characters for t in own if t.characters.isalpha()}))
        if letters:
            raise _no_letters(pattern, letters, kind, parts, hint)
    if pattern.count("'") % 2:
        raise RecipeError("not a {} pattern: {!r} has an unclosed quote".format(kind, pattern), "'...'")
    return tuple(tokens)


def _printed(text: str) -> Tokens:
    """Exactly this text in capitals, with or without its accents."""
    return tuple(PatternToken("set", each + unaccented(each).strip(each)) for each in text.upper())


def _no_letters(
    pattern: str, letters: str, kind: str, parts: Tuple[Tuple[str, str], ...], hint: Optional[_Split]
) -> RecipeError:
    """The error of letters without a meaning, with what was probably meant."""
    found = "not a {} pattern: {!r}: the letters {!r} have no meaning in it".format(kind, pattern, letters)
    fixed = "write letters that are printed in quotes: 'T'"
    return RecipeError(found, " ".join(text for text, _ in parts), _meant(pattern, hint) or fixed)


def _meant(pattern: str, hint: Optional[_Split]) -> str:
    """``write DD/MM/YYYY (French: ...)``; empty where nothing fits."""
    if hint is None:
        return ""
    meant = suggest(pattern, lambda other: hint(other, False))
    return "write {} ({})".format(meant.pattern, meant.why) if meant else ""


@lru_cache(maxsize=None)
def mask_tokens(mask: str) -> Tokens:
    """Tokens of a lot mask such as ``[LK]YYDDD999``. Raises RecipeError.

    ``A`` is a letter, ``9`` a digit, ``X`` either. ``YYYY YY Y`` is the year, ``DDD`` the day of the year, ``MM DD``
    month and day, ``WW`` the week, ``HH NN`` hour and minute, ``<Y> <M> <S>`` a letter for year, month and shift.
    ``[...]`` is one of these characters, ``'...'`` exactly these. Other letters have to be quoted; punctuation is
    printed as it is.
    """
    return _mask_tokens(mask, True)


def _mask_tokens(mask: str, hint: bool) -> Tokens:
    tokens: List[PatternToken] = []
    rest = mask
    while rest:
        group = re.match(r"'([^']+)'|\[([^\]]+)\]", rest)
        plain = re.match(r"[^'\[\]]+", rest)
        if group:
            quoted, choice = group.groups()
            tokens += _printed(quoted) if quoted else [PatternToken("set", _expand_ranges(choice))]
            rest = rest[group.end() :]
        elif plain:
            tokens += _split_pattern(plain.group(), _MASK_PARTS, _MASK_SETS)
            rest = rest[plain.end() :]
        else:
            raise RecipeError("unclosed quote or bracket in mask {!r}".format(mask), "'...' or [...]")
    if any(token.kind == "set" and token.characters.isalpha() and len(token.characters) == 1 for token in tokens):
        _refuse_bare_letters(mask, _mask_tokens if hint else None)
    parts = [token.part for token in tokens if token.part]
    twice = sorted({part for part in parts if parts.count(part) > 1})
    if twice:
        found = "mask {!r} has the {} twice".format(mask, " and the ".join(twice).replace("_", " "))
        raise RecipeError(found, "each part of a date at most once", "write 9 for a digit that says nothing about it")
    return tuple(tokens)


def _refuse_bare_letters(mask: str, hint: Optional[_Split]) -> None:
    bare = re.sub(r"'[^']*'|\[[^\]]*\]|<[YMS]>|YYYY|YY|Y|DDD|DD|MM|WW|HH|NN|A|9|X", "", mask)
    letters = "".join(character for character in bare if character.isalpha())
    if letters:
        found = "mask {!r}: the letters {!r} have no meaning in a mask".format(mask, letters)
        next_step = _meant(mask, hint) or "write fixed letters in quotes: 'L'YYDDD999"
        raise RecipeError(found, "A 9 X YYYY YY Y DDD DD MM WW HH NN <Y> <M> <S>", next_step)


def _expand_ranges(choice: str) -> str:
    """``A-F`` of a bracket as a set of characters. Raises RecipeError for a range that is reversed or mixed."""
    choice = choice.upper()
    while True:
        found = re.search(r"(\w)-(\w)", choice)
        if not found:
            return "".join(sorted(set(choice)))
        low, high = found.groups()
        if low > high:
            raise RecipeError("the range {}-{} is reversed".format(low, high), "{}-{}".format(high, low))
        if not any(low in kind and high in kind for kind in (DIGITS, LETTERS)):
            found_text = "the range {}-{} mixes letters and digits".format(low, high)
            raise RecipeError(found_text, "a range of digits or of letters", "[0-9A-Z]")
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
