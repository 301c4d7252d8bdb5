"""What has to hold between settings, before a service starts."""

import pytest

from ocr_app.core.errors import RecipeError, UsageError
from ocr_app.line.settings.checks import check, resolve_engine
from ocr_app.line.settings.reading import ReaderSettings, RecipeSettings
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.line.settings.serving import FolderSettings, OutputSettings

RECIPE = "name: a\ncodes: [{name: b, lines: [{name: c, fields: [{digits: 1, as: number}]}]}]\n"


@pytest.fixture
def recipe(tmp_path):
    (tmp_path / "r.yaml").write_text(RECIPE)
    return str(tmp_path / "r.yaml")


def test_the_defaults_hold():
    check(ServiceSettings())


@pytest.mark.parametrize(
    "changes,words",
    [
        ({"reader": ReaderSettings(name="magic")}, "unknown reader"),
        ({"reader": ReaderSettings(name="ppocr", team="fast")}, "a team is a setting of the reader codes"),
        ({"folder": FolderSettings(watch="in")}, "only one of"),
        ({"output": OutputSettings(results="out")}, "only one of"),
        ({"recipe": RecipeSettings(expected={"a": "b"})}, "without a recipe"),
        ({"recipe": RecipeSettings(expected_file="a.json")}, "without a recipe"),
        ({"recipe": RecipeSettings(deadline_ms=5)}, "without a recipe"),
        ({"reader": ReaderSettings(engine="none", build_engines=True)}, "without engines"),
    ],
)
def test_combinations_that_make_no_sense(changes, words):
    with pytest.raises(UsageError, match=words):
        check(ServiceSettings(**changes))


def test_engines_are_built_only_where_a_build_can_be_checked(monkeypatch):
    settings = ServiceSettings(reader=ReaderSettings(engine="tensorrt", build_engines=True))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(UsageError, match="ONNX Runtime"):
        check(settings)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    check(settings)


def test_expected_values_are_for_fields_of_the_recipe(recipe, tmp_path):
    check(ServiceSettings(recipe=RecipeSettings(file=recipe, expected={"number": "7"}, deadline_ms=80)))
    with pytest.raises(UsageError, match="no field 'nummer'") as caught:
        check(ServiceSettings(recipe=RecipeSettings(file=recipe, expected={"nummer": "7"})))
    assert caught.value.expected == "number"
    with pytest.raises(RecipeError):
        check(ServiceSettings(recipe=RecipeSettings(file=str(tmp_path / "missing.yaml"))))


@pytest.mark.parametrize("reader", [{}, {"team": "thorough"}, {"name": "codes:balanced"}])
def test_a_team_of_several_networks_can_be_two_witnesses(recipe, reader):
    check(ServiceSettings(reader=ReaderSettings(**reader), recipe=RecipeSettings(file=recipe)))


@pytest.mark.parametrize("reader", [{"team": "fast"}, {"name": "codes:v2"}, {"name": "ppocr"}])
def test_a_recipe_that_asks_for_more_networks_than_the_reader_has_is_refused(recipe, tmp_path, reader):
    chosen = ReaderSettings(**reader)
    with pytest.raises(UsageError, match=r"asks for 2 independent networks, the reader .+ has 1") as caught:
        check(ServiceSettings(reader=chosen, recipe=RecipeSettings(file=recipe)))
    assert "witnesses: 1" in caught.value.expected
    (tmp_path / "r.yaml").write_text("witnesses: 1\n" + RECIPE)
    check(ServiceSettings(reader=chosen, recipe=RecipeSettings(file=recipe)))


def test_the_engine_of_the_image_is_taken_only_where_none_is_named():
    assert resolve_engine(ServiceSettings(), "tensorrt").reader.engine == "tensorrt"
    named = ServiceSettings(reader=ReaderSettings(engine="none"))
    assert resolve_engine(named, "tensorrt") == named
