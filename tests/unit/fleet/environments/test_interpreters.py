"""Finding a Python of one minor version: the order of the places, and the words when there is none."""

from __future__ import annotations

from pathlib import Path

import pytest

from fleet.core.errors import InterpreterMissing
from fleet.environments import interpreters


def fake_python(path: Path, version: str) -> Path:
    """A program that reports ``version``; without one it fails as a pyenv shim of an inactive version does."""
    path.parent.mkdir(parents=True, exist_ok=True)
    answer = f"echo {version}" if version else "echo 'command not found' >&2; exit 127"
    path.write_text(f"#!/bin/sh\n{answer}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    """An environment whose home, pyenv and PATH are empty folders."""
    return {"HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "bin")}


def test_pyenvs_newest_patch_release_wins(tmp_path: Path, environ: dict[str, str]) -> None:
    for version in ("3.6.9", "3.6.15", "3.6.2"):
        fake_python(tmp_path / "home/.pyenv/versions" / version / "bin/python3.6", version)
    assert interpreters.find("3.6", environ).version == "3.6.15"


def test_pyenv_root_is_honoured(tmp_path: Path, environ: dict[str, str]) -> None:
    python = fake_python(tmp_path / "else/versions/3.7.16/bin/python3.7", "3.7.16")
    assert interpreters.find("3.7", {**environ, "PYENV_ROOT": str(tmp_path / "else")}).path == python


def test_path_comes_after_pyenv(tmp_path: Path, environ: dict[str, str]) -> None:
    python = fake_python(tmp_path / "bin/python3.6", "3.6.9")
    assert interpreters.find("3.6", environ).path == python


def test_a_python_that_does_not_run_is_passed_over(tmp_path: Path, environ: dict[str, str]) -> None:
    fake_python(tmp_path / "home/.pyenv/versions/3.6.15/bin/python3.6", "")
    fake_python(tmp_path / "bin/python3.6", "3.6.9")
    assert interpreters.find("3.6", environ).version == "3.6.9"


def test_the_variable_comes_before_all(tmp_path: Path, environ: dict[str, str]) -> None:
    fake_python(tmp_path / "bin/python3.6", "3.6.9")
    mine = fake_python(tmp_path / "mine", "3.6.12")
    assert interpreters.find("3.6", {**environ, "OCR_PYTHON_3_6": str(mine)}).path == mine


def test_a_wrong_variable_is_refused_not_replaced(tmp_path: Path, environ: dict[str, str]) -> None:
    fake_python(tmp_path / "bin/python3.6", "3.6.9")
    wrong = fake_python(tmp_path / "wrong", "3.9.1")
    with pytest.raises(InterpreterMissing, match=r"OCR_PYTHON_3_6 does not name a Python 3\.6: .*wrong \(3\.9\.1\)"):
        interpreters.find("3.6", {**environ, "OCR_PYTHON_3_6": str(wrong)})


def test_a_missing_python_is_told_with_places_and_next_step(tmp_path: Path, environ: dict[str, str]) -> None:
    with pytest.raises(InterpreterMissing) as caught:
        interpreters.find("3.6", environ)
    assert str(caught.value) == (
        f"no Python 3.6; checked {tmp_path}/home/.pyenv/versions/3.6.*, python3.6 on PATH\n"
        "  expected: a working Python 3.6 with venv\n"
        "  next: pyenv install 3.6, or set OCR_PYTHON_3_6=/path/to/python3.6"
    )


def test_the_reason_for_passing_over_is_told(tmp_path: Path, environ: dict[str, str]) -> None:
    fake_python(tmp_path / "bin/python3.6", "")
    with pytest.raises(InterpreterMissing, match=r"unusable: .*does not run: command not found"):
        interpreters.find("3.6", environ)


def test_of_several_minors_the_first_there_is_wins(tmp_path: Path, environ: dict[str, str]) -> None:
    fake_python(tmp_path / "bin/python3.10", "3.10.13")
    fake_python(tmp_path / "bin/python3.12", "3.12.1")
    assert interpreters.find_first(("3.11", "3.12", "3.10"), environ).version == "3.12.1"


def test_where_none_of_several_is_there_all_are_named(environ: dict[str, str]) -> None:
    with pytest.raises(InterpreterMissing, match=r"(?s)no Python 3\.11.*no Python 3\.12.*one of Python 3\.11, 3\.12"):
        interpreters.find_first(("3.11", "3.12"), environ)


def test_a_wrong_variable_is_not_answered_by_another_minor(tmp_path: Path, environ: dict[str, str]) -> None:
    fake_python(tmp_path / "bin/python3.12", "3.12.1")
    with pytest.raises(InterpreterMissing, match="OCR_PYTHON_3_11 does not name a Python"):
        interpreters.find_first(("3.11", "3.12"), {**environ, "OCR_PYTHON_3_11": str(tmp_path / "nothing")})
