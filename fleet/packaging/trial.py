"""Installs the wheel into empty environments, and runs its commands away from this checkout."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import InterpreterMissing, PackageError
from fleet.environments import interpreters
from fleet.environments.interpreters import Interpreter
from fleet.packaging.build import environment, pip_install

MINORS = ("3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14")
_BOOTSTRAP = {"3.6": "bootstrap-py36", "3.7": "bootstrap-py37"}  # their own pip is too old for today's wheels
_SAMPLE, _RECIPE = Path("images") / "000.jpg", "nano-codes.yaml"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """One command of the installed package; ``output`` is what it printed, standard error included."""

    command: str
    exit_code: int
    output: str


@dataclass(frozen=True)
class Trial:
    """The commands of one Python, in the order in which they ran."""

    python: str
    runs: tuple[Run, ...]

    @property
    def passed(self) -> bool:
        """Whether every command ended with exit code 0."""
        return all(run.exit_code == 0 for run in self.runs)


def try_wheel(wheel: Path, python: Interpreter, folder: Path) -> Trial:
    """Install ``wheel`` into an empty environment below ``folder``, and run its three commands away from this checkout.

    Raises PackageError when pip cannot install it.
    """
    minor = python.version.rpartition(".")[0]
    made = environment(folder / "venv", python, _BOOTSTRAP.get(minor, ""))
    pip_install(made, str(wheel))
    (folder / "elsewhere").mkdir()

    def run(*arguments: str) -> Run:
        return run_command(made.with_name("ocr-app"), arguments, folder / "elsewhere")

    samples, recipes = (Path(run("bundled", what).output.strip()) for what in ("samples", "recipes"))
    reading = run("read", str(samples / _SAMPLE), "--recipe", str(recipes / _RECIPE))
    return Trial(python.version, (run("--version"), run("selfcheck"), reading))


def run_command(program: Path, arguments: Iterable[str], folder: Path) -> Run:
    """Run an installed command in ``folder``, with nothing of this repository in its environment variables."""
    hidden = ("OCR_", "NANO_OCR_", "PYTHON", "VIRTUAL_ENV")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
    command = [str(program), *arguments]
    done = subprocess.run(command, cwd=folder, env=clean, capture_output=True, text=True, check=False, timeout=600)
    return Run(" ".join(["ocr-app", *arguments]), done.returncode, done.stdout + done.stderr)


def format_trial(trial: Trial) -> str:
    """What every command of a trial printed."""
    runs = (f"$ {run.command}\n{run.output.rstrip()}\n(exit code {run.exit_code})" for run in trial.runs)
    return "\n".join([f"== Python {trial.python}", *runs])


def check(wheel: Path, minors: Iterable[str] = MINORS, say: Say = print) -> int:
    """Try ``wheel`` on each Python found, and print what it prints. Returns 0 or the exit code of a failure."""
    failed = False
    for minor in minors:
        try:
            python = interpreters.find(minor)
        except InterpreterMissing as error:
            say(f"== Python {minor}: not tried: {error.found}")
            continue
        with tempfile.TemporaryDirectory(prefix="ocr-app-try-") as folder:
            trial = try_wheel(wheel, python, Path(folder))
        say(format_trial(trial))
        failed = failed or not trial.passed
    return PackageError.exit_code if failed else 0
