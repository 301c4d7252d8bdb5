"""From the texts of one place in several samples to the narrowest field that accepts all of them."""

import re
from typing import NamedTuple, Sequence, Set

from ocr_app.recipes.language.patterns import PatternSettings, date_tokens, parse_text, time_tokens

DATES = (
    "DD.MM.YYYY", "DD/MM/YYYY", "DD-MM-YYYY", "YYYY.MM.DD", "YYYY/MM/DD", "YYYY-MM-DD", "DD.MM.YY", "DD/MM/YY",
    "DD-MM-YY", "YY.MM.DD", "YY/MM/DD", "MM/DD/YYYY", "MM/YYYY", "MM.YYYY", "MM-YYYY", "MM/YY", "MM.YY", "DDMMMYYYY",
    "DDMMMYY", "YYYYMMMDD", "DD-MMM-YYYY", "DD-MMM-YY", "MMM-DD-YYYY", "MMM/DD/YY", "MMMYYYY", "MMM-YYYY",
)  # fmt: skip
"""Patterns that are tried, in order of preference where several explain all samples."""
SPACED_DATES = (
    "DD MMM YYYY", "DD MMM YY", "MMM DD YYYY", "DD MM YYYY", "YYYY MM DD", "DD MM YY", "MM YYYY", "MMM YYYY",
)  # fmt: skip
TIMES = ("HH:MM", "HH:MM:SS")
_SETTINGS = PatternSettings(1990, 2099)


class ProposedField(NamedTuple):
    """A field in YAML, and what it is: "date", "time", "lot", "number", "text" or "literal"."""

    yaml: str
    kind: str


def matches_date(pattern: str, text: str) -> bool:
    """Whether the text is a date of this pattern."""
    return parse_text(date_tokens(pattern), _SETTINGS, text) is not None


def is_date(text: str) -> bool:
    """Whether the text is a date of any pattern."""
    return any(matches_date(pattern, text) for pattern in DATES + SPACED_DATES)


def propose_field(column: Sequence[str]) -> ProposedField:
    """The narrowest field that accepts all texts of a column."""
    for pattern in DATES + SPACED_DATES:
        if all(matches_date(pattern, text) for text in column):
            return ProposedField("date: {}".format(pattern), "date")
    for pattern in TIMES:
        if all(parse_text(time_tokens(pattern), _SETTINGS, text) for text in column):
            return ProposedField('time: "{}"'.format(pattern), "time")
    same = len(set(column)) == 1
    if same and not re.search(r"\d", column[0]):
        return ProposedField(quote(column[0]), "literal")
    if len({len(text) for text in column}) == 1:
        return _propose_mask(column)
    return _propose_range(column)


def _propose_mask(column: Sequence[str]) -> ProposedField:
    """For texts of one length: a mask, place by place."""
    if all(text.isdigit() for text in column):
        return ProposedField("digits: {}".format(len(column[0])), "number")
    mask = "".join(_mask_place({text[position] for text in column}) for position in range(len(column[0])))
    return ProposedField("lot: {}".format(quote(mask.replace("''", ""))), "lot")


def _mask_place(characters: Set[str]) -> str:
    """One place of a mask. Digits are taken to vary; a letter that is always the same is taken to be fixed."""
    if all(character.isdigit() for character in characters):
        return "9"
    if len(characters) == 1:
        character = next(iter(characters))
        if character == "'":
            return "[']"
        return "'{}'".format(character) if character.isalpha() or character in "[]" else character
    if all(character.isalpha() for character in characters):
        return "A"
    if all(character.isalnum() for character in characters):
        return "X"
    return "[{}]".format("".join(sorted(characters - set("[]-"))) + ("-" if "-" in characters else ""))


def _propose_range(column: Sequence[str]) -> ProposedField:
    """For texts of several lengths: a kind of characters and a range."""
    low, high = min(len(text) for text in column), max(len(text) for text in column)
    signs = "".join(sorted({character for text in column for character in text if not character.isalnum()}))
    kind = "alphanumeric"
    if all(text.isdigit() for text in column):
        kind = "digits"
    elif all(text.isalpha() for text in column):
        kind = "letters"
    extra = ", signs: {}".format(quote(signs)) if signs else ""
    return ProposedField("{}: {}-{}{}".format(kind, low, high, extra), "number" if kind == "digits" else "text")


def quote(text: str) -> str:
    """The text as a double-quoted YAML scalar."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
