"""`./inv mutants`: small faults are put into modules, one at a time, and the tests of the module have to find each.

cosmic-ray makes the faults in a copy of the tree; the tests are those that mirror the module. A fault that no test of
its module finds has survived. What survived is explained in mutants.toml, or the page says that it is not yet.
"""

from __future__ import annotations

import json
import logging
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fleet.core.errors import MutantsError
from fleet.core.files import ROOT, write_whole
from fleet.core.toml import load_toml
from fleet.environments.steps import python_of

log = logging.getLogger(__name__)

SETTINGS = Path(__file__).with_name("mutants.toml")
WORK = ROOT / "build" / "mutants"
RESULTS = ROOT / "docs" / "results"
SCHEMA = "nano-ocr/mutants/1"
KILLED, SURVIVED, INCOMPETENT, LATE = "killed", "survived", "incompetent", "late"
_LINKED = (".wheelhouse", ".models", ".envs")  # what tests need and git does not know
_WITHOUT = ("__init__.py", "__main__.py", "version.py")
_CONFIG = """[cosmic-ray]
module-path = {modules}
timeout = 60.0
excluded-modules = []
test-command = "true"

[cosmic-ray.distributor]
name = "local"
"""


@dataclass(frozen=True)
class Mutant:
    """One fault: the ``occurrence``-th place of ``operator`` in a module, in which function and line that is."""

    module: str
    operator: str
    occurrence: int
    function: str
    line: int


@dataclass(frozen=True)
class JudgedMutant:
    """A fault, what became of it, and the changed lines: what stood there and what was put there."""

    mutant: Mutant
    outcome: str
    before: str
    after: str


def run(count: int, seed: int, only: Sequence[str] = (), publish: bool = False) -> int:
    """Judge ``count`` faults drawn by ``seed`` from the modules in mutants.toml, or from ``only`` some of them.

    Raises MutantsError: no environment, no such module, or tests that fail without any fault.
    """
    settings = load_toml(SETTINGS)
    tool = _tool()
    modules = chosen_modules(settings["areas"], only)
    tree = copied_tree(WORK / "tree")
    every = mutants_of(modules, tree, tool)
    drawn = sorted(random.Random(seed).sample(every, min(count, len(every))), key=lambda each: (each.module, each.line))
    for module in sorted({mutant.module for mutant in drawn}):
        _baseline(module, tree)
    judged = []
    for number, mutant in enumerate(drawn, 1):
        judged.append(judge(mutant, tree, tool))
        log.info("%d of %d: %s:%d %s", number, len(drawn), mutant.module, mutant.line, judged[-1].outcome)
    record = record_of(judged, len(every), len(modules), seed, only)
    print(page(record, settings.get("survivors", [])))
    if publish:
        write_whole(RESULTS / "mutants.json", json.dumps(record, indent=1, sort_keys=True) + "\n")
        write_whole(RESULTS / "mutants.md", page(record, settings.get("survivors", [])))
    return 0


def _tool() -> Path:
    tool = python_of("mutants", ROOT).with_name("cosmic-ray")
    if not tool.is_file():
        raise MutantsError("no environment for mutants", "cosmic-ray", "./inv envs --name mutants")
    return tool


def chosen_modules(areas: Iterable[str], only: Sequence[str] = (), root: Path = ROOT) -> list[str]:
    """The modules of the areas that have tests of their own, by path. Raises MutantsError for an unknown one."""
    found = sorted(
        str(path.relative_to(root))
        for area in areas
        for path in (root / area).rglob("*.py")
        if path.name not in _WITHOUT and tests_of(str(path.relative_to(root)), root).is_file()
    )
    unknown = sorted(set(only) - set(found))
    if unknown:
        raise MutantsError(f"no module of the areas with tests: {', '.join(unknown)}", ", ".join(areas))
    return [module for module in found if not only or module in only]


def tests_of(module: str, root: Path = ROOT) -> Path:
    """The file that tests a module."""
    path = Path(module)
    return root / "tests" / "unit" / path.parent / f"test_{path.name}"


