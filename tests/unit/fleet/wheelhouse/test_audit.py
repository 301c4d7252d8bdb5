"""What `./inv wheels audit` reports from inside the files: ages, licences, gaps."""

from __future__ import annotations

import os
import tarfile
import zipfile
from pathlib import Path

import pytest

from fleet.core.errors import AuditError
from fleet.wheelhouse import audit, vulnerabilities
from fleet.wheelhouse.store.manifest import WheelhouseManifest
from fleet.wheelhouse.vulnerabilities import Vulnerability
from tests.unit.fleet.wheelfiles import wheel


def test_the_age_of_a_file_is_that_of_its_newest_part(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.whl", "w") as archive:
        for year in (2019, 2021):
            archive.writestr(zipfile.ZipInfo(f"{year}.py", (year, 10, 22, 0, 0, 0)), "")
    with zipfile.ZipFile(tmp_path / "b.whl", "w") as archive:
        archive.writestr(zipfile.ZipInfo("x.py", (1980, 1, 1, 0, 0, 0)), "")
    (tmp_path / "x").touch()
    os.utime(tmp_path / "x", (1_600_000_000, 1_600_000_000))
    with tarfile.open(tmp_path / "c.tar.gz", "w:gz") as packed:
        packed.add(tmp_path / "x", "x")
    dated = [audit.dated(tmp_path / name) for name in ("a.whl", "b.whl", "c.tar.gz", "x", "gone")]
    assert dated == ["2021-10-22", "undated", "2020-09-13", "undated", "not here"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("License-Expression: MIT\nLicense: other\n", "MIT"),
        ("License: BSD\n", "BSD"),
        ("License: UNKNOWN\nClassifier: License :: OSI Approved :: MIT License\n", "MIT License"),
        ("", "not stated"),
    ],
)
def test_the_licence_is_what_the_wheel_says(tmp_path: Path, lines: str, said: str) -> None:
    path = wheel(tmp_path, "small", "1.0", "py3-none-any")
    with zipfile.ZipFile(path) as archive:
        metadata = archive.read("small-1.0.dist-info/METADATA").decode()
    with zipfile.ZipFile(tmp_path / "x.whl", "w") as archive:
        archive.writestr("small-1.0.dist-info/METADATA", metadata + lines)
    assert audit.licence(tmp_path / "x.whl") == said


def test_gaps_are_told_before_the_database_is_asked(
    manifest: WheelhouseManifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []

    def silent(*_: object) -> list[Vulnerability]:
        raise AuditError("known vulnerabilities were NOT looked up", "an answer")

    monkeypatch.setattr(vulnerabilities, "look_up", silent)
    with pytest.raises(AuditError):
        audit.audit(manifest, manifest.path.parent / "wheelhouse", said.append)
    text = "\n".join(said)
    assert "no second source (1): sources" in text and "no licence stated: sources" in text
    assert "not pinned yet: torch, sources" in text
