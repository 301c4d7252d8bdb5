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
    unaccented,
)


def test_every_language_has_twelve_months_and_none_contradicts_another():
    assert set(MONTHS) == set(FULL_MONTHS) == {"en", "es", "fr", "de", "it", "pt", "tr", "pl", "nl", "sv"}
    meanings = {}
    for months in [*MONTHS.values(), *FULL_MONTHS.values()]:
        assert len(months) == 12
        for number, names in enumerate(months, 1):
            for name in names:
                assert meanings.setdefault(name, number) == number == month_number(name)


def test_names_of_a_month_in_several_languages():
    assert "DEC" in month_names(12, False, ("en",)) and "DEZ" not in month_names(12, False, ("en",))
    assert month_names(1, True, ("en", "de")) == ["JANUARY", "JANUAR", "JANNER", "JAENNER"]


@pytest.mark.parametrize(
    "language,month,printed",
    [
        ("de", 3, {"MÄRZ", "MARZ", "MAERZ", "MRZ", "MÄR", "MAR"}),
        ("fr", 8, {"AOÛT", "AOUT", "AOU"}),
        ("fr", 12, {"DÉC", "DEC", "DÉCEMBRE"}),
        ("pt", 3, {"MARÇO", "MARCO", "MAR"}),
        ("tr", 2, {"ŞUB", "SUB", "ŞUBAT", "SUBAT"}),
        ("tr", 10, {"EKİ", "EKI", "EKİM", "EKIM"}),
        ("pl", 10, {"PAŹ", "PAZ", "PAŹDZIERNIKA", "PAZDZIERNIK"}),
        ("pl", 5, {"MAJ", "MAJA"}),
        ("nl", 3, {"MRT", "MAA", "MAART"}),
        ("sv", 6, {"JUN", "JUNI"}),
    ],
)
def test_names_are_known_with_and_without_their_accents(language, month, printed):
    names = month_names(month, False, (language,)) + month_names(month, True, (language,))
    assert {unaccented(name) for name in printed} <= set(names)
    assert all(ord(character) < 128 for name in names for character in name)
    assert all(month_number(name) == month for name in printed)
    assert all(month_number(name) == month for name in names)


def test_readings_without_a_recipe_expect_the_languages_that_have_keywords():
    assert "STYCZNIA" not in known_words() and "JANVIER" in known_words()


def test_a_word_that_is_not_a_month_is_refused():
    with pytest.raises(RecipeError, match="not the name of a month: 'EXP'"):
        month_number("EXP")


def test_known_words_are_keywords_and_months():
    assert {"EXP", "LOT"} <= keywords() <= known_words() and {"SEP", "DEZEMBER"} <= known_words() - keywords()
