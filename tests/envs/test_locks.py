"""Compiling every lock again gives the same text: nothing was edited by hand, nothing was forgotten."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from fleet.core.files import ROOT
from fleet.environments import locks
from fleet.environments.declarations import lock_path, lock_specs


@pytest.fixture
def copy(tmp_path: Path, built: Callable[[str], Path]) -> Path:
    """The locks and what makes them, in a folder of their own."""
    built("locks")
    shutil.copytree(ROOT / "requirements", tmp_path / "requirements")
    for folder in ("fleet", ".envs"):
        (tmp_path / folder).symlink_to(ROOT / folder)
    return tmp_path


@pytest.mark.parametrize("name", sorted(lock_specs()))
def test_a_lock_compiled_again_is_the_same(name: str, copy: Path) -> None:
    assert locks.compile_lock(name, copy).read_text() == lock_path(name, ROOT).read_text()
