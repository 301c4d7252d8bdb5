"""The value of a field for programs: dates and times in ISO 8601, numbers as numbers, everything else as text.

A value that may mean several days (a year of two digits in a long window of years, day and month in either order) has
no typed value: a program that gets one may rely on it.
"""

from typing import NamedTuple, Optional, Set, Union

from ocr_app.recipes.language.dates import date_ranges
from ocr_app.recipes.language.fields import FieldValue
from ocr_app.recipes.language.patterns import PartialDateTime, PatternSettings
from ocr_app.recipes.language.recipe import Recipe

TYPES = ("date", "month", "day", "week", "time", "datetime", "number", "text")
MAX_NUMBER = 15  # digits up to which every program that reads JSON has the number exactly


class TypedValue(NamedTuple):
    """``type``: one of ``TYPES``; ``value`` is None where the text does not have one meaning.

    date "2021-06-14", month "2021-06", day (without a year) "--06-14", week "2021-W05", time "11:08" or "11:08:30",
    datetime "2021-06-14T11:08".
    """

    type: str
    value: Optional[Union[str, int]]


def typed_value(recipe: Recipe, value: FieldValue, this_year: Optional[int] = None) -> TypedValue:
    """The typed value of a field. ``this_year``: for years that are printed with too few digits to be unique."""
    if value.interpretations:
        return _typed_moment(value, recipe.fields[value.number].settings, this_year)
    plain = value.text.replace(" ", "")
    if value.kind == "digits" and plain.isdigit() and len(plain) <= MAX_NUMBER:
        return TypedValue("number", int(plain))
    return TypedValue("text", value.text)


def _typed_moment(value: FieldValue, settings: PatternSettings, this_year: Optional[int]) -> TypedValue:
    kinds = {_moment_type(printed) for printed in value.interpretations}
    if len(kinds) != 1:
        return TypedValue("date", None)
    (kind,) = kinds
    found = {text for printed in value.interpretations for text in _iso_texts(printed, kind, settings, this_year)}
    if kind == "text":
        return TypedValue("text", value.text)
    return TypedValue(kind, found.pop() if len(found) == 1 else None)


def _moment_type(printed: PartialDateTime) -> str:
    """What kind of moment is printed; "text" where its parts do not make one."""
    has_day = printed.day is not None or printed.day_of_year is not None
    if printed.year is not None and has_day:
        return "datetime" if printed.hour is not None else "date"
    if printed.year is not None and printed.month is not None:
        return "month"
    if printed.year is not None and printed.week is not None:
        return "week"
    if printed.month is not None and printed.day is not None:
        return "day"
    return "time" if printed.hour is not None else "text"


def _iso_texts(printed: PartialDateTime, kind: str, settings: PatternSettings, this_year: Optional[int]) -> Set[str]:
    if kind == "time":
        return {_clock_time(printed)}
    if kind == "day":
        return {"--{:02d}-{:02d}".format(printed.month or 0, printed.day or 0)}
    if kind == "week":
        return {"{:04d}-W{:02d}".format(printed.year or 0, printed.week or 0)} if printed.year_digits == 4 else set()
    days = {each.to_text() for each in date_ranges(printed, settings, this_year)} if kind != "text" else set()
    return {day + "T" + _clock_time(printed) for day in days} if kind == "datetime" else days


def _clock_time(printed: PartialDateTime) -> str:
    parts = [printed.hour or 0, printed.minute or 0] + ([printed.second] if printed.second is not None else [])
    return ":".join("{:02d}".format(part) for part in parts)
