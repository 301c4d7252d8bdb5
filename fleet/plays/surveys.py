"""What a survey asks a node for several roles at once, read from the `verify.yml` of each role. Changes nothing.

A role says in tasks/verify.yml what it observes and what it compares. A survey asks all of it in one call, so that a
node where every rule holds costs the control machine two calls and not four tasks for each role. Used by
ansible/plugins/action/survey.py, on the control machine.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from fleet.plays.rules import BadRule

MODULES = ("venv", "observe")
"""In this order: what `observe` says of the clock is compared with that of the control machine right after it."""
JUDGE = "rules"
_TASK = {"name", "register", "when"}


@dataclass(frozen=True)
class Question:
    """One observation of a role: the module, its arguments, the variable of its answer, and the conditions."""

    module: str
    arguments: Mapping[str, Any]
    register: str
    conditions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Audit:
    """The whole audit of a role. ``observed`` and ``given`` are the arguments of its task `rules`, in Jinja.

    ``defaults`` and ``constants``: the role's public and private variables; ``options``: the types of the public ones.
    """

    role: str
    folder: Path
    questions: tuple[Question, ...]
    observed: Any
    given: Mapping[str, Any]
    defaults: Mapping[str, Any]
    constants: Mapping[str, Any]
    options: Mapping[str, Any]


@lru_cache
def order(playbook: Path) -> tuple[str, ...]:
    """The roles of a playbook such as provision.yml, in their order."""
    play = yaml.safe_load(playbook.read_text())[0]
    return tuple(entry["role"] for entry in play["roles"])


@lru_cache
def audit_of(folder: Path) -> Audit:
    """The audit of the role in ``folder``. Raises BadRule where its verify.yml does more than observe and compare."""
    *questions, last = _load(folder / "tasks" / "verify.yml")
    if set(last) - _TASK != {JUDGE}:
        raise BadRule(f"{folder.name}: verify.yml does not end with the task {JUDGE}")
    return Audit(
        folder.name,
        folder,
        tuple(_question(task, folder.name) for task in questions),
        last[JUDGE]["observed"],
        last[JUDGE].get("given", {}),
        _load(folder / "defaults" / "main.yml") or {},
        _load(folder / "vars" / "main.yml") or {},
        _load(folder / "meta" / "argument_specs.yml")["argument_specs"]["main"].get("options", {}),
    )


def _load(path: Path) -> Any:
    return yaml.safe_load(path.read_text()) if path.is_file() else None


def _question(task: Mapping[str, Any], role: str) -> Question:
    used = sorted(set(task) - _TASK)
    if len(used) != 1 or used[0] not in MODULES:
        raise BadRule(f"{role}: verify.yml does more than observe: {', '.join(used)}")
    conditions = task.get("when", [])
    listed = conditions if isinstance(conditions, list) else [conditions]
    return Question(used[0], task[used[0]], task["register"], tuple(str(condition) for condition in listed))


def chosen(roles: Iterable[str], run: Iterable[str], skip: Iterable[str], always: Iterable[str] = ()) -> list[str]:
    """The roles that --tags and --skip-tags choose, as Ansible does: a role has its name as its tag.

    ``always`` are roles with the tag `always` too.
    """
    wanted, unwanted, steady = set(run), set(skip), set(always)
    return [
        role for role in roles if _runs(role, role in steady, wanted) and not _skipped(role, role in steady, unwanted)
    ]


def _runs(role: str, steady: bool, wanted: set[str]) -> bool:
    return bool(wanted & {"all", "tagged", role}) or steady


def _skipped(role: str, steady: bool, unwanted: set[str]) -> bool:
    return bool(unwanted & {"tagged", role}) or ("all" in unwanted and not steady) or (steady and "always" in unwanted)
