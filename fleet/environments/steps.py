"""The steps that build an environment: virtual environment, packages, post steps."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from fleet.core.errors import EnvironmentBuildError, InstallFailed
from fleet.environments import model_files, pure_wheels
from fleet.environments.declarations import Environment, PostStep
from fleet.environments.interpreters import Interpreter

FOLDER = ".envs"
_HEARTBEAT_S = 20.0

Say = Callable[[str], None]


def python_of(name: str, root: Path) -> Path:
    """Path of the interpreter of the environment called ``name``, whether it exists or not."""
    return root / FOLDER / name / "bin" / "python"


def install(environment: Environment, interpreter: Interpreter, root: Path, say: Say) -> None:
    """Create the virtual environment and install both locks into it, from wheels only.

    Raises InstallFailed, and ArtefactError for a wheel that cannot be made here.
    """
    name, python = environment.name, python_of(environment.name, root)
    log = root / FOLDER / f".{name}.log"
    log.write_text("")
    _run([str(interpreter.path), "-m", "venv", str(root / FOLDER / name)], log, name, say)
    pip = [str(python), "-m", "pip", "install", "--no-deps", "--require-hashes", "--only-binary=:all:"]
    pip += ["--disable-pip-version-check", "--no-input"]
    say(f"{name}: pip, setuptools, wheel")
    _run([*pip, "-r", str(environment.bootstrap_lock(root))], log, name, say)
    say(f"{name}: packages (up to {environment.download_mb} MB to fetch, {environment.disk_mb} MB installed)")
    _run([*pip, *_links(environment, root, say), "-r", str(environment.lock(root))], log, name, say)


def _links(environment: Environment, root: Path, say: Say) -> list[str]:
    """Options of pip for the wheels of the lock that are made here from source archives."""
    items = pure_wheels.of_lock(environment.lock(root))
    made = [pure_wheels.ensure(item, root / pure_wheels.FOLDER, say) for item in items]
    return [word for path in made for word in ("--find-links", str(path))]


def _run(command: list[str], log: Path, name: str, say: Say) -> None:
    """Run a command with its output in ``log``, and report now and then. Raises InstallFailed with the last lines."""
    start = time.monotonic()
    with log.open("a") as output, _child(command, output) as process:
        while True:
            try:
                process.wait(_HEARTBEAT_S)
                break
            except subprocess.TimeoutExpired:
                say(f"{name}: still running after {time.monotonic() - start:.0f} s")
    if process.returncode:
        last = "\n    ".join(log.read_text(errors="replace").strip().splitlines()[-6:])
        what = f"{name}: {' '.join(command[:4])} ... ended with {process.returncode}"
        raise InstallFailed(f"{what}\n    {last}", "", f"see {log}")


@contextmanager
def _child(command: list[str], output: IO[str]) -> Iterator[subprocess.Popen[bytes]]:
    """A child process that ends with the block, is independent of the current Python, and shares the build lock."""
    variables = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        command, stdin=quiet, stdout=output, stderr=subprocess.STDOUT, env=variables, close_fds=False
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait()


def describe(step: PostStep) -> str:
    """A description of a post step."""
    return f"{step.member} from {step.artefact}" if step.kind == "artefact" else f"python -m {step.module}"


def post(step: PostStep, name: str, root: Path) -> None:
    """Run one post step. Raises InstallFailed, ArtefactError, or EnvironmentBuildError for an invalid step."""
    if step.kind == "artefact":
        _copy_member(step, name, root)
    elif step.kind == "module":
        _run_module(step, name, root)
    else:
        raise EnvironmentBuildError(f"{name}: unknown post step {step.kind!r}", "artefact, module")


def _copy_member(step: PostStep, name: str, root: Path) -> None:
    models = root / ".models"
    fetched = model_files.fetch(names=[step.artefact], into=models)
    if models / step.member not in fetched:
        raise EnvironmentBuildError(
            f"{name}: {step.artefact} has no member {step.member}", "a member of wheels/manifest.toml"
        )
    shutil.copy2(models / step.member, site_packages(name, root) / step.to)


def site_packages(name: str, root: Path) -> Path:
    """The folder of the environment's packages."""
    return next((root / FOLDER / name / "lib").glob("python3.*/site-packages"))


def _run_module(step: PostStep, name: str, root: Path) -> None:
    command = [str(python_of(name, root)), "-m", step.module]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    if done.returncode:
        raise InstallFailed(f"{name}: python -m {step.module} failed\n{done.stdout}{done.stderr}".rstrip())
