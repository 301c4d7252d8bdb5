"""A replay against a release: its application, with its own models and recipe, reads in processes of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from release_image import write_bundle

from fleet.core.files import ROOT
from fleet.replays import known, unpacking
from ocr_app.replay import targets

IN_IMAGE = "opt/ocr-app/ocr_app/"


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The application of this checkout in an image, with a sign by which it is told from the checkout."""
    folder = tmp_path_factory.mktemp("release")
    files = {
        IN_IMAGE + name: (ROOT / "ocr_app" / name).read_bytes()
        for name in targets.files_below(str(ROOT / "ocr_app"))
        if "__pycache__" not in name
    }
    version = IN_IMAGE + "core/version.py"
    files[version] += b'\nVERSION = "9.9.9"\n'
    _, changed = known.write_recipes(folder)
    path, trusted = write_bundle(folder, (files,), {"b.yaml": changed.read_text(encoding="utf-8")})
    return unpacking.unpack(path, trusted, folder / "unpacked")


@pytest.mark.parametrize("environment", ["", "py36-app"])
def test_each_change_is_found_with_the_application_of_the_release(
    environment: str, built: Callable[..., Path], release: Path, tmp_path: Path
) -> None:
    python = built(environment) if environment else Path(sys.executable)
    changes = known.write_pictures(tmp_path / "pictures", 18)
    present, _ = known.write_recipes(tmp_path)
    words = [str(python), "-m", "ocr_app", "replay", str(tmp_path / "pictures"), "--present", str(present)]
    words += ["--against", str(release), "--out", str(tmp_path / "out"), "--processes", "2", "--threads", "1"]
    done = subprocess.run(
        words,
        cwd=ROOT,
        env=dict(os.environ, PYTHONPATH=str(ROOT)),
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    record = json.loads((tmp_path / "out" / "report.json").read_text())
    expected = {kind: list(changes.values()).count(kind) for kind in record["kinds"]}
    assert record["kinds"] == expected and record["complete"]
    assert record["against"]["name"] == "ocr-app 1.0"
    assert record["against"]["application"] != record["before"]["application"], "not that of the checkout"


def test_nothing_of_the_release_was_written_while_it_read(release: Path) -> None:
    targets.verify(str(release), targets.release_record(str(release)))
