"""Years, languages and separators of a recipe or a field."""

import datetime

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.core.yaml_tree import parse_yaml
from ocr_app.recipes import loads
from ocr_app.recipes.language.loading.settings import read_settings
from ocr_app.recipes.language.patterns import PatternSettings
from ocr_app.recipes.language.recipe import accepts

TODAY = datetime.date(2026, 5, 1)


def settings_of(text):
    return read_settings(parse_yaml(text, "x.yaml").as_mapping("a field"), PatternSettings(), TODAY)


def accepted(recipe, text):
    return accepts(recipe, recipe.lines[0], text)


def test_years_may_move_with_the_clock():
    recipe = loads("name: x\nyears: now-1..now+2\nlines: [[{date: YYYY-MM-DD}]]", today=TODAY)
    assert [accepted(recipe, "{}-01-01".format(y)) for y in (2024, 2025, 2028, 2029)] == [False, True, True, False]


def test_separators_are_the_same_in_one_date():
    recipe = loads("name: x\nseparators: ['.', space, none]\nlines: [[{date: DD~MM~YYYY}]]")
    assert [accepted(recipe, t) for t in ("01.02.2024", "01 02 2024", "01022024", "01/02/2024", "01.02 2024")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_only_what_is_given_changes():
    assert settings_of("years: 2019..2040") == PatternSettings(2019, 2040)
    assert settings_of("languages: de") == PatternSettings(languages=("de",))
    assert settings_of("separators: [space, none, '/']") == PatternSettings(separators=(" ", "", "/"))
    assert settings_of("years: now..now") == PatternSettings(2026, 2026)


def test_a_field_overrides_the_recipe():
    recipe = loads("name: x\nyears: 2020-2021\nlines: [[{date: YYYY, years: 2030-2031}, {date: MM/YYYY}]]")
    assert accepted(recipe, "203001/2020") and not accepted(recipe, "202001/2020")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("years: 1800-2000", "a window within 1900-2199"),
        ("years: 20-30", "2019-2040, or now-2..now\\+10"),
        ("separators: [ab]", "single characters"),
        ("separators: [[a]]", "single characters"),
        ("languages: [de, dutch]", "unknown language: 'dutch'"),
    ],
)
def test_what_is_wrong_is_said(text, message):
    with pytest.raises(RecipeError, match=message):
        settings_of(text)
