"""YAML is read as text with line numbers, and key by key."""

import pytest

from ocr_app.core.errors import RecipeError
from ocr_app.recipes import loads
from ocr_app.recipes.language.loading.yaml_tree import parse_yaml, read_yaml, suggest
from ocr_app.recipes.language.recipe import accepts


def mapping(text):
    return parse_yaml(text, "x.yaml").as_mapping("the test")


def test_scalars_stay_as_they_are_written():
    """YAML's own types would make 20 a number, NO a boolean and 2022-08-01 a date."""
    recipe = loads("name: x\nlines: [[{choice: [020, NO, 2022-08-01, 1e3, ~x]}]]")
    assert all(accepts(recipe, recipe.lines[0], text) for text in ("020", "NO", "2022-08-01", "1E3"))


def test_every_node_knows_its_line():
    keys = mapping("a: 1\nb:\n  - 2\n  - 3\n")
    assert [(keys.get("a").line, keys.get("b").as_list("b")[1].line)] == [(1, 4)]
    assert str(keys.node.error("found", "expected", "step")) == "x.yaml:1: found\n  expected: expected\n  next: step"


@pytest.mark.parametrize(
    ("read", "message"),
    [
        (lambda keys: keys.get("list").as_text("the list"), "x.yaml:2: the list is a list"),
        (lambda keys: keys.get("text").as_list("the text"), "x.yaml:1: the text is a text (a)"),
        (lambda keys: keys.get("text").as_mapping("the text"), "x.yaml:1: the text is a text (a)"),
        (lambda keys: keys.get("none").as_text("nothing"), "x.yaml:3: nothing is empty"),
        (lambda keys: keys.get("text").as_choice("letter", ("ab", "b")), "x.yaml:1: unknown letter: 'a'"),
        (lambda keys: keys.get_flag("text", True), "x.yaml:1: unknown text: 'a'"),
        (lambda keys: keys.require("absent"), "x.yaml:1: the test has no 'absent'"),
    ],
)
def test_what_a_node_is_not_is_said(read, message):
    with pytest.raises(RecipeError) as caught:
        read(mapping("text: a\nlist: [1]\nnone:\n"))
    assert str(caught.value).startswith(message)


def test_a_single_text_serves_as_a_list():
    keys = mapping("one: a\nmany: [a, b]\n")
    assert keys.get("one").as_texts("one") == ["a"] and keys.get("many").as_texts("many") == ["a", "b"]


def test_defaults_are_those_of_absent_keys_only():
    keys = mapping("rule: b\nflag: 'false'\n")
    assert keys.get_choice("rule", ("a", "b"), "a") == "b" and keys.get_choice("other", ("a", "b"), "a") == "a"
    assert keys.get_flag("flag", True) is False and keys.get_flag("missing", True) is True
    keys.refuse_unknown_keys()


def test_keys_that_nobody_reads_are_refused():
    keys = mapping("spaces: a\nspcaes: b\n")
    keys.get("spaces")
    with pytest.raises(RecipeError, match="unknown key 'spcaes' in the test, did you mean 'spaces'"):
        keys.refuse_unknown_keys()


def test_suggestions_are_close():
    assert suggest("digts", ["digits", "date"]) == ", did you mean 'digits'?" and suggest("xyz", ["date"]) == ""


def test_files_have_a_limit_and_an_encoding(tmp_path):
    path = tmp_path / "x.yaml"
    for raw, message in ((b"#" * 70000, "longer than 65536 bytes"), (b"\xff\xfe\x00", "not UTF-8")):
        path.write_bytes(raw)
        with pytest.raises(RecipeError, match=message):
            read_yaml(str(path))
    path.write_bytes(b"\xef\xbb\xbfname: x\n")
    assert read_yaml(str(path)).value["name"].value == "x"
