"""Builds the environments of fleet/environments/environments.toml under .envs/, and reports their state.

An environment is built in its final folder, because a virtual environment contains absolute paths. The marker file is
written last and holds a fingerprint of the locks and the data. An interrupted build leaves no marker and is never
used. The previous environment is kept until the new one has been proved, and is restored if the build fails.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import shutil
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from fleet.core import logs
from fleet.core.errors import FleetError, InterpreterMissing, NotEnoughSpace, ProofFailed
from fleet.core.files import ROOT, write_whole
from fleet.environments import interpreters, proofs, steps
from fleet.environments.declarations import Environment, environments, fingerprint, select
from fleet.environments.steps import FOLDER, Say, python_of
from ocr_app.workers.environments import FINISHED as MARKER

log = logging.getLogger(__name__)

_SPARE_MB = 500  # pip unpacks its downloads next to the packages that it installs


@dataclass(frozen=True)
class EnvironmentStatus:
    """State of one environment: ready, absent, unfinished, stale (its lock has changed), or broken."""

    name: str
    state: str
    detail: str
    python: Path


def status(root: Path = ROOT, environ: Mapping[str, str] = os.environ) -> list[EnvironmentStatus]:
    """State of every environment. Runs only the interpreters that it looks for."""
    return [_status(environment, root, environ) for environment in environments(root).values()]


def _status(environment: Environment, root: Path, environ: Mapping[str, str]) -> EnvironmentStatus:
    state = _state(environment, root)
    detail = {
        "ready": "",
        "unfinished": "an interrupted build",
        "stale": "its lock or its data has changed",
        "broken": "its Python is missing",
    }
    text = detail[state] if state in detail else _buildable(environment, environ)
    return EnvironmentStatus(environment.name, state, text, python_of(environment.name, root))


def _state(environment: Environment, root: Path) -> str:
    folder = root / FOLDER / environment.name
    marker = read_marker(environment.name, root)
    if marker is None:
        return "unfinished" if folder.exists() else "absent"
    if not python_of(environment.name, root).is_file():
        return "broken"
    return "ready" if marker["fingerprint"] == fingerprint(environment, root) else "stale"


def read_marker(name: str, root: Path = ROOT) -> dict[str, str] | None:
    """The marker of the last finished build (fingerprint, python, folder); None without one, or after a move."""
    folder = root / FOLDER / name
    try:
        marker: dict[str, str] = json.loads((folder / MARKER).read_text())
    except (OSError, ValueError):
        return None
    return marker if marker.get("folder") == str(folder.resolve()) else None


def _buildable(environment: Environment, environ: Mapping[str, str]) -> str:
    try:
        return "can be built with " + str(interpreters.find_first(environment.python, environ).path)
    except InterpreterMissing as error:
        return error.found


def build(names: Sequence[str] = (), root: Path = ROOT, recreate: bool = False, say: Say = log.info) -> list[Path]:
    """Build the environments called ``names``, or all of them if it is empty; returns their interpreters.

    An environment that is ready is kept unless ``recreate`` is set. Only one build runs at a time per checkout.
    Raises EnvironmentBuildError (InterpreterMissing, NotEnoughSpace, InstallFailed, ProofFailed) or ArtefactError.
    """
    chosen = select(tuple(names), root)
    (root / FOLDER).mkdir(exist_ok=True)
    with _alone(root, say):
        for environment in chosen:
            if recreate or _state(environment, root) != "ready":
                _rebuild(environment, root, say)
            else:
                say(f"{environment.name}: ready, nothing to do")
    return [python_of(environment.name, root) for environment in chosen]


@contextmanager
def _alone(root: Path, say: Say) -> Iterator[None]:
    """Hold the build lock. Child processes inherit it, so other builds also wait for a pip whose parent was killed."""
    with (root / FOLDER / ".lock").open("w") as stream:
        os.set_inheritable(stream.fileno(), True)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another build is running here; waiting for it")
            fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _rebuild(environment: Environment, root: Path, say: Say) -> None:
    folder, aside = root / FOLDER / environment.name, root / FOLDER / f".before-{environment.name}"
    interpreter = interpreters.find_first(environment.python)
    check_space(environment, root)
    _set_aside(environment.name, folder, aside, root)
    try:
        _build_one(environment, interpreter, root, say)
    except BaseException:
        _discard(folder)
        if aside.exists():
            aside.rename(folder)
        raise
    _discard(aside)


def check_space(environment: Environment, root: Path) -> None:
    """Raises NotEnoughSpace if the disk under ``root`` cannot hold the environment."""
    need_gb = (environment.disk_mb + _SPARE_MB) / 1000
    free_gb = shutil.disk_usage(root).free / 1e9
    if free_gb < need_gb:
        found = f"{environment.name}: {free_gb:.1f} GB free under {root}"
        raise NotEnoughSpace(found, f"{need_gb:.1f} GB", "free some space, or choose a smaller environment")


def _set_aside(name: str, folder: Path, aside: Path, root: Path) -> None:
    """Keep a finished environment until the new one has been proved, and remove an unfinished one."""
    if read_marker(name, root) is None:
        _discard(folder)
    else:
        _discard(aside)
        folder.rename(aside)


def _build_one(environment: Environment, interpreter: interpreters.Interpreter, root: Path, say: Say) -> None:
    start, name = time.monotonic(), environment.name
    say(f"{name}: Python {interpreter.version} ({interpreter.path})")
    steps.install(environment, interpreter, root, say)
    for step in environment.post:
        say(f"{name}: {steps.describe(step)}")
        steps.post(step, name, root)
    say(f"{name}: checking it")
    _prove(environment, interpreter.version, root)
    _write_marker(environment, interpreter, root)
    say(f"{name}: ready in {time.monotonic() - start:.0f} s")


def _prove(environment: Environment, version: str, root: Path) -> None:
    problems = prove(environment, version, root)
    if problems:
        listed = "\n    ".join(problems)
        raise ProofFailed(f"{environment.name} does not hold:\n    {listed}", "the modules and versions of its lock")


def prove(environment: Environment, version: str, root: Path = ROOT) -> list[str]:
    """The problems of a built environment; empty if its modules, packages and versions are right."""
    python = python_of(environment.name, root)
    problems = [f"import {death.module}: {death.how}" for death in proofs.import_proof(python, environment.imports)]
    problems += proofs.incomplete(python, environment.waived)
    return problems + proofs.strays(environment, python, version, root)


def _write_marker(environment: Environment, interpreter: interpreters.Interpreter, root: Path) -> None:
    folder = root / FOLDER / environment.name
    record = {
        "fingerprint": fingerprint(environment, root),
        "python": interpreter.version,
        "folder": str(folder.resolve()),
    }
    write_whole(folder / MARKER, json.dumps(record, indent=2) + "\n")


def _discard(folder: Path) -> None:
    if folder.is_symlink():
        folder.unlink()
    with suppress(FileNotFoundError):
        shutil.rmtree(folder)


def show_status(root: Path = ROOT, say: Say = print) -> None:
    """Print one line per environment: its state, the problem if there is one, and its purpose."""
    reasons = {name: environment.why for name, environment in environments(root).items()}
    say("")
    for entry in status(root):
        detail = f"  ({entry.detail})" if entry.detail else ""
        say(f"{entry.name:<14} {entry.state:<10} {reasons[entry.name]}{detail}")


def main(names: list[str]) -> int:
    """``python -m fleet.environments.builder NAME...`` builds environments; returns the exit code."""
    try:
        build(names)
    except FleetError as error:
        log.error("%s", error)
        return error.exit_code
    return 0


if __name__ == "__main__":
    logs.configure()
    sys.exit(main(sys.argv[1:]))
