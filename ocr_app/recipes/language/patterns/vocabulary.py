"""The vocabulary of printed codes: month names and keywords by language (data/generic-codes.json)."""

import unicodedata
from functools import lru_cache
from typing import Any, Dict, FrozenSet, List, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.core.paths import load_data


@lru_cache(maxsize=None)
def _vocabulary() -> Dict[str, Any]:
    return load_data("generic-codes.json")  # type: ignore[no-any-return]


def unaccented(text: str) -> str:
    """The text without accents, as networks that know printable ASCII read it: MÄRZ is MARZ, STYCZEŃ is STYCZEN."""
    return "".join(each for each in unicodedata.normalize("NFKD", text) if not unicodedata.combining(each))


def _spellings(name: str, language: str) -> Tuple[str, ...]:
    """The name without its accents, and of German with two letters for one: MARZ, MAERZ."""
    double = "".join(_GERMAN.get(each, each) for each in name) if language == "de" else name
    return (unaccented(name),) if unaccented(double) == unaccented(name) else (unaccented(name), double)


_GERMAN = {"Ä": "AE", "Ö": "OE", "Ü": "UE"}


def _names(key: str) -> Dict[str, Tuple[Tuple[str, ...], ...]]:
    return {
        language: tuple(tuple(spelled for name in names for spelled in _spellings(name, language)) for names in months)
        for language, months in _vocabulary()[key].items()
    }


MONTHS = _names("months")
"""Month names as printers abbreviate them, by language, January first, without their accents.

No two languages contradict each other.
"""

FULL_MONTHS = _names("full_months")
"""Month names in full, by language, January first, in every form that dates use (Polish: STYCZEŃ, STYCZNIA)."""


@lru_cache(maxsize=None)
def keywords() -> FrozenSet[str]:
    """The words before dates, lots and times, of all languages."""
    return frozenset(word for group in _vocabulary()["keywords"].values() for word in group)


@lru_cache(maxsize=None)
def known_words() -> FrozenSet[str]:
    """Keywords, and month names of the languages that have keywords: those that readings without a recipe expect."""
    languages = tuple(_vocabulary()["keywords"])
    names = [name for month in range(1, 13) for full in (False, True) for name in month_names(month, full, languages)]
    return keywords() | frozenset(names)


def month_names(month: int, full: bool, languages: Tuple[str, ...]) -> List[str]:
    """Names of month 1..12 in these languages, abbreviated or in full."""
    table = FULL_MONTHS if full else MONTHS
    return [name for language in languages for name in table[language][month - 1]]


def month_number(name: str) -> int:
    """1..12 for a month's name in any of the languages, with or without accents. Raises RecipeError."""
    name = unaccented(name)
    for table in (MONTHS, FULL_MONTHS):
        for names in table.values():
            for month, variants in enumerate(names, 1):
                if name in variants:
                    return month
    raise RecipeError("not the name of a month: {!r}".format(name))
