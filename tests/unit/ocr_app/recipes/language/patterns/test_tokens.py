"""Patterns become tokens; what is not a pattern is refused with an example of one."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.language.patterns.tokens import (
    DIGITS,
    LETTERS,
    PatternToken,
    date_tokens,
    gs1_date_tokens,
    mask_tokens,
    time_tokens,
)


def kinds(tokens):
    return [token.kind for token in tokens]


def test_dates_take_the_longest_part_first():
    assert kinds(date_tokens("D.MMM.YYYY")) == ["day1", "set", "month-name", "set", "year4"]
    assert kinds(date_tokens("DDD~YY")) == ["day-of-year", "separator", "year2"]
    assert date_tokens("%d.%m.%Y") == date_tokens("DD.MM.YYYY")


def test_times_have_hours():
    assert kinds(time_tokens("(HH:MM:SS)")) == ["set", "hour", "set", "minute", "set", "second", "set"]


def test_masks_have_sets_quotes_and_parts_of_dates():
    assert mask_tokens("A9X") == tuple(PatternToken("set", each) for each in (LETTERS, DIGITS, DIGITS + LETTERS))
    assert mask_tokens("[A-C7]") == (PatternToken("set", "7ABC"),)
    assert mask_tokens("'l-'") == (PatternToken("set", "L"), PatternToken("set", "-"))
    assert kinds(mask_tokens("YYDDDHHNN~")) == ["year2", "day-of-year", "hour", "minute", "set"]


@pytest.mark.parametrize(
    ("split", "pattern", "message"),
    [
        (date_tokens, "QQ", "the letters 'Q' have no meaning"),
        (date_tokens, "DD.DD.YYYY", "not a date pattern"),
        (date_tokens, "%d.%Q", "not a date pattern"),
        (time_tokens, "MM:SS", "not a time pattern"),
        (mask_tokens, "'L", "unclosed quote or bracket"),
        (mask_tokens, "YYMMDDMM", "has the month twice"),
        (mask_tokens, "éDDD", "the letters 'é' have no meaning"),
        (mask_tokens, "LDDD", "the letters 'L' have no meaning in a mask"),
    ],
)
def test_what_is_not_a_pattern_is_refused(split, pattern, message):
    with pytest.raises(RecipeError, match=message):
        split(pattern)


def test_every_token_names_the_part_that_it_prints():
    tokens = date_tokens("DD MMM YYYY") + gs1_date_tokens()
    assert [token.part for token in tokens] == ["day", "", "month", "", "year", "year", "month", "day"]


def test_quoted_letters_are_printed_with_or_without_accents():
    """Found by `./inv fuzz`: what a mask with an accent prints meant nothing."""
    assert mask_tokens("'é'") == date_tokens("YY'é'")[1:] == (PatternToken("set", "ÉE"),)
    assert mask_tokens("'ß'") == (PatternToken("set", "S"), PatternToken("set", "S"))