def copied_tree(target: Path, root: Path = ROOT) -> Path:
    """A copy of all files that git knows, with links to what tests need; no fault is ever in the checkout."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=root, check=True, capture_output=True, text=True).stdout
    shutil.rmtree(target, ignore_errors=True)
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(root / name, target / name)
    for name in _LINKED:
        if (root / name).is_dir():
            (target / name).symlink_to(root / name)
    return target


def mutants_of(modules: Sequence[str], tree: Path, tool: Path) -> list[Mutant]:
    """All faults that cosmic-ray knows for the modules, asked once. Raises MutantsError."""
    config, session = WORK / "config.toml", WORK / "session.sqlite"
    config.write_text(_CONFIG.format(modules=json.dumps(list(modules))), encoding="utf-8")
    session.unlink(missing_ok=True)
    _called([str(tool), "init", str(config), str(session)], tree)
    dumped = _called([str(tool), "dump", str(session)], tree)
    return read_dump(dumped)


def read_dump(text: str) -> list[Mutant]:
    """The faults in what ``cosmic-ray dump`` prints: a work item and its result in each line."""
    found = []
    for row in text.splitlines():
        (fault,) = json.loads(row)[0]["mutations"]
        if not fault["operator_args"]:  # the command that tries a single fault cannot pass them on
            place = (str(fault["definition_name"] or ""), int(fault["start_pos"][0]))
            found.append(Mutant(fault["module_path"], fault["operator_name"], int(fault["occurrence"]), *place))
    return sorted(found, key=lambda each: (each.module, each.line, each.operator, each.occurrence))


def _called(command: list[str], tree: Path) -> str:
    done = subprocess.run(command, cwd=tree, check=False, capture_output=True, text=True)
    if done.returncode:
        raise MutantsError(f"cosmic-ray failed: {(done.stderr or done.stdout).strip()[-300:]}", "a session")
    return done.stdout


def _tests(module: str) -> list[str]:
    return [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", str(tests_of(module, Path()))]


def _environment() -> dict[str, str]:
    """As in CI, where a test that lacks something fails: a skipped test would find no fault, and nobody would know.

    No bytecode is kept: a fault of the same length, made within the same second, would run as the code before it.
    """
    return dict(os.environ, CI="true", PYTHONDONTWRITEBYTECODE="1")


def _baseline(module: str, tree: Path) -> None:
    done = subprocess.run(_tests(module), cwd=tree, env=_environment(), check=False, capture_output=True, text=True)
    if done.returncode:
        raise MutantsError(f"{module}: its tests fail without any fault:\n{done.stdout[-600:]}", "tests that pass")


def judge(mutant: Mutant, tree: Path, tool: Path, limit_s: float = 180.0) -> JudgedMutant:
    """Puts the fault into the copy, runs the tests of the module, and takes the fault out again."""
    path = tree / mutant.module
    kept = path.read_bytes()
    command = " ".join(_tests(mutant.module))
    order = [str(tool), "mutate-and-test", mutant.module, mutant.operator, str(mutant.occurrence), command]
    try:
        done = subprocess.run(
            order, cwd=tree, env=_environment(), check=False, capture_output=True, text=True, timeout=limit_s
        )
    except subprocess.TimeoutExpired:
        return JudgedMutant(mutant, LATE, "", "")
    finally:
        path.write_bytes(kept)  # cosmic-ray takes the fault out, unless it is ended
    return read_answer(mutant, done.stdout)


def read_answer(mutant: Mutant, text: str) -> JudgedMutant:
    """What ``cosmic-ray mutate-and-test`` prints. Raises MutantsError for anything else."""
    try:
        answer = json.loads(text)
        outcome, shown = str(answer["test_outcome"]), str(answer["diff"] or "").splitlines()
    except (ValueError, KeyError, TypeError) as error:
        raise MutantsError(f"cosmic-ray gave no result: {text[-300:]!r}", "JSON with test_outcome and diff") from error
    before = [line[1:].strip() for line in shown if line.startswith("-") and not line.startswith("---")]
    after = [line[1:].strip() for line in shown if line.startswith("+") and not line.startswith("+++")]
    return JudgedMutant(mutant, outcome, " ".join(before), " ".join(after))


def record_of(
    judged: Sequence[JudgedMutant], every: int, modules: int, seed: int, only: Sequence[str] = ()
) -> dict[str, Any]:
    """The record (schema ``nano-ocr/mutants/1``)."""
    chosen = f" --only {','.join(only)}" if only else ""
    return {
        "schema": SCHEMA,
        "command": f"./inv mutants --count {len(judged)} --seed {seed}{chosen} --publish",
        "modules": modules,
        "possible": every,
        "judged": [
            {**asdict(each.mutant), "outcome": each.outcome, "before": each.before, "after": each.after}
            for each in judged
        ],
    }


def page(record: dict[str, Any], explained: Sequence[dict[str, str]]) -> str:
    """The page of a record. ``explained``: the survivors with a reason, by module and changed line."""
    judged = record["judged"]
    counts = {name: sum(each["outcome"] == name for each in judged) for name in (KILLED, SURVIVED, LATE, INCOMPETENT)}
    areas = sorted({each["module"].split("/")[0] for each in judged})
    rows = ["| part | faults | found by a test | survived |", "|---|---|---|---|"]
    for area in areas:
        own = [each["outcome"] for each in judged if each["module"].split("/")[0] == area]
        rows.append(f"| `{area}` | {len(own)} | {sum(o != SURVIVED for o in own)} | {own.count(SURVIVED)} |")
    lines = [
        "# Faults put into the code, and whether its tests find them",
        "",
        f"Made by `{record['command']}`; the numbers are in [mutants.json](mutants.json).",
        "",
        f"{len(judged)} of the {record['possible']} faults that cosmic-ray knows for {record['modules']} modules were",
        "drawn and tried, each against the tests that mirror its module; other suites may find more.",
        f"{counts[KILLED]} were found by a failing test, {counts[LATE]} by a test that did not end, and",
        f"{counts[SURVIVED]} survived. {counts[INCOMPETENT]} could not be tried.",
        "",
        *rows,
        "",
    ]
    survivors = [each for each in judged if each["outcome"] == SURVIVED]
    if survivors:
        lines += ["## What survived", "", "| where | was | became | why |", "|---|---|---|---|"]
        lines += [_row(each, explained) for each in survivors]
        lines.append("")
    return "\n".join(lines)


def _row(each: dict[str, Any], explained: Sequence[dict[str, str]]) -> str:
    whys = [known["why"] for known in explained if (known["module"], known["after"]) == (each["module"], each["after"])]
    cells = [f"`{each['module']}`, `{each['function']}`", f"`{each['before']}`", f"`{each['after']}`"]
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in [*cells, *(whys[:1] or ["not explained yet"])]) + " |"
