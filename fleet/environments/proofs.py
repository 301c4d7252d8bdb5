"""Proves a finished environment: its modules import, its packages are complete, and its versions match the lock."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from packaging.utils import canonicalize_name

from fleet.environments.declarations import Environment
from fleet.environments.locks import locked

_LIST = "import json, pkg_resources as p; print(json.dumps([(d.project_name, d.version) for d in p.working_set]))"
_LIST_NEW = """import json, importlib.metadata as m
print(json.dumps([(d.metadata['Name'], d.version) for d in m.distributions()]))"""


@dataclass(frozen=True)
class ImportFailure:
    """A module that did not import. ``how`` is the last line of its error output, or the signal that ended it."""

    module: str
    how: str


def import_proof(python: Path, modules: tuple[str, ...], timeout_s: float = 300.0) -> list[ImportFailure]:
    """Import each module in its own process, isolated from PYTHONPATH; returns those that failed."""
    deaths = (_import_one(python, module, timeout_s) for module in modules)
    return [death for death in deaths if death is not None]


def _import_one(python: Path, module: str, timeout_s: float) -> ImportFailure | None:
    command = [str(python), "-I", "-c", f"import {module}"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=timeout_s)
    except subprocess.TimeoutExpired:
        return ImportFailure(module, f"no answer within {timeout_s:g} s")
    if done.returncode == 0:
        return None
    if done.returncode < 0:
        return ImportFailure(module, f"ended by signal {-done.returncode}")
    return ImportFailure(module, (done.stderr.strip().splitlines() or ["no message"])[-1])


def incomplete(python: Path, waived: tuple[str, ...] = ()) -> list[str]:
    """The lines of `pip check` about missing or incompatible packages, without the waived ones."""
    done = subprocess.run([str(python), "-m", "pip", "check"], capture_output=True, text=True, check=False)
    if done.returncode == 0:
        return []
    lines = [line.strip() for line in (done.stdout + done.stderr).splitlines()]
    return [line for line in lines if line and line not in waived]


def installed(python: Path) -> dict[str, str]:
    """The versions that are installed in the environment of ``python``: canonical name -> version."""
    code = f"import sys; exec({_LIST_NEW!r} if sys.version_info >= (3, 8) else {_LIST!r})"
    done = subprocess.run([str(python), "-I", "-W", "ignore", "-c", code], capture_output=True, text=True, check=True)
    return {canonicalize_name(name): version for name, version in json.loads(done.stdout)}


def strays(environment: Environment, python: Path, version: str, root: Path) -> list[str]:
    """The differences between the environment and its locks: missing packages, other versions, packages in no lock."""
    lock = locked(environment.bootstrap_lock(root), version)
    lock.update(locked(environment.lock(root), version))
    have = installed(python)
    differ = sorted(name for name in lock if have.get(name) != lock[name])
    wrong = [f"{name}: {have.get(name, 'missing')}, locked {lock[name]}" for name in differ]
    return wrong + [f"{name}: {have[name]}, in no lock" for name in sorted(set(have) - set(lock))]
