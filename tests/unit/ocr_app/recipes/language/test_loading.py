"""A recipe is read strictly: what is wrong is named with file, line and a suggestion."""

import datetime

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes import load, loads
from ocr_app.recipes.language.recipe import accepts


def refused(text):
    with pytest.raises(RecipeError) as caught:
        loads(text, "x.yaml")
    return str(caught.value)


def test_an_unknown_key_is_refused_with_line_and_suggestion():
    message = refused("name: x\nlines:\n  - - {digts: 2}\n")
    assert message.startswith("x.yaml:3: unknown key 'digts' in a field, did you mean 'digits'?")
    assert "did you mean 'spaces'?" in refused("name: x\nspace: optional\nlines: [[{digits: 2}]]\n")


def test_an_unquoted_colon_is_explained():
    assert 'write it in quotes if it is printed text: "PRO:"' in refused("name: x\nlines:\n  - - PRO:\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "empty"),
        ("name: x\nlines: [[{digits: 2}", "not YAML"),
        ("name: x\nname: y\nlines: [[{digits: 2}]]", "stands twice"),
        ("name: &a x\nabout: *a\nlines: [[{digits: 2}]]", "anchor"),
        ("name: !!python/object:os.system x\nlines: [[{digits: 2}]]", "unknown tag"),
        ("lines: [[{digits: 2}]]", "has no 'name'"),
        ("name: x", "either 'lines' or 'codes'"),
        ("name: x\nlines: [[{digits: 2}]]\ncodes: []", "either 'lines' or 'codes'"),
        ("name: x\nlines: [[{digits: 0}]]", "1-64"),
        ("name: x\nlines: [[{digits: two}]]", "8 or 4-8"),
        ("name: x\nlines: [[{digits: 2, letters: 2}]]", "2 types"),
        ("name: x\nlines: [[{date: DD.XX.YYYY, expect: 3}, {date: QQ}]]", "not a date pattern"),
        ("name: x\nlines: [[{date: DD.DD.YYYY}]]", "not a date pattern"),
        ("name: x\nlines: [[{time: MM}]]", "not a time pattern"),
        ("name: x\nlines: [[{lot: LDDD}]]", "in quotes"),
        ('name: x\nlines: [[{lot: "\'L"}]]', "unclosed"),
        ("name: x\nlines: [[{gs1: '99'}]]", "unsupported AI"),
        ("name: x\nlines: [[{optional: {digits: 2}}]]", "may be empty"),
        ("name: x\nlines: [{optional: true, fields: [{digits: 2}]}]", "every line"),
        ("name: x\nyears: 2030-2020\nlines: [[{digits: 2}]]", "window"),
        ("name: x\nyears: soon\nlines: [[{digits: 2}]]", "now-2..now+10"),
        ("name: x\nlanguages: [en, dutch]\nlines: [[{digits: 2}]]", "unknown language"),
        ("name: x\ntolerances: {gap: much}\nlines: [[{digits: 2}]]", "a number"),
        ("name: x\nlines: [[{date: MM/YYYY, as: expiry}]]\nrelations: [expiri after today]", "did you mean 'expiry'"),
        ("name: x\nlines: [[{date: MM/YYYY, as: expiry}]]\nrelations: [expiry soon]", "not a relation"),
        ("name: x\njunk: forbid\nlines: [[{digits: 2}]]", "unknown junk"),
    ],
)
def test_what_is_wrong_is_said(text, words):
    message = refused(text)
    assert words in message and message.startswith("x.yaml:"), message


def test_files_that_cannot_be_read_are_recipe_errors(tmp_path):
    with pytest.raises(RecipeError):
        load(str(tmp_path / "absent.yaml"))
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(RecipeError):
        load(str(binary))
    long = tmp_path / "long.yaml"
    long.write_text("#" * 70000)
    with pytest.raises(RecipeError):
        load(str(long))
    assert RecipeError.exit_code == 11


def accepted(recipe, text):
    return accepts(recipe, recipe.lines[0], text)


def test_scalars_stay_as_they_are_written():
    """YAML's own types would make 20 a number, NO a boolean and 2022-08-01 a date."""
    recipe = loads("name: x\nlines: [[{choice: [020, NO, 2022-08-01, 1e3, ~x]}]]")
    assert all(accepted(recipe, text) for text in ("020", "NO", "2022-08-01", "1E3"))


def test_spaces_between_fields():
    lines = "\nlines: [[EXP, {digits: 2}]]"
    required, optional = loads("name: x\nspaces: required" + lines), loads("name: x" + lines)
    forbidden, loose = loads("name: x\nspaces: forbidden" + lines), loads("name: x\nspaces: loose" + lines)
    assert [accepted(r, "EXP 12") for r in (required, optional, forbidden, loose)] == [True, True, False, True]
    assert [accepted(r, "EXP12") for r in (required, optional, forbidden, loose)] == [False, True, True, True]
    assert [accepted(r, "E XP1 2") for r in (required, optional, forbidden, loose)] == [False, False, False, True]


def test_an_optional_part_takes_its_space_with_it():
    recipe = loads("name: x\nspaces: required\nlines: [[{optional: EXP}, {digits: 2}, {optional: {letters: 1}}]]")
    assert [accepted(recipe, t) for t in ("12", "EXP 12", "12 A", " 12", "12 ")] == [True, True, True, False, False]


def test_either_is_one_of_several_sequences():
    recipe = loads("name: x\nlines: [[{either: [[A, {digits: 1}], [B, {letters: 1}]]}]]")
    assert [accepted(recipe, t) for t in ("A1", "BX", "AX", "B1", "A1BX")] == [True, True, False, False, False]


def test_years_may_move_with_the_clock():
    recipe = loads("name: x\nyears: now-1..now+2\nlines: [[{date: YYYY-MM-DD}]]", today=datetime.date(2026, 5, 1))
    assert [accepted(recipe, "{}-01-01".format(y)) for y in (2024, 2025, 2028, 2029)] == [False, True, True, False]


def test_masks_know_letters_digits_days_of_the_year_and_sets():
    recipe = loads("name: x\nyears: 2020-2030\nlines: [[{lot: \"[L-N]YYDDD9'X'A\"}]]")
    good, bad = ["L241361XA", "N243669XZ"], ["K241361XA", "L233669XA", "L240009XA", "L24136AXA", "L241361YA"]
    assert all(accepted(recipe, text) for text in good) and not any(accepted(recipe, text) for text in bad)


def test_strftime_patterns_and_languages():
    recipe = loads("name: x\nlanguages: [de, fr]\nlines: [[{date: '%d %b %Y'}]]")
    assert accepted(recipe, "31 DEZ 2024") and accepted(recipe, "31 MAI 2024") and not accepted(recipe, "31 DEC 2124")
    assert (
        not accepted(recipe, "30 FEV 2024") and accepted(recipe, "29 FEV 2024") and not accepted(recipe, "29 FEV 2023")
    )


def test_separators_are_the_same_in_one_date():
    recipe = loads("name: x\nseparators: ['.', space, none]\nlines: [[{date: DD~MM~YYYY}]]")
    assert [accepted(recipe, t) for t in ("01.02.2024", "01 02 2024", "01022024", "01/02/2024", "01.02 2024")] == [
        True, True, True, False, False,
    ]  # fmt: skip


def test_a_recipe_that_allows_too_much_is_refused():
    fields = ", ".join("{either: [{alphanumeric: 1-60}, {digits: 1-60}, {letters: 1-60}]}" for _ in range(12))
    with pytest.raises(RecipeError) as caught:
        loads("name: x\nlines: [[{}]]".format(fields))
    assert "allows too much" in str(caught.value)
