"""`./inv test`: the test suites, and how they are run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import FleetError, SuiteError
from fleet.core.files import ROOT
from fleet.development import parts
from fleet.environments.model_files import fetch, read_manifest
from fleet.environments.steps import python_of
from fleet.virtual import lifecycle


@dataclass(frozen=True)
class Suite:
    """One kind of test. Fast suites run by default, all suites if CI=true, except those that run only ``on_request``.

    Alone, a suite is one pytest process with ``workers``. Beside other suites, it is cut into parts: every file if
    ``by_file``, the files of each group of ``apart``, and one part with all other files.
    """

    name: str
    fast: bool
    why: str
    paths: tuple[str, ...]
    workers: int = 0
    by_file: bool = False
    apart: tuple[tuple[str, ...], ...] = ()
    on_request: bool = False


SUITES = (
    Suite("lint", True, "style, types, shell", ()),
    Suite("unit", True, "each module on its own", ("tests/unit",), workers=2),
    Suite("property", True, "properties that hold for any input", ("tests/property",), workers=2),
    Suite("contract", True, "interfaces that other programs and versions rely on", ("tests/contract",), workers=2),
    Suite("faults", False, "kills, full disks and damage at every step", ("tests/faults",), workers=2),
    Suite(
        "envs", False, "the real legacy environments and their readers", ("tests/envs",),
        apart=(("tests/envs/test_control.py", "tests/envs/test_locks.py"), ("tests/envs/test_unit_suite.py",)),
    ),
    Suite("package", False, "the wheel: built, installed and run", ("tests/package",)),
    Suite("docker", False, "container images: built, checked and run", ("tests/docker",)),
    Suite("line", False, "the live line: a real broker, a real client, kills at random", ("tests/line",), by_file=True),
    Suite("fleet", False, "virtual Nanos: provisioned, cut off and rebooted", ("tests/fleet",), by_file=True),
    Suite(
        "site", False, "the site installed; Node-RED and Node.js clients; kills at random", ("tests/site",),
        on_request=True,
    ),
    Suite("mixed", False, "virtual boards of four releases of L4T in one fleet", ("tests/mixed",), on_request=True),
    Suite("arm64", False, "images for aarch64 under qemu; an hour", ("tests/arm64",), on_request=True),
)  # fmt: skip
ROOM = parts.Room(cores=2.0, most=3)
"""The cores of the smallest machine that proves everything, and as many parts as leave boards their deadlines."""
TAKES = {
    "envs": (1070, 0.7), "fleet-software_roles": (800, 0.6), "fleet-line": (700, 0.5),
    "fleet-benchmark": (680, 0.6), "unit": (660, 0.75), "fleet-deploy": (600, 0.5), "fleet-full": (470, 0.7),
    "fleet-system_roles": (390, 0.65), "envs-unit_suite": (365, 0.75), "envs-control": (340, 0.6),
    "package": (190, 0.9), "fleet-rehearsal_page": (150, 0.6), "faults": (145, 1.1),
    "fleet-deploy_faults": (130, 0.5), "docker": (130, 0.5), "line-kills": (125, 0.75),
    "contract": (105, 1.05), "fleet-offline": (105, 0.6), "line-faults": (105, 0.5), "line-soak": (65, 0.5),
    "line-page": (65, 0.5), "line-mqtt": (60, 0.5), "line-cameras": (60, 0.5), "line-site_results": (60, 0.4),
    "line-demo": (55, 0.7), "fleet-virtual": (55, 0.5), "lint": (35, 1.0), "line-page_screens": (35, 0.5),
    "line-plc": (35, 0.5), "line-inputs": (35, 0.5), "line-written_plc": (35, 0.5), "line-opcua": (20, 0.5),
    "line-changes": (20, 0.5), "property": (15, 1.0), "line-upload": (15, 0.5), "line-webhook": (10, 0.6),
}  # fmt: skip
"""Part -> seconds in a run on such a machine, and the cores that it keeps busy meanwhile.

