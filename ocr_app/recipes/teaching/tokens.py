"""A printed line split into what it is made of: dates, times, words, numbers and lots, and marks between them."""

import re
from functools import lru_cache
from typing import FrozenSet, List, NamedTuple, Optional, Tuple

from ocr_app.recipes.language.patterns import PatternSettings, date_tokens, parse_text
from ocr_app.recipes.language.patterns.vocabulary import keywords

DATES = (
    "DD.MM.YYYY", "DD/MM/YYYY", "DD-MM-YYYY", "DD|MM|YYYY", "YYYY.MM.DD", "YYYY/MM/DD", "YYYY-MM-DD",
    "DD.MM.YY", "DD/MM/YY", "DD-MM-YY", "DD|MM|YY", "YY.MM.DD", "YY/MM/DD", "YY-MM-DD",
    "MM/DD/YYYY", "MM.DD.YYYY", "MM-DD-YYYY", "MM/DD/YY",
    "DDMMMYYYY", "DDMMMYY", "YYYYMMMDD", "DD-MMM-YYYY", "DD-MMM-YY", "DD.MMM.YYYY", "DD/MMM/YYYY",
    "MMM-DD-YYYY", "MMM/DD/YYYY", "MMM/DD/YY", "MMM-DD-YY",
    "MM/YYYY", "MM.YYYY", "MM-YYYY", "YYYY.MM", "YYYY/MM", "YYYY-MM", "MM/YY", "MM.YY", "MM-YY", "MMMYYYY", "MMM-YYYY",
    "MMM/YYYY",
)  # fmt: skip
"""Patterns that are tried, in order of preference where several explain all samples."""
SPACED_DATES = (
    "DD MMM YYYY", "DD MMM YY", "MMM DD YYYY", "MMM DD YY", "DD MM YYYY", "YYYY MM DD", "DD MM YY", "MM YYYY",
    "MMM YYYY", "YYYY MM",
)  # fmt: skip
SETTINGS = PatternSettings(2000, 2059, ("en", "de", "es", "fr", "it"))
_TIME = re.compile(r"(?<![\d:])(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?![\d:])")
_CHUNK = re.compile(r"[A-Z0-9]+(?:[-./'][A-Z0-9]+)*")
_SHAPES = (("YYYY", r"20\d\d"), ("YY", r"\d\d"), ("MMM", "[A-Z]{3,4}"), ("MM", r"\d\d"), ("DD", r"\d\d"))
_SHORTEST = 6  # characters of a date without a day; "01.22" may be anything
LOOKALIKES = {"O": "0"}  # what the default `lookalikes` of a recipe settles
DATE, TIME, WORD, CHUNK, MARK = "date", "time", "word", "chunk", "mark"


class Token(NamedTuple):
    """A part of a line. ``kind``: "date", "time", "word" (letters), "chunk" (a number or a lot), or "mark"."""

    kind: str
    text: str
    patterns: FrozenSet[str] = frozenset()


def normalise(line: str) -> str:
    """The line in capital letters, with single spaces but none around separators of numbers, and no stray marks."""
    text = " ".join(line.upper().split()).strip(".,;|_'- ")
    return re.sub(r"(?<=\d) ?([./:-]) ?(?=\d)", r"\1", text)


def split_line(line: str) -> Tuple[Token, ...]:
    """The tokens of a normalised line."""
    tokens: List[Token] = []
    at = 0
    while at < len(line):
        token = None if line[at] == " " else _date_at(line, at) or _time_at(line, at)
        stop = at + 1
        if token is not None:
            tokens.append(token)
            stop = at + len(token.text)
        elif line[at] != " ":
            stop = _end_of_text(line, at)
            tokens += _split_text(line[at:stop])
        at = stop
    return tuple(tokens)


def possible_patterns(text: str) -> FrozenSet[str]:
    """The patterns under which the text is a date."""
    return frozenset(pattern for pattern in DATES + SPACED_DATES if _matches(pattern, text))


