"""Whether the printed dates relate to each other, and to today, as the recipe says."""

from typing import List, Mapping, Optional, Tuple

from ocr_app.recipes.language.clock import Clock, possible_todays
from ocr_app.recipes.language.dates import DateRange, date_ranges, ranges_agree, shift_range
from ocr_app.recipes.language.fields import FieldValue
from ocr_app.recipes.language.recipe import Recipe, Relation
from ocr_app.recipes.verdict.reasons import Reason


def check_relation(
    recipe: Recipe, relation: Relation, fields: Mapping[str, FieldValue], clock: Optional[Clock]
) -> List[Reason]:
    """What is wrong with one relation. Nothing where a field is not printed: in another layout or an optional part."""
    left = fields.get(relation.left)
    if left is None:
        return []
    if relation.right == "today":
        return _check_against_today(recipe, relation, left, clock)
    if relation.right not in fields:
        return []
    right = fields[relation.right]
    bases = _possible_dates(recipe, right, clock)
    return _compare(relation, (left.text, right.text), _possible_dates(recipe, left, clock), bases, any_base=False)


def _check_against_today(recipe: Recipe, relation: Relation, left: FieldValue, clock: Optional[Clock]) -> List[Reason]:
    if clock is None or not clock.trusted:
        return [Reason("clock-not-trusted", relation.left, clock.why if clock else "no clock", relation.text)]
    todays = possible_todays(clock.now, recipe.tolerances.midnight_minutes)
    bases = [DateRange(day, day) for day in todays]
    texts = (left.text, " or ".join(day.isoformat() for day in todays))
    return _compare(relation, texts, _possible_dates(recipe, left, clock), bases, any_base=True)


def _possible_dates(recipe: Recipe, value: FieldValue, clock: Optional[Clock]) -> List[DateRange]:
    settings = recipe.fields[value.number].settings
    this_year = clock.now.year if clock is not None and clock.trusted else None
    return sorted({dates for each in value.interpretations for dates in date_ranges(each, settings, this_year)})


def _compare(
    relation: Relation, texts: Tuple[str, str], printed: List[DateRange], bases: List[DateRange], any_base: bool
) -> List[Reason]:
    """Every meaning of the printed date has to satisfy the relation.

    ``texts``: of both sides. ``any_base``: it is enough for one base; near midnight both days are today.
    """
    if not printed or not bases:
        return [Reason("date-ambiguous", relation.left, texts[0], relation.text, texts[1])]
    satisfied = [[_is_satisfied(relation, dates, base) for base in bases] for dates in printed]
    if all(any(row) if any_base else all(row) for row in satisfied):
        return []
    code = "date-ambiguous" if any(any(row) for row in satisfied) else "relation-broken"
    return [Reason(code, relation.left, texts[0], relation.text, _describe(relation, texts, printed[0], bases[0]))]


def _describe(relation: Relation, texts: Tuple[str, str], printed: DateRange, base: DateRange) -> str:
    """What was compared: ``14.06.2021 < 15.12.2021``, or ``14.06.2021, not 2022-12-15``."""
    try:
        expected = shift_range(base, relation.amount, relation.unit, relation.month_end)
    except (OverflowError, ValueError):
        return "{}, and {}".format(*texts)
    if relation.amount or relation.comparison == "=":
        word = "not" if relation.comparison == "=" else "not " + relation.comparison
        return "{}, {} {}".format(texts[0], word, expected.to_text())
    sign = "<" if printed.first < base.first else ">" if printed.first > base.first else "="
    return "{} {} {}".format(texts[0], sign, texts[1])


def _is_satisfied(relation: Relation, printed: DateRange, base: DateRange) -> bool:
    try:
        expected = shift_range(base, relation.amount, relation.unit, relation.month_end)
    except (OverflowError, ValueError):
        return False
    if relation.comparison == "after":
        return printed.last > expected.last
    if relation.comparison == "before":
        return printed.first < expected.first
    return ranges_agree(printed, expected)
