"""Month names and keywords by language."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes.language.patterns.vocabulary import (
    FULL_MONTHS,
    MONTHS,
    keywords,
    known_words,
    month_names,
    month_number,
)


def test_every_language_has_twelve_months_and_none_contradicts_another():
    assert set(MONTHS) == set(FULL_MONTHS) == {"en", "es", "fr", "de", "it"}
    meanings = {}
    for months in list(MONTHS.values()) + [tuple((name,) for name in full) for full in FULL_MONTHS.values()]:
        assert len(months) == 12
        for number, names in enumerate(months, 1):
            for name in names:
                assert meanings.setdefault(name, number) == number == month_number(name)


def test_names_of_a_month_in_several_languages():
    assert "DEC" in month_names(12, False, ("en",)) and "DEZ" not in month_names(12, False, ("en",))
    assert month_names(1, True, ("en", "de")) == ["JANUARY", "JANUAR"]


def test_a_word_that_is_not_a_month_is_refused():
    with pytest.raises(RecipeError, match="not the name of a month: 'EXP'"):
        month_number("EXP")


def test_known_words_are_keywords_and_months():
    assert {"EXP", "LOT"} <= keywords() <= known_words() and {"SEP", "DEZEMBER"} <= known_words() - keywords()
