"""A recipe is read strictly: what is wrong is named with file, line and a suggestion."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes import load, loads
from ocr_app.recipes.language.recipe import FieldGroup


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
        ("name: x\nname: y\nlines: [[{digits: 2}]]", "is given twice (first in line 1)"),
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
        ("name: x\nlines: [[{gs1: '09'}]]", "unsupported AI"),
        ("name: x\nlines: [[{optional: {digits: 2}}]]", "may be empty"),
        ("name: x\nlines: [{optional: true, fields: [{digits: 2}]}]", "every line"),
        ("name: x\nyears: 2030-2020\nlines: [[{digits: 2}]]", "window"),
        ("name: x\nyears: soon\nlines: [[{digits: 2}]]", "now-2..now+10"),
        ("name: x\nlanguages: [en, dutch]\nlines: [[{digits: 2}]]", "unknown language"),
        ("name: x\ntolerances: {gap: much}\nlines: [[{digits: 2}]]", "a number"),
        ("name: x\nlines: [[{date: MM/YYYY, as: expiry}]]\nrelations: [expiri after today]", "did you mean 'expiry'"),
        ("name: x\nlines: [[{date: MM/YYYY, as: expiry}]]\nrelations: [expiry soon]", "not a relation"),
        ("name: x\njunk: forbid\nlines: [[{digits: 2}]]", "unknown junk"),
        ("name: x\nlines: [[]]", "no fields"),
        ("name: x\nlines: [[{optional: {digits: 2}, either: [A, B]}]]", "unknown key 'either'"),
        ("name: x\nlines: [[{digits: [2]}]]", "a count is a list"),
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


def test_a_recipe_that_allows_too_much_is_refused():
    fields = ", ".join("{either: [{alphanumeric: 1-60}, {digits: 1-60}, {letters: 1-60}]}" for _ in range(12))
    with pytest.raises(RecipeError) as caught:
        loads("name: x\nlines: [[{}]]".format(fields))
    assert "allows too much" in str(caught.value)


def test_a_file_is_loaded_with_its_path(tmp_path):
    path = tmp_path / "x.yaml"
    path.write_text("name: x\nabout: a test\nlookalikes: [o0, i1]\nlines: [[{digits: 2}]]\n", encoding="utf-8-sig")
    recipe = load(str(path))
    assert (recipe.name, recipe.file, recipe.lookalikes) == ("x", str(path), ("O0", "I1"))
    assert loads("name: x\nlines: [[A]]").lookalikes == ("O0",)
    assert loads("name: x\nlookalikes: none\nlines: [[A]]").lookalikes == ()


def test_layouts_and_lines_have_names_of_their_own_or_numbers():
    recipe = loads("name: x\ncodes:\n- {lines: [[A]]}\n- {name: b, lines: [{name: top, junk: ignore, fields: [B]}]}\n")
    assert [layout.name for layout in recipe.layouts] == ["code 1", "b"]
    assert [(line.name, line.junk, line.optional) for line in recipe.lines] == [
        ("line 1", "report", False), ("top", "ignore", False),
    ]  # fmt: skip


def test_fields_are_numbered_in_the_order_of_the_file():
    recipe = loads("name: x\nlines: [[A, {either: [[{digits: 1, as: n}], [{letters: 1, as: l}]]}], [{date: MM/YYYY}]]")
    assert [(field.number, field.kind, field.name) for field in recipe.fields] == [
        (0, "literal", ""), (1, "digits", "n"), (2, "letters", "l"), (3, "date", ""),
    ]  # fmt: skip
    group = recipe.lines[0].parts[1]
    assert isinstance(group, FieldGroup) and len(group.alternatives) == 2 and not group.optional


def test_neighbours_is_a_rule_of_its_own_and_else_follows_junk():
    text = "name: a\nlines: [[{digits: 4}]]\n"
    assert loads(text).neighbours is None
    assert loads(text + "neighbours: ignore\n").neighbours == "ignore"
    with pytest.raises(RecipeError, match="neighbours"):
        loads(text + "neighbours: maybe\n")


def test_capital_and_small_letters_of_printed_words_are_the_same():
    recipe = loads("name: x\nlines: [[Best By, {choice: [Lot, chg]}, {digits: 2}]]")
    assert recipe.registry.accepts(recipe.lines[0].root, "BEST BY LOT 12")
    assert recipe.registry.accepts(recipe.lines[0].root, "BEST BY CHG 12")
