"""Whether the fields say what the recipe and the caller expect."""

import re
from typing import Dict, List, Mapping, Optional, Sequence

from ocr_app.recipes.language.clock import Clock
from ocr_app.recipes.language.fields import FieldValue
from ocr_app.recipes.language.recipe import Recipe, RecipeField, Relation
from ocr_app.recipes.language.typed import typed_value
from ocr_app.recipes.verdict.reasons import Reason
from ocr_app.recipes.verdict.relations import check_relation

_TODAY = re.compile(
    r"today(?:\s*(?P<sign>[+-])\s*(?P<amount>\d+)\s+(?P<unit>day|week|month|year)s?)?(?:\s*\((?P<end>[\w-]+)\))?$"
)


def check_expectations(
    recipe: Recipe, values: Sequence[FieldValue], expected: Mapping[str, str], clock: Optional[Clock]
) -> List[Reason]:
    """What does not match: the recipe's own ``expect`` of every field, and the caller's ``expected`` by name.

    The caller's expectation of a field replaces the recipe's.
    """
    reasons: List[Reason] = []
    for value in values:
        field = recipe.fields[value.number]
        if field.expect and not (field.name and field.name in expected):
            reasons += _check_own_expectation(recipe, field, field.expect, value, clock)
    for name, text in expected.items():
        found = [value for value in values if value.name == name]
        if not found:
            reasons.append(Reason("field-missing", name, "", text))
        this_year = clock.now.year if clock is not None and clock.trusted else None
        differing = [value for value in found if not _is_value(recipe, value, text, this_year)]
        reasons += [Reason("not-expected", name, value.text, text) for value in differing]
    return reasons + _check_repeated_fields(values)


def _is_value(recipe: Recipe, value: FieldValue, text: str, this_year: Optional[int]) -> bool:
    """Whether a field is what is expected: the same text, or the date or time that the text says in ISO 8601."""
    if _bare(value.text) == _bare(text):
        return True
    typed = typed_value(recipe, value, this_year)
    return typed.type not in ("number", "text") and typed.value == _bare(text)


def _check_own_expectation(
    recipe: Recipe, field: RecipeField, expect: str, value: FieldValue, clock: Optional[Clock]
) -> List[Reason]:
    """``expect`` is a text, or "today" with an optional period."""
    found = _TODAY.match(expect)
    if not found:
        this_year = clock.now.year if clock is not None and clock.trusted else None
        is_value = _is_value(recipe, value, expect, this_year)
        return [] if is_value else [Reason("not-expected", field.label, value.text, expect)]
    sign, amount, unit, end = found.groups()
    period = int(amount or 0) * (-1 if sign == "-" else 1)
    relation = Relation(field.label, "=", "today", period, (unit or "day") + "s", end or "clamp", expect)
    return check_relation(recipe, relation, {field.label: value}, clock)


def _check_repeated_fields(values: Sequence[FieldValue]) -> List[Reason]:
    """A field that is printed in several places under one name has to say the same in all of them."""
    first: Dict[str, str] = {}
    reasons = []
    for value in values:
        if value.name and _bare(first.setdefault(value.name, value.text)) != _bare(value.text):
            reasons.append(Reason("not-expected", value.name, value.text, first[value.name]))
    return reasons


def _bare(text: str) -> str:
    return "".join(text.split()).upper()
