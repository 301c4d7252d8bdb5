"""TOML files, on every Python of the control side."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.core.toml import load_toml


def test_a_file_is_read_as_utf_8(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text('[table]\nname = "ä"\n', encoding="utf-8")
    assert load_toml(tmp_path / "a.toml") == {"table": {"name": "ä"}}


def test_a_fault_is_reported_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("fine = 1\nname =\n")
    with pytest.raises(ValueError, match="line 2"):
        load_toml(tmp_path / "a.toml")
