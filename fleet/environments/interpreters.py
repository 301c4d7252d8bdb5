"""Finds a Python of a given minor version, and reports where it looked."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import InterpreterMissing

_ASK = "import sys, venv, ensurepip; print('.'.join(str(part) for part in sys.version_info[:3]))"


@dataclass(frozen=True)
class Interpreter:
    """A Python that runs and can create virtual environments. ``version`` looks like "3.6.15"."""

    path: Path
    version: str


def variable(minor: str) -> str:
    """Environment variable that names the Python to use: OCR_PYTHON_3_6 for "3.6"."""
    return "OCR_PYTHON_" + minor.replace(".", "_")


def find_first(minors: tuple[str, ...], environ: Mapping[str, str] = os.environ) -> Interpreter:
    """The first Python that exists among ``minors``. Raises InterpreterMissing with everything that was checked.

    A variable that names an unsuitable Python is an error, not a reason to try the next version.
    """
    problems = []
    for minor in minors:
        try:
            return find(minor, environ)
        except InterpreterMissing as error:
            if environ.get(variable(minor)):
                raise
            problems.append(error)
    if len(problems) == 1:
        raise problems[0]
    found = "\n  ".join(error.found for error in problems)
    raise InterpreterMissing(found, "one of Python " + ", ".join(minors), problems[0].next_step)


def find(minor: str, environ: Mapping[str, str] = os.environ) -> Interpreter:
    """A Python of this minor version: OCR_PYTHON_<minor>, then pyenv's newest, then PATH.

    If the variable is set, nothing else is checked. Raises InterpreterMissing.
    """
    rejected = []
    for path in _candidates(minor, environ):
        version = ask_version(path, environ)
        if version.startswith(minor + "."):
            return Interpreter(path, version)
        rejected.append(f"{path} ({version})")
    raise _missing(minor, rejected, environ)


def _candidates(minor: str, environ: Mapping[str, str]) -> Iterator[Path]:
    named = environ.get(variable(minor))
    if named:
        yield Path(named)
        return
    yield from sorted(_pyenv(environ).glob(f"{minor}.*/bin/python{minor}"), key=_patch, reverse=True)
    on_path = shutil.which("python" + minor, path=environ.get("PATH"))
    if on_path:
        yield Path(on_path)


def _pyenv(environ: Mapping[str, str]) -> Path:
    root = environ.get("PYENV_ROOT") or os.path.join(environ.get("HOME", "/nonexistent"), ".pyenv")
    return Path(root) / "versions"


def _patch(path: Path) -> int:
    """Patch number of .../3.6.15/bin/python3.6; -1 for a release candidate."""
    last = path.parent.parent.name.rpartition(".")[2]
    return int(last) if last.isdigit() else -1


def ask_version(path: Path, environ: Mapping[str, str] = os.environ) -> str:
    """The version that the interpreter at ``path`` reports, or a description of the problem if it does not run."""
    try:
        command = [str(path), "-I", "-c", _ASK]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=dict(environ))
    except (OSError, subprocess.TimeoutExpired) as error:
        return f"does not run: {error}"
    if done.returncode:
        return "does not run: " + (done.stderr.strip().splitlines() or ["no message"])[-1]
    return done.stdout.strip()


def _missing(minor: str, rejected: list[str], environ: Mapping[str, str]) -> InterpreterMissing:
    if environ.get(variable(minor)):
        return InterpreterMissing(
            f"{variable(minor)} does not name a Python {minor}: {rejected[0]}",
            f"a working Python {minor} with venv",
            f"set {variable(minor)} to one, or unset it",
        )
    places = f"{_pyenv(environ)}/{minor}.*, python{minor} on PATH"
    found = f"no Python {minor}; checked {places}" + "".join(f"; unusable: {item}" for item in rejected)
    step = f"pyenv install {minor}, or set {variable(minor)}=/path/to/python{minor}"
    return InterpreterMissing(found, f"a working Python {minor} with venv", step)
