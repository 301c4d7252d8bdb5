"""Reads the build of an Ansible role as data: its stages, sources and results, with the role's variables filled in.

A role with a build has tasks/build.yml, whose tasks call the role `wheelhouse` (tasks_from apt, install, stages). The
variables of those calls define the build. Jinja fills them in as Ansible does. Of Ansible's own lookups and filters,
only the lookup `wheels` and the filter `combine` are known here. Any other one is an error, never an empty text.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import yaml
from jinja2 import StrictUndefined, TemplateError, meta
from jinja2.nativetypes import NativeEnvironment

from fleet.core.errors import ArtefactError

Lookup = Callable[..., Any]


class RoleValues:
    """The variables of a role (defaults, vars, and given values), filled in on demand.

    ``lookup(what, **options)`` replaces Ansible's lookup `wheels`. Raises ArtefactError for a template that cannot be
    filled in.
    """

    def __init__(self, folder: Path, given: dict[str, Any], lookup: Lookup) -> None:
        self.folder = folder
        self._known = {**_yaml(folder / "defaults" / "main.yml"), **_yaml(folder / "vars" / "main.yml"), **given}
        self._jinja = NativeEnvironment(undefined=StrictUndefined, autoescape=False)
        self._jinja.globals["lookup"] = lambda _, what, **options: lookup(what, **options)
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
            context = {name: self.fill(self._known[name]) for name in sorted(names)}
            return self._jinja.from_string(text).render(context)
        except KeyError as error:
            raise self._wrong(text, f"{error} is not one of its variables") from error
        except (TemplateError, RecursionError) as error:
            raise self._wrong(text, str(error)) from error

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


def unpacking(roles: Path) -> list[dict[str, str]]:
    """The stages that the role `wheelhouse` runs before those of every build."""
    return list(_yaml(roles / "wheelhouse" / "vars" / "main.yml")["_wheelhouse_unpack"])


def _yaml(path: Path, empty: Any = None) -> Any:
    if not path.is_file():
        return {} if empty is None else empty
    return yaml.safe_load(path.read_text()) or ({} if empty is None else empty)


def _combine(one: dict[str, Any], *others: dict[str, Any]) -> dict[str, Any]:
    """Ansible's filter, without its options."""
    return {key: value for part in (one, *others) for key, value in part.items()}
