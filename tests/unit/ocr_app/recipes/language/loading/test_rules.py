"""Tolerances and relations of a recipe."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes import loads
from ocr_app.recipes.language.recipe import Relation, Tolerances

DATES = "name: x\nlines: [[{date: MM/YYYY, as: made}, {date: MM/YYYY, as: expiry}, {digits: 2, as: count}]]\n"


def relation(text):
    (found,) = loads(DATES + "relations: ['{}']".format(text)).relations
    return found


def test_tolerances_that_are_not_given_are_the_defaults():
    assert loads(DATES).tolerances == Tolerances()
    assert loads(DATES + "tolerances: {gap: 2, midnight_minutes: 0.5}").tolerances == Tolerances(
        gap=2.0, midnight_minutes=0.5
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [("{gap: -1}", "a number from 0"), ("{gap: nan}", "a number from 0"), ("{gab: 1}", "did you mean 'gap'")],
)
def test_tolerances_that_make_no_sense_are_refused(text, message):
    with pytest.raises(RecipeError, match=message):
        loads(DATES + "tolerances: " + text)


def test_relations_have_a_comparison_a_period_and_a_rule_for_month_ends():
    assert relation("expiry after made")[:6] == ("expiry", "after", "made", 0, "days", "clamp")
    text = "expiry = made + 12 months (roll)"
    assert relation(text) == Relation("expiry", "=", "made", 12, "months", "roll", text)
    assert relation("made before today - 1 week")[:6] == ("made", "before", "today", -1, "weeks", "clamp")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("today after made", "unknown date field: 'today'"),
        ("count after made", "unknown date field: 'count'"),
        ("expiry = made + 1 month (cut)", "unknown month-end rule: 'cut'"),
        ("expiry > made", "not a relation"),
    ],
)
def test_relations_that_make_no_sense_are_refused(text, message):
    with pytest.raises(RecipeError, match=message):
        relation(text)
