"""A release as a folder for replays: verified, taken out of its layers, and refused where it is not what was signed."""

from __future__ import annotations

from pathlib import Path

import pytest
from release_image import write_bundle
from replay_home import PROGRAM, RECIPE

from fleet.core.errors import BundleError
from fleet.release import bundle, keys
from fleet.replays import unpacking
from ocr_app.replay import targets

APP = "opt/ocr-app/ocr_app/"
LAYERS = (
    {
        "etc/passwd": b"root", APP + "__init__.py": b"", APP + "old.py": b"", APP + "data/a.json": b"{}",
        APP + "gone/x.py": b"", "opt/ocr-app/models/m.onnx": b"weights",
    },
    {
        APP + "replay/__init__.py": b"", APP + "replay/program.py": PROGRAM.encode(), APP + ".wh.old.py": b"",
        APP + "gone/.wh..wh..opq": b"", APP + "data/a.json": b'{"new": 1}', APP + "__pycache__/a.pyc": b"x",
    },
)  # fmt: skip


@pytest.fixture
def make(tmp_path: Path):
    """(layers, links) -> (bundle, folder of its keys)."""

    def write(layers: tuple[dict[str, bytes], ...] = LAYERS, links: tuple[str, ...] = ()) -> tuple[Path, Path]:
        recipes = dict.fromkeys(("a.yaml", "b.yaml", "deep/c.yaml"), RECIPE)
        return write_bundle(tmp_path, layers, recipes, links)

    return write


def unpacked(made: tuple[Path, Path], out: Path) -> Path:
    path, trusted = made
    return unpacking.unpack(path, trusted, out)


def test_a_release_is_taken_out_of_its_layers_and_can_be_read_with(make, tmp_path: Path) -> None:
    folder = unpacked(make(), tmp_path / "out")
    assert (folder / "app" / "ocr_app" / "data" / "a.json").read_text() == '{"new": 1}'
    names = set(targets.files_below(str(folder)))
    assert names == {
        "app/ocr_app/__init__.py", "app/ocr_app/data/a.json", "app/ocr_app/replay/__init__.py",
        "app/ocr_app/replay/program.py", "models/m.onnx", "recipes/a.yaml", "recipes/b.yaml", "recipes/deep/c.yaml",
        "manifest.json", "manifest.json.minisig", "release.json",
    }  # fmt: skip
    found = targets.target_of(str(folder))
    assert (found.name, found.recipe) == ("ocr-app 1.0", str(folder / "recipes" / "b.yaml"))
    manifest = bundle.verify(make()[0], bundle.trusted_keys(tmp_path / "keys"))[0]
    assert found.digest == manifest.id


def test_what_is_there_already_is_compared_and_kept(make, tmp_path: Path) -> None:
    made = make()
    folder = unpacked(made, tmp_path / "out")
    before = (folder / "release.json").stat().st_mtime_ns
    assert unpacked(made, tmp_path / "out") == folder
    assert (folder / "release.json").stat().st_mtime_ns == before
    (folder / "models" / "m.onnx").write_bytes(b"other")
    with pytest.raises(BundleError, match="not what the release brought"):
        unpacked(made, tmp_path / "out")


def test_another_release_in_the_folder_is_not_overwritten(make, tmp_path: Path) -> None:
    unpacked(make(), tmp_path / "out")
    other = ({**LAYERS[0], APP + "new.py": b""}, LAYERS[1])
    with pytest.raises(BundleError, match=r"holds ocr-app 1\.0"):
        unpacked(make(other), tmp_path / "out")


def test_a_bundle_of_a_stranger_or_one_that_was_changed_is_not_unpacked(make, tmp_path: Path) -> None:
    path, trusted = make()
    keys.generate(tmp_path / "strangers", "test", "")
    with pytest.raises(BundleError, match="key"):
        unpacking.unpack(path, tmp_path / "strangers", tmp_path / "out")
    data = path.read_bytes()
    path.write_bytes(data.replace(RECIPE.encode(), RECIPE.encode().replace(b"name: a", b"name: b"), 1))
    with pytest.raises(BundleError, match="sha256"):
        unpacking.unpack(path, trusted, tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    "layers, links, words",
    [
        (({"etc/passwd": b""},), (), "has no ocr_app"),
        (({APP + "../../../evil.py": b""},), (), "a path"),
        (LAYERS, (APP + "link.py",), "no plain file"),
    ],
)
def test_an_image_without_the_application_or_with_odd_files_is_refused(make, tmp_path, layers, links, words) -> None:
    with pytest.raises(BundleError, match=words):
        unpacked(make(layers, links), tmp_path / "out")
    assert not (tmp_path / "out").exists() and not (tmp_path / "out.partial").exists()


def test_the_recipe_of_the_challenge_is_the_one_of_the_release() -> None:
    assert unpacking.recipe_of(["read", "--recipe", "recipes/deep/c.yaml", "x"]) == "deep/c.yaml"
    assert unpacking.recipe_of(["read"]) == unpacking.recipe_of(["read", "--recipe"]) == ""
    assert unpacking.recipe_of(["--recipe", "other/c.yaml"]) == "other/c.yaml"


def test_the_command_says_how_to_go_on(make, tmp_path: Path) -> None:
    said: list[str] = []
    path, trusted = make()
    assert unpacking.main(str(path), trusted, tmp_path / "out", said.append) == 0
    assert f"--against {tmp_path / 'out'}" in said[0]
    with pytest.raises(BundleError, match="no bundle named"):
        unpacking.main("", trusted, None)
