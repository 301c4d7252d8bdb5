"""YAML as a tree of texts that remembers lines, for recipes and for settings files."""

import pytest

from ocr_app.core import yaml_tree
from ocr_app.core.errors import RecipeError, UsageError


def test_scalars_stay_as_they_are_written():
    tree = yaml_tree.parse("a: 20\nb: NO\nc: 2022-08-01\nd:\ne: [1, x]\n", "x.yaml")
    found = {name: value.value for name, value in tree.value.items()}
    assert (found["a"], found["b"], found["c"], found["d"]) == ("20", "NO", "2022-08-01", None)
    assert tree.value["e"].texts("e") == ["1", "x"]


def test_nodes_know_their_lines():
    tree = yaml_tree.parse("# a comment\na:\n  b: 1\n", "x.yaml")
    assert (tree.value["a"].line, tree.value["a"].value["b"].line) == (2, 3)
    assert str(tree.value["a"].value["b"].problem("too small", "2")) == "x.yaml:3: too small\n  expected: 2"


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
        yaml_tree.parse(text, "x.yaml", kind)
    assert str(caught.value).startswith("x.yaml:")


@pytest.mark.parametrize("kind,error", [(yaml_tree.RECIPE, RecipeError), (yaml_tree.SETTINGS, UsageError)])
def test_files_that_cannot_be_read(tmp_path, kind, error):
    with pytest.raises(error, match="No such file") as caught:
        yaml_tree.read(str(tmp_path / "a.yaml"), kind)
    assert kind.noun in caught.value.expected
    (tmp_path / "long.yaml").write_text("a: " + "x" * yaml_tree.MAX_BYTES)
    with pytest.raises(error, match="longer than"):
        yaml_tree.read(str(tmp_path / "long.yaml"), kind)
    (tmp_path / "latin.yaml").write_bytes(b"a: \xff\n")
    with pytest.raises(error, match="UTF-8"):
        yaml_tree.read(str(tmp_path / "latin.yaml"), kind)


def test_keys_that_nobody_asked_for_are_refused_with_a_suggestion():
    keys = yaml_tree.parse("name: a\ndevise: cpu\n", "x.yaml").keys("the reader")
    assert keys.need("name").text("name") == "a" and keys.get("device") is None
    with pytest.raises(RecipeError, match=r"x.yaml:2: unknown key 'devise' in the reader, did you mean 'device'\?"):
        keys.finish()
    with pytest.raises(RecipeError, match="has no 'precision'"):
        keys.need("precision")


@pytest.mark.parametrize(
    "text,method,words", [("a: [x]", "text", "a list"), ("a: x", "keys", "a text"), ("a:", "items", "empty")]
)
def test_a_value_of_another_kind(text, method, words):
    node = yaml_tree.parse(text, "x.yaml").value["a"]
    with pytest.raises(RecipeError, match="x.yaml:1: thing is " + words):
        getattr(node, method)("thing")


def test_one_of_several_known_texts():
    node = yaml_tree.parse("a: cudaa", "x.yaml").value["a"]
    with pytest.raises(RecipeError, match="did you mean 'cuda'") as caught:
        node.chosen("device", ("cpu", "cuda"))
    assert caught.value.expected == "cpu, cuda"
