"""What is in the wheel: the files of the package, the bundled recipes and samples, metadata; and the same from 3.6."""

import email
import subprocess
import zipfile
from pathlib import Path

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

import ocr_app
from fleet.environments import interpreters
from fleet.packaging.build import copy_source, environment, run_hook, unpack
from ocr_app.readers import catalogues

ROOT = Path(__file__).resolve().parents[2]
BUNDLED = {"recipes": "ocr_app/data/recipes", "data/nano-codes-100": "ocr_app/data/samples"}


@pytest.fixture(scope="module")
def from_3_6(built, tmp_path_factory):
    """The wheel that the setuptools of Python 3.6's lock makes of the source distribution."""
    folder = tmp_path_factory.mktemp("py36")
    python = environment(folder / "venv", interpreters.find("3.6"), "bootstrap-py36")
    return run_hook(python, "wheel", unpack(built.sdist, folder / "sdist"), folder / "dist")


@pytest.fixture(scope="module")
def from_a_checkout(tmp_path_factory):
    """The wheel that is built from a copy of the checkout, without a source distribution in between."""
    folder = tmp_path_factory.mktemp("checkout")
    python = environment(folder / "venv", interpreters.find_first(("3.13", "3.12", "3.11", "3.10")), "bootstrap")
    return run_hook(python, "wheel", copy_source(folder / "source"), folder / "dist")


def contents(wheel):
    """The wheel's files by name, without its metadata."""
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist() if ".dist-info/" not in name}


def metadata(wheel, name="METADATA"):
    with zipfile.ZipFile(wheel) as archive:
        (path,) = [path for path in archive.namelist() if path.endswith(".dist-info/" + name)]
        return archive.read(path).decode()


def requirements(wheel):
    return {str(Requirement(line)) for line in email.message_from_string(metadata(wheel)).get_all("Requires-Dist")}


def tracked(*folders):
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", *folders]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return sorted(name for name in listed.split("\0") if name and (ROOT / name).is_file())


def test_the_wheel_holds_the_package_and_what_is_bundled_and_nothing_else(built):
    expected = {name: ROOT / name for name in tracked("ocr_app")}
    for source, target in BUNDLED.items():
        expected.update({name.replace(source, target, 1): ROOT / name for name in tracked(source)})
    found = contents(built.wheel)
    assert sorted(found) == sorted(expected)
    assert [name for name, path in expected.items() if found[name] != path.read_bytes()] == []


def test_models_samples_recipes_schemas_and_the_mark_of_a_typed_package_are_inside(built):
    names = set(contents(built.wheel))
    assert "ocr_app/py.typed" in names
    assert {"ocr_app/data/recipes/nano-codes.yaml", "ocr_app/data/samples/images/000.jpg"} <= names
    assert "ocr_app/data/team.json" in names
    networks = {name for name in names if name.endswith(".onnx")}
    assert networks == {"ocr_app/data/models/" + part["file"] for part in catalogues.packaged().values()}
    assert len([name for name in names if name.endswith(".schema.json")]) >= 3


def test_the_wheel_stays_small(built):
    assert built.wheel.stat().st_size < 25e6  # of which the networks are 19


def test_metadata(built):
    found = email.message_from_string(metadata(built.wheel))
    assert (found["Name"], found["Version"]) == ("ocr-app", ocr_app.__version__)
    assert (found["License-Expression"], found["Requires-Python"]) == ("Apache-2.0", ">=3.6")
    assert found.get_all("License-File") == ["LICENSE", "NOTICE"]
    assert found.get_all("Project-URL")
    for minor in range(6, 15):
        assert f"Programming Language :: Python :: 3.{minor}" in found.get_all("Classifier")
    assert metadata(built.wheel, "entry_points.txt").split("\n")[:2] == [
        "[console_scripts]",
        "ocr-app = ocr_app.__main__:entry",
    ]


def test_the_licence_and_the_notice_are_in_the_wheel(built):
    with zipfile.ZipFile(built.wheel) as archive:
        names = [name for name in archive.namelist() if name.endswith(("/LICENSE", "/NOTICE"))]
        assert {archive.read(name) for name in names} == {(ROOT / n).read_bytes() for n in ("LICENSE", "NOTICE")}


def test_the_source_distribution_builds_the_wheel_of_the_checkout(built, from_a_checkout):
    assert contents(built.wheel) == contents(from_a_checkout)
    assert metadata(built.wheel) == metadata(from_a_checkout)


def test_the_setuptools_of_python_3_6_builds_the_same(built, from_3_6):
    assert from_3_6.name == built.wheel.name
    assert contents(from_3_6) == contents(built.wheel)
    assert requirements(from_3_6) == requirements(built.wheel)
    old, new = (email.message_from_string(metadata(wheel)) for wheel in (from_3_6, built.wheel))
    for field in ("Name", "Version", "Summary", "Requires-Python"):
        assert old[field] == new[field]
    assert old["License"] == new["License-Expression"] == "Apache-2.0"
    assert sorted(old.get_all("Classifier")) == sorted(new.get_all("Classifier"))
    assert metadata(from_3_6, "entry_points.txt").strip() == metadata(built.wheel, "entry_points.txt").strip()


@pytest.mark.parametrize(
    "machine, python, comes",
    [
        ("x86_64", "3.6", True),
        ("x86_64", "3.14", True),
        ("AMD64", "3.11", True),
        ("arm64", "3.12", True),
        ("aarch64", "3.10", True),
        ("aarch64", "3.6", False),  # the Nano: OpenCV with CUDA is the board's
        ("aarch64", "3.7", False),
        ("armv7l", "3.11", False),  # no wheels
    ],
)
def test_opencv_and_onnx_runtime_come_where_they_have_wheels_and_hide_nothing_of_a_board(built, machine, python, comes):
    system = {**default_environment(), "platform_machine": machine, "python_version": python, "extra": ""}
    asked = [
        item
        for item in map(Requirement, requirements(built.wheel))
        if item.marker is None or item.marker.evaluate(system)
    ]
    names = [item.name for item in asked]
    assert names.count("opencv-python-headless") == names.count("onnxruntime") == (1 if comes else 0)
    assert names.count("onnx") == names.count("numpy") == 1
