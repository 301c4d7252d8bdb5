"""The keys ``years``, ``languages`` and ``separators`` of a recipe or a field."""

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
    return settings


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
