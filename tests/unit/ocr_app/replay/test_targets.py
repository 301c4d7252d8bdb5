"""What pictures are read with: a recipe, or a release of which every byte is compared."""

import json
import os

import pytest
from replay_home import write_home, write_recipe

from ocr_app.core.errors import RecipeError, ReplayError
from ocr_app.core.model_files import sha256_of
from ocr_app.core.paths import HOME
from ocr_app.replay import targets


def test_a_recipe_is_read_with_this_application(tmp_path):
    path = write_recipe(tmp_path / "r.yaml")
    found = targets.target_of(path)
    assert (found.kind, found.digest, found.home, found.models) == ("recipe", sha256_of(path), HOME, "")
    assert found.record()["recipe"] == "r.yaml" and str(tmp_path) not in json.dumps(found.record())


def test_a_recipe_that_is_malformed_says_so_before_anything_is_read(tmp_path):
    (tmp_path / "r.yaml").write_text("name: [")
    with pytest.raises(RecipeError):
        targets.target_of(str(tmp_path / "r.yaml"))


@pytest.fixture
def release(tmp_path):
    folder = tmp_path / "release"
    write_home(folder / "app")
    (folder / "recipes").mkdir()
    (folder / "models").mkdir()
    (folder / "models" / "a.onnx").write_bytes(b"weights")
    for name in ("one.yaml", "two.yaml"):
        write_recipe(folder / "recipes" / name, name)
    return listed(folder)


def listed(folder, recipe="two.yaml"):
    files = {name: sha256_of(str(folder / name)) for name in targets.files_below(str(folder)) if name != "release.json"}
    record = {"format": targets.FORMAT, "id": "1" * 64, "name": "app", "version": "2", "recipe": recipe, "files": files}
    (folder / "release.json").write_text(json.dumps(record))
    return folder


def test_a_release_is_read_with_its_own_application_models_and_recipe(release):
    found = targets.target_of(str(release))
    assert (found.kind, found.name, found.digest) == ("release", "app 2", "1" * 64)
    assert (found.home, found.models) == (str(release / "app"), str(release / "models"))
    assert found.recipe == str(release / "recipes" / "two.yaml")
    assert targets.target_of(str(release), "one").recipe.endswith("one.yaml")
    environ = targets.environ_of(found, {"PYTHONPATH": "/old", "A": "b"})
    assert environ == {
        "PYTHONPATH": found.home, "A": "b", "PYTHONDONTWRITEBYTECODE": "1", "OCR_MODELS": found.models
    }  # fmt: skip


def damage_bytes(folder):
    (folder / "models" / "a.onnx").write_bytes(b"other")


def damage_missing(folder):
    os.remove(str(folder / "models" / "a.onnx"))


def damage_added(folder):
    (folder / "app" / "ocr_app" / "sitecustomize.py").write_text("")


def damage_compiled(folder):
    (folder / "app" / "ocr_app" / "__pycache__").mkdir()
    (folder / "app" / "ocr_app" / "__pycache__" / "a.pyc").write_bytes(b"")


def damage_link(folder):
    os.symlink("/etc", str(folder / "app" / "ocr_app" / "core"))


@pytest.mark.parametrize(
    "damage, words",
    [
        (damage_bytes, "is not what the release brought"),
        (damage_missing, "models/a.onnx is missing"),
        (damage_added, "sitecustomize.py is not listed"),
        (damage_compiled, "a.pyc is not listed"),
        (damage_link, "core is not listed"),
    ],
)
def test_a_release_that_was_changed_is_not_run(release, damage, words):
    damage(release)
    with pytest.raises(ReplayError, match=words):
        targets.target_of(str(release))


def test_a_release_without_replays_is_too_old(release):
    os.remove(str(release / "app" / "ocr_app" / "replay" / "program.py"))
    listed(release)
    with pytest.raises(ReplayError, match="older than replays"):
        targets.target_of(str(release))


def test_the_recipe_of_a_release_has_to_be_clear(release):
    with pytest.raises(ReplayError, match="no recipe 'three'") as error:
        targets.target_of(str(release), "three")
    assert "one.yaml, two.yaml" in str(error.value)
    listed(release, "")
    with pytest.raises(ReplayError, match="several recipes"):
        targets.target_of(str(release))


def test_what_is_no_target_says_what_to_do(tmp_path):
    with pytest.raises(ReplayError, match="no unpacked release"):
        targets.target_of(str(tmp_path))
    with pytest.raises(ReplayError, match="is a bundle"):
        targets.target_of("a.bundle")
    with pytest.raises(ReplayError, match="--recipe x with"):
        targets.target_of(write_recipe(tmp_path / "r.yaml"), "x")


def test_the_digest_of_an_application_changes_with_any_file_and_not_with_what_is_compiled(tmp_path):
    home = write_home(tmp_path)
    before = targets.application_digest(home)
    (tmp_path / "ocr_app" / "__pycache__").mkdir()
    for name in ("a.pyc", "a.pyc.139"):
        (tmp_path / "ocr_app" / "__pycache__" / name).write_bytes(b"x")
    assert targets.application_digest(home) == before
    (tmp_path / "ocr_app" / "new.py").write_text("")
    assert targets.application_digest(home) != before
