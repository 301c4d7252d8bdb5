"""The keys of a recipe or a field that say what patterns print: years, languages, separators, letters of lots."""

import datetime
import re
from typing import Tuple

from ocr_app.core.yaml_tree import YamlMapping, YamlNode
from ocr_app.recipes.language.patterns import PatternSettings
from ocr_app.recipes.language.patterns.vocabulary import MONTHS

_SEPARATOR_NAMES = {"none": "", "space": " "}


def read_settings(keys: YamlMapping, default: PatternSettings, today: datetime.date) -> PatternSettings:
    """The settings with what the mapping changes. ``today`` is what ``now`` means in ``years``. Raises RecipeError."""
    years, languages, separators = keys.get("years"), keys.get("languages"), keys.get("separators")
    settings = default
    if years is not None:
        first, last = _read_years(years, today)
        settings = settings._replace(first_year=first, last_year=last)
    if languages is not None:
        settings = settings._replace(languages=_read_languages(languages))
    if separators is not None:
        settings = settings._replace(separators=_read_separators(separators))
    return _read_letters(keys, settings)


def _read_letters(keys: YamlMapping, settings: PatternSettings) -> PatternSettings:
    """``year-letters: "2020=ABCDEFGHJK"``, ``month-letters: ABCDEFGHJKLM``, ``shifts: ABC``."""
    years, months, shifts = keys.get("year-letters"), keys.get("month-letters"), keys.get("shifts")
    if years is not None:
        found = re.match(r"(\d{4})\s*=\s*(\w+)$", years.as_text("year-letters"))
        if not found:
            raise years.error(
                "year-letters: {!r}".format(years.value), "the first year and the letters: 2020=ABCDEFGHJK"
            )
        first, letters = int(found.group(1)), _distinct(years, "year-letters", found.group(2))
        settings = settings._replace(year_letters=letters, year_letters_from=first)
    if months is not None:
        letters = _distinct(months, "month-letters", months.as_text("month-letters"))
        if len(letters) != 12:
            raise months.error(
                "month-letters: {} characters".format(len(letters)), "twelve, January first: 123456789OND"
            )
        settings = settings._replace(month_letters=letters)
    if shifts is not None:
        settings = settings._replace(shifts=_distinct(shifts, "shifts", shifts.as_text("shifts")))
    return settings


def _distinct(node: YamlNode, name: str, text: str) -> str:
    """The text in capitals. Raises RecipeError where a character comes twice."""
    letters = text.strip().upper()
    if not letters or len(set(letters)) != len(letters):
        raise node.error("{}: {!r}".format(name, text), "different letters or digits")
    return letters


def _read_languages(node: YamlNode) -> Tuple[str, ...]:
    names = node.as_texts("languages")
    for name in names:
        node._replace(value=name).as_choice("language", tuple(MONTHS))
    return tuple(names)


def _read_separators(node: YamlNode) -> Tuple[str, ...]:
    found = [
        _SEPARATOR_NAMES.get(item.value, item.value) if isinstance(item.value, str) else item.value
        for item in node.as_list("separators")
    ]
    if any(not isinstance(item, str) or len(item) > 1 for item in found):
        raise node.error("separators: {}".format(found), "single characters, 'space' or 'none'")
    return tuple(found)


def _read_years(node: YamlNode, today: datetime.date) -> Tuple[int, int]:
    """``2019-2040``, or ``now-2..now+10``."""
    text = node.as_text("years").replace(" ", "")
    fixed = re.match(r"(\d{4})(?:-|\.\.)(\d{4})$", text)
    moving = re.match(r"now(?:([+-]\d+))?\.\.now(?:([+-]\d+))?$", text)
    if fixed:
        first, last = int(fixed.group(1)), int(fixed.group(2))
    elif moving:
        first, last = (today.year + int(offset or 0) for offset in moving.groups())
    else:
        raise node.error("years: {!r}".format(text), "2019-2040, or now-2..now+10")
    if not 1900 <= first <= last <= 2199 or last - first > 199:
        raise node.error("years from {} to {}".format(first, last), "a window within 1900-2199, first year first")
    return first, last