@lru_cache(maxsize=4096)
def _matches(pattern: str, text: str) -> bool:
    return parse_text(date_tokens(pattern), SETTINGS, text) is not None


@lru_cache(maxsize=None)
def _shapes() -> Tuple["re.Pattern[str]", ...]:
    """What dates look like, the longest first: a quick test before a text is parsed."""
    shapes = set()
    for pattern in DATES + SPACED_DATES:
        shape = re.escape(pattern)
        for letters, expression in _SHAPES:
            shape = shape.replace(letters, expression, 1)
        shapes.add(shape)
    return tuple(re.compile(shape) for shape in sorted(shapes, key=lambda shape: (-len(shape), shape)))


def _date_at(line: str, at: int) -> Optional[Token]:
    """The longest date that begins here and is no part of a longer number or word."""
    if at and line[at - 1].isdigit() and line[at].isdigit():
        return None
    if at and line[at].isalpha() and line[at - 1].isalnum():
        return None
    if re.search(r"\d[./-]$", line[:at]):
        return None
    best = ""
    for shape in _shapes():
        found = shape.match(line, at)
        if (
            found
            and len(found.group()) > len(best)
            and _ends_well(line, found.end())
            and possible_patterns(found.group())
        ):
            best = found.group()
    long_enough = len(best) >= _SHORTEST or (best and _stands_alone(line, at, at + len(best)))
    return Token(DATE, best, possible_patterns(best)) if best and long_enough else None


def _ends_well(line: str, end: int) -> bool:
    """Whether no number goes on here, with or without a separator."""
    return not re.match(r"\d|[./-]\d", line[end : end + 2])


def _stands_alone(line: str, start: int, stop: int) -> bool:
    """Whether a date of five characters is all that the line has, or has a keyword before it."""
    before = re.sub("[^A-Z]", " ", line[:start]).split()
    return (start == 0 and stop == len(line)) or bool(before and before[-1] in keywords())


def _time_at(line: str, at: int) -> Optional[Token]:
    found = _TIME.match(line, at)
    return Token(TIME, found.group()) if found else None


def _end_of_text(line: str, at: int) -> int:
    """The end of a text that begins here: at a space, or where a date or a time begins."""
    stop = at + 1
    while stop < len(line) and line[stop] != " " and not (_date_at(line, stop) or _time_at(line, stop)):
        stop += 1
    return stop


def _split_text(text: str) -> List[Token]:
    tokens: List[Token] = []
    at = 0
    while at < len(text):
        found = _CHUNK.match(text, at)
        if found is None:
            tokens.append(Token(MARK, text[at]))
            at += 1
            continue
        tokens += _split_chunk(found.group())
        at = found.end()
    return tokens


def _split_chunk(text: str) -> List[Token]:
    """A word, a number or lot, or a keyword that is printed without a space before its value."""
    if text.isalpha():
        return [Token(WORD, text)]
    found = re.match(r"([A-Z]{2,})([.-]?)(?=\d)", text)
    if found and found.group(1) in keywords():
        mark = [Token(MARK, found.group(2))] if found.group(2) else []
        return [Token(WORD, found.group(1))] + mark + [Token(CHUNK, text[found.end() :])]
    return [Token(CHUNK, text)]


def is_code(tokens: Tuple[Token, ...]) -> bool:
    """Whether a line looks like part of a code: a date, a time, a value after a keyword, or a lot."""
    if any(token.kind in (DATE, TIME) for token in tokens):
        return True
    for before, token in zip((Token(MARK, ""),) + tokens, tokens):
        digits = sum(each.isdigit() or each in LOOKALIKES for each in token.text) if _has_digit(token.text) else 0
        if token.kind == CHUNK and (digits >= 4 or (digits and before.text in keywords())):
            return True
    words = [token.text for token in tokens if token.kind == WORD]
    has_value = any(token.kind == CHUNK and _has_digit(token.text) for token in tokens)
    return bool(words) and words[0] in keywords() and has_value


def _has_digit(text: str) -> bool:
    return any(character.isdigit() for character in text)
