"""YAML as a tree of texts that remembers lines, for recipes and for settings files."""

import pytest

from ocr_app.core import yaml_tree
from ocr_app.core.errors import RecipeError, UsageError
from ocr_app.core.yaml_tree import parse_yaml, read_yaml, suggest
from ocr_app.recipes import loads
from ocr_app.recipes.language.recipe import accepts


def test_scalars_stay_as_they_are_written():
    tree = yaml_tree.parse_yaml("a: 20\nb: NO\nc: 2022-08-01\nd:\ne: [1, x]\n", "x.yaml")
    found = {name: value.value for name, value in tree.value.items()}
    assert (found["a"], found["b"], found["c"], found["d"]) == ("20", "NO", "2022-08-01", None)
    assert tree.value["e"].as_texts("e") == ["1", "x"]


def test_nodes_know_their_lines():
    tree = yaml_tree.parse_yaml("# a comment\na:\n  b: 1\n", "x.yaml")
    assert (tree.value["a"].line, tree.value["a"].value["b"].line) == (2, 3)
    assert str(tree.value["a"].value["b"].error("too small", "2")) == "x.yaml:3: too small\n  expected: 2"


@pytest.mark.parametrize("kind,error", [(yaml_tree.RECIPE, RecipeError), (yaml_tree.SETTINGS, UsageError)])
@pytest.mark.parametrize(
    "text,words",
    [
        ("a: [", "not YAML"),
        ("", "empty"),
        ("a: 1\na: 2\n", "'a'"),
        ("a: &x 1\nb: *x\n", "anchor"),
        ("a: !!python/object:os.system x\n", "unknown tag"),
        ("[a]: 1\n", "a key is"),
    ],
)
def test_what_is_wrong_is_an_error_of_the_kind_with_file_and_line(kind, error, text, words):
    with pytest.raises(error, match=words) as caught:
        yaml_tree.parse_yaml(text, "x.yaml", kind)
    assert str(caught.value).startswith("x.yaml:")


@pytest.mark.parametrize("kind,error", [(yaml_tree.RECIPE, RecipeError), (yaml_tree.SETTINGS, UsageError)])
def test_files_that_cannot_be_read(tmp_path, kind, error):
    with pytest.raises(error, match="No such file") as caught:
        yaml_tree.read_yaml(str(tmp_path / "a.yaml"), kind)
    assert kind.noun in caught.value.expected
    (tmp_path / "long.yaml").write_text("a: " + "x" * yaml_tree.MAX_BYTES)
    with pytest.raises(error, match="longer than"):
        yaml_tree.read_yaml(str(tmp_path / "long.yaml"), kind)
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(error, match="UTF-8"):
        yaml_tree.read_yaml(str(tmp_path / "latin.yaml"), kind)


def test_keys_that_nobody_asked_for_are_refused_with_a_suggestion():
    keys = yaml_tree.parse_yaml("name: a\ndevise: cpu\n", "x.yaml").as_mapping("the reader")
    assert keys.require("name").as_text("name") == "a" and keys.get("device") is None
    with pytest.raises(RecipeError, match=r"x.yaml:2: unknown key 'devise' in the reader, did you mean 'device'\?"):
        keys.refuse_unknown_keys()
    with pytest.raises(RecipeError, match="has no 'precision'"):
        keys.require("precision")


@pytest.mark.parametrize(
    "text,method,words", [("a: [x]", "as_text", "a list"), ("a: x", "as_mapping", "a text"), ("a:", "as_list", "empty")]
)
def test_a_value_of_another_kind(text, method, words):
    node = yaml_tree.parse_yaml(text, "x.yaml").value["a"]
    with pytest.raises(RecipeError, match="x.yaml:1: thing is " + words):
        getattr(node, method)("thing")


def test_one_of_several_known_texts():
    node = yaml_tree.parse_yaml("a: cudaa", "x.yaml").value["a"]
    with pytest.raises(RecipeError, match="did you mean 'cuda'") as caught:
        node.as_choice("device", ("cpu", "cuda"))
    assert caught.value.expected == "cpu, cuda"


def mapping(text):
    return parse_yaml(text, "x.yaml").as_mapping("the test")


def test_scalars_stay_as_they_are_written_in_a_recipe():
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
