"""Every environment whose Python is here builds, holds what its lock says, and is then left alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.core.errors import InstallFailed, InterpreterMissing
from fleet.core.files import ROOT
from fleet.environments import builder, interpreters
from fleet.environments.declarations import environments

NAMES = sorted(environments())


@pytest.mark.parametrize("name", NAMES)
def test_it_builds_and_imports_and_equals_its_lock(name: str, built: Callable[..., Path]) -> None:
    """A build ends with this proof, and writes its marker after it: what was built a moment ago is not asked again."""
    said: list[str] = []
    built(name, said.append)
    marker = builder.read_marker(name)
    assert marker is not None
    if not any(line.startswith(f"{name}: ready in ") for line in said):
        assert builder.prove(environments()[name], marker["python"]) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_second_build_changes_nothing(name: str, built: Callable[[str], Path]) -> None:
    marker = built(name).parent.parent / builder.MARKER
    before = marker.stat()
    said: list[str] = []
    builder.build([name], say=said.append)
    assert said == [f"{name}: ready, nothing to do"]
    assert marker.stat().st_mtime_ns == before.st_mtime_ns


@pytest.mark.parametrize("name", NAMES)
def test_its_size_is_the_one_that_is_told(name: str, built: Callable[[str], Path]) -> None:
    folder = built(name).parent.parent
    files = (path.lstat() for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
    found_mb = sum(entry.st_blocks * 512 for entry in files) / 2**20
    assert found_mb == pytest.approx(environments()[name].disk_mb, rel=0.15, abs=20)


def test_a_real_build_from_nothing_ends_ready(tmp_path: Path) -> None:
    """The smallest environment in a checkout of its own: interpreter, bootstrap, packages, proof, marker."""
    try:
        interpreters.find_first(environments()["locks"].python)
    except InterpreterMissing as error:
        pytest.skip(str(error))
    for folder in ("requirements", "fleet"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    python = builder.build(["locks"], tmp_path)[0]
    assert python.is_file()
    assert [status.state for status in builder.status(tmp_path) if status.name == "locks"] == ["ready"]


def test_a_lock_with_another_hash_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "fleet").symlink_to(ROOT / "fleet")
    (tmp_path / "requirements").mkdir()
    for name in ("locks.txt", "bootstrap.txt"):
        text = (ROOT / "requirements" / name).read_text()
        (tmp_path / "requirements" / name).write_text(re.sub("sha256:[0-9a-f]{64}", "sha256:" + "0" * 64, text))
    with pytest.raises(InstallFailed, match="Expected sha256 0000"):
        builder.build(["locks"], tmp_path)
    assert not (tmp_path / ".envs" / "locks").exists()