The cores are processor time by the clock. Parts of ``fleet`` got about 0.3 more for boards and engine, as measured for
system_roles: no part waits for these. A part whose children are killed got more for the same reason.
"""
FOLDER = ROOT / "build" / "test"
_NO_TESTS = 5  # pytest's exit code


LEFT_OUT = (
    "the tests of playbooks and roles by ansible-lint were skipped: no environment ansible; ./inv envs --name ansible"
)


def run(suites: list[str] | None = None, match: str = "") -> int:
    """Run the named suites, or the fast ones, or all if CI=true. Returns the first failing exit code, or 0.

    Fast suites run one after the other, and their output is seen as they go. With a slow one among them, their parts
    run side by side; the output of a part is printed when it ends.
    """
    wanted = _wanted(suites)
    needs_all = any(not suite.fast for suite in wanted)
    fetch([artefact.name for artefact in read_manifest()] if needs_all else None, say=_say)
    start = time.monotonic()
    outcomes = _side_by_side(wanted, match) if needs_all else [(suite, *_timed(suite, match)) for suite in wanted]
    _say("\nsuite      seconds  outcome")
    for suite, code, seconds in outcomes:
        _say(f"{suite.name:<10} {seconds:>7.1f}  {'passed' if code == 0 else f'FAILED (exit code {code})'}")
    if any(suite.name == "unit" for suite in wanted) and not python_of("ansible", ROOT).exists():
        _say(f"{'':<10} {'':>7}  {LEFT_OUT}")
    for suite in SUITES:
        if suite not in wanted:
            _say(f"{suite.name:<10} {'-':>7}  not run ({suite.why}); ./inv test --suite {suite.name}")
    _say(f"together   {time.monotonic() - start:>7.1f}")
    return next((code for _, code, _ in outcomes if code), 0)


def _side_by_side(wanted: list[Suite], match: str) -> list[tuple[Suite, int, float]]:
    """(suite, exit code, seconds of its parts added up) of each suite."""
    refused = {suite.name: code for suite in wanted if (code := _refusal(suite))}
    cut = {suite.name: parts_of(suite, match) for suite in wanted if suite.name not in refused}
    every = [part for own in cut.values() for part in own]
    _say(f"-- {len(every)} parts, about {parts.expected_s(every, ROOM) / 60:.0f} minutes on {ROOM.cores:g} cores")
    ended = {outcome.part.name: outcome for outcome in parts.run(every, ROOM, FOLDER, _environment(), ROOT, _say)}
    _say("\npart                      seconds  processor  machine  exit code")
    for outcome in ended.values():
        _say(_row(outcome))
    rows = []
    for suite in wanted:
        own = [ended[part.name] for part in cut.get(suite.name, [])]
        code = refused.get(suite.name, _code([outcome.code for outcome in own], match))
        rows.append((suite, code, sum(outcome.seconds for outcome in own)))
    return rows


def _row(outcome: parts.PartOutcome) -> str:
    """A part: its seconds, its processor time, the cores of the machine that were busy meanwhile, its exit code."""
    busy = "-" if outcome.busy is None else f"{outcome.busy:.2f}"
    figures = f"{outcome.seconds:>8.1f} {outcome.processor_s:>10.1f} {busy:>8} {outcome.code:>10}"
    return f"{outcome.part.name:<24} {figures}"


def _code(codes: list[int], match: str) -> int:
    """The first failure. With ``match``, a part without matching tests is none, unless no part has any."""
    failures = [code for code in codes if code and not (match and code == _NO_TESTS)]
    return next(iter(failures), _NO_TESTS if codes and set(codes) == {_NO_TESTS} else 0)


def parts_of(suite: Suite, match: str = "") -> list[parts.SuitePart]:
    """The processes of a suite that may run at the same time. Each of its test files is in exactly one."""
    if suite.name == "lint":
        return [_part("lint", (sys.executable, "-m", "invoke", "lint"))]
    if suite.by_file:
        files = sorted(path.relative_to(ROOT) for folder in suite.paths for path in (ROOT / folder).rglob("test_*.py"))
        groups = [((str(path),), f"{suite.name}-{path.stem.removeprefix('test_')}") for path in files]
        return [_part(name, tuple(_command(paths, match))) for paths, name in groups]
    rest = [*suite.paths, *(f"--ignore={path}" for group in suite.apart for path in group)]
    named = [(group, f"{suite.name}-{Path(group[0]).stem.removeprefix('test_')}") for group in suite.apart]
    return [_part(name, tuple(_command(paths, match))) for paths, name in [(tuple(rest), suite.name), *named]]


def _part(name: str, command: tuple[str, ...]) -> parts.SuitePart:
    return parts.SuitePart(name, command, *TAKES.get(name, ()))


def _wanted(names: list[str] | None) -> list[Suite]:
    if names is None:
        return [suite for suite in SUITES if suite.fast or (in_ci() and not suite.on_request)]
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
    command = _command(suite.paths, match) + (["-n", str(suite.workers)] if suite.workers else [])
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode


def _command(paths: tuple[str, ...], match: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-q", "--durations=12", "--durations-min=10", *paths]
    return command + (["-k", match] if match else [])


def _environment() -> dict[str, str]:
    """One thread per library, this tree's modules, and bytecode that is kept.

    Tests start hundreds of processes. Without bytecode each of them compiles hundreds of modules again, which is half
    of what the start of a service costs.
    """
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    return dict(kept, OMP_NUM_THREADS="1", PYTHONPATH=str(ROOT))


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
