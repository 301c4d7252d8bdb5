"""The vocabulary of printed codes: month names and keywords by language (data/generic-codes.json)."""

from functools import lru_cache
from typing import Any, Dict, FrozenSet, List, Tuple

from ocr_app.core.errors import RecipeError
from ocr_app.core.paths import load_data


@lru_cache(maxsize=None)
def _vocabulary() -> Dict[str, Any]:
    return load_data("generic-codes.json")  # type: ignore[no-any-return]


MONTHS: Dict[str, Tuple[Tuple[str, ...], ...]] = {
    language: tuple(tuple(names) for names in months) for language, months in _vocabulary()["months"].items()
}
"""Month names as printers abbreviate them, by language, January first. No two languages contradict each other."""

FULL_MONTHS: Dict[str, Tuple[str, ...]] = {
    language: tuple(names) for language, names in _vocabulary()["full_months"].items()
}
"""Month names in full, by language, January first."""


@lru_cache(maxsize=None)
def keywords() -> FrozenSet[str]:
    """The words before dates, lots and times, of all languages."""
    return frozenset(word for group in _vocabulary()["keywords"].values() for word in group)


@lru_cache(maxsize=None)
def known_words() -> FrozenSet[str]:
    """Keywords and month names of all languages."""
    names = [name for months in MONTHS.values() for variants in months for name in variants]
    names += [name for months in FULL_MONTHS.values() for name in months]
    return keywords() | frozenset(names)


def month_names(month: int, full: bool, languages: Tuple[str, ...]) -> List[str]:
    """Names of month 1..12 in these languages, abbreviated or in full."""
    if full:
        return [FULL_MONTHS[language][month - 1] for language in languages]
    return [name for language in languages for name in MONTHS[language][month - 1]]


def month_number(name: str) -> int:
    """1..12 for a month's name in any of the languages. Raises RecipeError."""
    for names in MONTHS.values():
        for month, variants in enumerate(names, 1):
            if name in variants:
                return month
    for full in FULL_MONTHS.values():
        if name in full:
            return full.index(name) + 1
    raise RecipeError("not the name of a month: {!r}".format(name))
