"""Letters that no pattern has are refused with the pattern that is meant, and in whose language."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.language.patterns import tokens
from ocr_app.recipes.language.patterns.suggestions import suggest
from ocr_app.recipes.language.patterns.tokens import date_tokens, mask_tokens, time_tokens


def no_hints(pattern):
    return tokens._date_tokens(pattern, False)


@pytest.mark.parametrize(
    "pattern,meant,why",
    [
        ("JJ/MM/AAAA", "DD/MM/YYYY", "French"),
        ("TT.MM.JJJJ", "DD.MM.YYYY", "German"),
        ("DD-MM-JJJJ", "DD-MM-YYYY", "Dutch"),
        ("DD/MM/AAAA", "DD/MM/YYYY", "Spanish"),
        ("GG/MM/AAAA", "DD/MM/YYYY", "Italian"),
        ("GG.AA.YYYY", "DD.MM.YYYY", "Turkish"),
        ("DD.MM.RRRR", "DD.MM.YYYY", "Polish"),
        ("ÅÅÅÅ-MM-DD", "YYYY-MM-DD", "Swedish"),
        ("PP.KK.VVVV", "DD.MM.YYYY", "Finnish"),
        ("dd.mm.yyyy", "DD.MM.YYYY", "capitals"),
        ("yyyyMMdd", "YYYYMMDD", "capitals"),
        ("DD MON YYYY", "DD MMM YYYY", "month's name"),
        ("CCYY-MM-DD", "YYYY-MM-DD", "year"),
        ("YYJJJ", "YYDDD", "day of the year"),
        ("KW/YYYY", "WW/YYYY", "week"),
    ],
)
def test_dates(pattern, meant, why):
    found = suggest(pattern, no_hints)
    assert found.pattern == meant and why in found.why
    with pytest.raises(RecipeError) as caught:
        date_tokens(pattern)
    assert "have no meaning" in caught.value.found and meant in caught.value.next_step


@pytest.mark.parametrize("pattern,meant", [("hh:mm", "HH:MM"), ("HH:MI", "HH:MM"), ("HH:MM am", "HH:MM AM")])
def test_times(pattern, meant):
    with pytest.raises(RecipeError) as caught:
        time_tokens(pattern)
    assert meant in caught.value.next_step


def test_lots():
    with pytest.raises(RecipeError) as caught:
        mask_tokens("'L'YYJJJ999")
    assert "'L'YYDDD999" in caught.value.next_step


def test_where_nothing_fits_the_way_out_is_quotes():
    assert suggest("QQ.ZZ", no_hints) is None
    with pytest.raises(RecipeError, match="in quotes"):
        date_tokens("DD.MM.YYYY Q")


@pytest.mark.parametrize("pattern", ["Y'", "AJ", "GG'", "[9-0]JJJ", "é9", "JJ" * 20])
def test_a_suggestion_never_asks_for_another_one(pattern):
    """Found by `./inv fuzz`: a mask that was suggested and refused asked for a suggestion, without end."""
    for split in (date_tokens, time_tokens, mask_tokens):
        with pytest.raises(RecipeError):
            split(pattern + "Q")
