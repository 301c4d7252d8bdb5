"""`./inv test`: the test suites, and how they are run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass

from fleet.core.errors import FleetError, SuiteError
from fleet.core.files import ROOT
from fleet.environments.model_files import fetch, read_manifest
from fleet.environments.steps import python_of
from fleet.virtual import lifecycle


@dataclass(frozen=True)
class Suite:
    """One kind of test. Fast suites run by default, all suites if CI=true.

    ``by_file`` keeps the tests of a file in order on one of the ``workers``.
    """

    name: str
    fast: bool
    why: str
    paths: tuple[str, ...]
    workers: int = 2
    by_file: bool = False


SUITES = (
    Suite("lint", True, "style, types, shell", ()),
    Suite("unit", True, "each module on its own", ("tests/unit",)),
    Suite("property", True, "properties that hold for any input", ("tests/property",)),
    Suite("contract", True, "interfaces that other programs and versions rely on", ("tests/contract",)),
    Suite("faults", False, "kills, full disks and damage at every step", ("tests/faults",)),
    Suite("envs", False, "the real legacy environments and their readers", ("tests/envs",), workers=0),
    Suite("package", False, "the wheel: built, installed and run", ("tests/package",), workers=0),
    Suite("docker", False, "container images: built, checked and run", ("tests/docker",), workers=0),
    Suite("fleet", False, "virtual Nanos: provisioned, cut off and rebooted", ("tests/fleet",), by_file=True),
)


LEFT_OUT = (
    "the tests of playbooks and roles by ansible-lint were skipped: no environment ansible; ./inv envs --name ansible"
)


def run(suites: list[str] | None = None, match: str = "") -> int:
    """Run the named suites, or the fast ones, or all if CI=true. Returns the first failing exit code, or 0."""
    wanted = _wanted(suites)
    needs_all = any(not suite.fast for suite in wanted)
    fetch([artefact.name for artefact in read_manifest()] if needs_all else None, say=_say)
    outcomes = [(suite, *_timed(suite, match)) for suite in wanted]
    _say("\nsuite      seconds  outcome")
    for suite, code, seconds in outcomes:
        _say(f"{suite.name:<10} {seconds:>7.1f}  {'passed' if code == 0 else f'FAILED (exit code {code})'}")
    if any(suite.name == "unit" for suite in wanted) and not python_of("ansible", ROOT).exists():
        _say(f"{'':<10} {'':>7}  {LEFT_OUT}")
    for suite in SUITES:
        if suite not in wanted:
            _say(f"{suite.name:<10} {'-':>7}  not run ({suite.why}); ./inv test --suite {suite.name}")
    return next((code for _, code, _ in outcomes if code), 0)


def _wanted(names: list[str] | None) -> list[Suite]:
    if names is None:
        return [suite for suite in SUITES if suite.fast or in_ci()]
    unknown = set(names) - {suite.name for suite in SUITES}
    if unknown:
        raise SuiteError(f"no suite called {', '.join(sorted(unknown))}", ", ".join(s.name for s in SUITES))
    return [suite for suite in SUITES if suite.name in names]


def in_ci() -> bool:
    """Whether this is a CI run, which must not skip anything that could run."""
    return os.environ.get("CI", "").lower() in ("1", "true", "yes")


def _timed(suite: Suite, match: str) -> tuple[int, float]:
    _say(f"\n== {suite.name}: {suite.why}")
    start = time.monotonic()
    code = _refusal(suite) or (lint() if suite.name == "lint" else _pytest(suite, match))
    return code, time.monotonic() - start


def _refusal(suite: Suite) -> int:
    """If CI=true, the exit code of a suite that cannot run here; otherwise 0, and its tests are skipped."""
    if suite.name != "fleet" or not in_ci():
        return 0
    try:
        lifecycle.check()
    except FleetError as error:
        _say(f"virtual Nanos cannot run here: {error}")
        return error.exit_code
    return 0


def _pytest(suite: Suite, match: str) -> int:
    command = [sys.executable, "-m", "pytest", "-q", *suite.paths]
    command += ["-n", str(suite.workers)] if suite.workers else []
    command += ["--dist", "loadfile"] if suite.by_file else []
    command += ["-k", match] if match else []
    environment = dict(os.environ, OMP_NUM_THREADS="1", PYTHONPATH=str(ROOT))
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def lint() -> int:
    """Run ruff, mypy and import-linter, and shellcheck where it is installed. Returns the first failing exit code."""
    python = [sys.executable, "-m"]
    commands = [[*python, "ruff", "check", "."], [*python, "ruff", "format", "--check", "."], [*python, "mypy"]]
    commands += [[*python, "mypy", "--config-file", "tests/mypy.ini"]]
    commands += [[sys.executable, "-c", "from importlinter.cli import lint_imports_command as lint; lint()"]]
    if shutil.which("shellcheck"):
        commands.append(["shellcheck", "inv", ".ci/run"])
    elif in_ci():
        _say("shellcheck is not installed: apt-get install shellcheck")
        return 1
    else:
        _say("not run: shellcheck (not installed)")
    return next((code for code in map(_call, commands) if code), 0)


def _call(command: list[str]) -> int:
    _say("$ " + " ".join(part if part != sys.executable else "python" for part in command))
    return subprocess.run(command, cwd=ROOT, check=False).returncode


def _say(text: str) -> None:
    print(text, flush=True)
