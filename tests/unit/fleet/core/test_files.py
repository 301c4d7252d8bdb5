"""Files that are written whole or not at all, and digests."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from fleet.core import files


def test_a_file_is_written_with_its_folder_and_nothing_else_is_left(tmp_path: Path) -> None:
    files.write_whole(tmp_path / "new" / "a.txt", "ä\n")
    files.write_whole(tmp_path / "new" / "a.txt", b"second")
    assert (tmp_path / "new" / "a.txt").read_bytes() == b"second"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["a.txt"]


def test_text_is_utf_8(tmp_path: Path) -> None:
    files.write_whole(tmp_path / "a.txt", "ä")
    assert (tmp_path / "a.txt").read_bytes() == "ä".encode()


def test_a_write_that_fails_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files.write_whole(tmp_path / "a.txt", "old")

    def full(*_: object) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(OSError, match="no space"):
        files.write_whole(tmp_path / "a.txt", "new")
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [("a.txt", "old")]


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, (1 << 20) + 1])
def test_a_digest_is_that_of_the_whole_file(tmp_path: Path, size: int) -> None:
    data = b"x" * size
    (tmp_path / "a").write_bytes(data)
    assert files.sha256_of(tmp_path / "a") == hashlib.sha256(data).hexdigest()


def test_the_root_is_that_of_the_repository() -> None:
    assert (files.ROOT / "tasks.py").is_file() and (files.ROOT / "fleet" / "core" / "files.py").is_file()
