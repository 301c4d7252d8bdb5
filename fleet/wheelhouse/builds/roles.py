"""Reads the build of an Ansible role as data: its stages, sources and results, with the role's variables filled in.

A role with a build has tasks/build.yml, whose tasks call the role `wheelhouse` (tasks_from apt, install, stages). The
variables of those calls define the build. Jinja fills them in as Ansible does. Of Ansible's own lookups and filters,
only the lookups `wheels` and `policy` and the filter `combine` are known here. Any other one is an error, never an
empty text. Policy is in ansible/plugins/rules, which the play uses too.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml
from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.nativetypes import NativeEnvironment

from fleet.core.errors import ArtefactError
from fleet.core.files import ROOT

ANSIBLE = ROOT / "ansible"
Lookup = Callable[..., Any]
Fill = Callable[[Any], Any]


class RoleValues:
    """The variables of a role (defaults, vars, and given values), filled in on demand.

    ``lookup(what, **options)`` replaces Ansible's lookup `wheels`. Raises ArtefactError for a template that cannot be
    filled in.
    """

    def __init__(self, folder: Path, given: dict[str, Any], lookup: Lookup) -> None:
        self.folder = folder
        self._known = {**_yaml(folder / "defaults" / "main.yml"), **_yaml(folder / "vars" / "main.yml"), **given}
        self._jinja = NativeEnvironment(undefined=StrictUndefined, autoescape=False)
        self._jinja.globals["lookup"] = lambda plugin, what, **options: (
            self._policy(what, options) if plugin == "policy" else lookup(what, **options)
        )
        self._jinja.filters["combine"] = _combine

    def fill(self, value: Any) -> Any:
        """``value`` with every template in it filled in, to any depth."""
        if isinstance(value, dict):
            return {key: self.fill(part) for key, part in value.items()}
        if isinstance(value, list):
            return [self.fill(part) for part in value]
        return self._text(value) if isinstance(value, str) and "{{" in value else value

    def _text(self, text: str) -> Any:
        try:
            names = meta.find_undeclared_variables(self._jinja.parse(text)) - set(self._jinja.globals)
            context = {name: self._value(name) for name in sorted(names)}
            return self._jinja.from_string(text).render(context)
        except KeyError as error:
            raise self._wrong(text, f"{error} is not one of its variables") from error
        except (TemplateError, RecursionError) as error:
            raise self._wrong(text, str(error)) from error

    def _value(self, name: str) -> Any:
        if name == f"{self.folder.name}_verdict" and name not in self._known:
            return {"work": self._work()}
        return self.fill(self._known[name])

    def _policy(self, what: str, given: dict[str, Any]) -> Any:
        role, _, function = what.partition(".")
        return call_policy(role, function, self._known, self.fill, given)

    def _work(self) -> Any:
        """What the action `rules` returns as `work` for the machine in the variable ROLE_observed."""
        role = self.folder.name
        settings = _rules().settings_of(role, self._known, self.fill, {})
        return _rules().work_of(role, self._known[f"{role}_observed"], settings)

    def _wrong(self, text: str, why: str) -> ArtefactError:
        return ArtefactError(
            f"role {self.folder.name}: {text[:80]!r}: {why}", "a template that this command can fill in"
        )

    def calls(self) -> dict[str, dict[str, Any]]:
        """The calls of the role `wheelhouse` in tasks/build.yml: task file -> its variables, not filled in."""
        found = {}
        for task in _yaml(self.folder / "tasks" / "build.yml", []):
            imported = task.get("ansible.builtin.import_role") or {}
            if imported.get("name") == "wheelhouse":
                found[str(imported["tasks_from"])] = dict(task.get("vars") or {})
        return found


def unpacking() -> list[dict[str, str]]:
    """The stages that the role `wheelhouse` runs before those of every build."""
    known = _yaml(ANSIBLE / "roles" / "wheelhouse" / "defaults" / "main.yml")
    made = call_policy("wheelhouse", "build", known, lambda value: value, {"build": "any", "stages": []})
    return list(made["spec"]["stages"])


def call_policy(role: str, function: str, known: Mapping[str, Any], fill: Fill, given: Mapping[str, Any]) -> Any:
    """What a function of ansible/plugins/rules/ROLE.py answers to a role's variables."""
    return _rules().call(role, function, _rules().settings_of(role, known, fill, given))


@cache
def _rules() -> ModuleType:
    """ansible/plugins/rules/loading.py, which plays import under the same name."""
    sys.path.append(str(ANSIBLE / "plugins"))
    return import_module("rules.loading")


def _yaml(path: Path, empty: Any = None) -> Any:
    if not path.is_file():
        return {} if empty is None else empty
    return yaml.safe_load(path.read_text()) or ({} if empty is None else empty)


def _combine(one: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    """Ansible's filter, without its options."""
    return {key: value for part in (one, *others) for key, value in part.items()}
