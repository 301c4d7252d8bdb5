"""Finds the module and the settings of a role, for the action `rules` and the lookup `policy`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from .model import Observed, Settings

ROLES = Path(__file__).resolve().parents[2] / "roles"

from fleet.boards import table  # noqa: E402
from fleet.core.errors import ReleaseTableError  # noqa: E402
from fleet.plays.rules import ENFORCE, BadRule, broken, evaluate, sentence  # noqa: E402

# Ansible forks for each task of each host: what is read before, all of these processes have. `of_release` says errors.
with suppress(ReleaseTableError, OSError, ValueError):
    table.load()

__all__ = ["ENFORCE", "BadRule", "broken", "call", "judge", "sentence", "settings_of", "work_of"]

# Variables that every role may read in addition to its own.
SHARED = (
    *("versions", "fleet_bundle", "fleet_profile", "fleet_l4t", "fleet_board", "inventory_hostname"),
    *("ansible_host", "ansible_port", "ansible_user", "ansible_ssh_private_key_file"),
    *("ansible_ssh_common_args", "ansible_ssh_extra_args"),
)
PROFILES = ("full", "lean")
PAGE = "docs/how-to/later-jetsons.md"
Template = Callable[[Any], Any]


def module_of(role: str) -> ModuleType:
    """The module of a role. Raises BadRule when it has none."""
    try:
        return import_module("rules." + role)
    except ModuleNotFoundError as error:
        raise BadRule(f"the role {role} has no module ansible/plugins/rules/{role}.py: {error}") from error


def function_of(role: str, name: str) -> Callable[..., Any]:
    """A function of a role's module. Raises BadRule when it has none of that name."""
    found: Callable[..., Any] | None = getattr(module_of(role), name, None)
    if found is None:
        raise BadRule(f"ansible/plugins/rules/{role}.py has no function {name}")
    return found


@lru_cache
def names_of(role: str) -> tuple[str, ...]:
    """The public variables of a role, which are those of its defaults."""
    return tuple(yaml.safe_load((ROLES / role / "defaults" / "main.yml").read_text()) or ())


def settings_of(role: str, known: Mapping[str, Any], template: Template, given: Mapping[str, Any]) -> Settings:
    """The settings of a role, selected from all variables; ``template`` evaluates values that are written in Jinja."""
    names = [name for name in (*names_of(role), *SHARED) if name in known]
    return of_release(role, Settings({name: template(known[name]) for name in names}, given))


def of_release(role: str, settings: Settings) -> Settings:
    """The settings with the board and the release that the inventory names; a role that is off there is switched off.

    Raises BadRule for a name that releases.toml does not have.
    """
    try:
        series = table.load().of(settings.text("fleet_l4t") or table.FIRST)
        board = table.load().board(settings.text("fleet_board") or series.boards[0])
    except ReleaseTableError as error:
        raise BadRule(
            f"fleet_l4t, fleet_board: found {error.found}; expected {error.expected}; next: {PAGE}"
        ) from error
    if board.id not in series.boards:
        known = ", ".join(series.boards)
        raise BadRule(f"fleet_board: found {board.id} with {series.name}; expected {known}; next: {PAGE}")
    off = {role + "_enabled": False} if series.why_off(role) else {}
    return Settings({**settings.values, **off}, settings.given, series, board)


def judge(role: str, subject: str, observed: Mapping[str, Any], settings: Settings) -> list[dict[str, Any]]:
    """The rules of a role, judged for one host. Raises BadRule."""
    rules = function_of(role, subject)(Observed(observed), settings)
    return evaluate([rule.as_record() for rule in rules], role, settings.text("inventory_hostname"))


def off(role: str, settings: Settings) -> str:
    """Why a role does nothing on this board; empty where it is on, or has no switch. Raises BadRule for a profile."""
    profile = settings.text("fleet_profile")
    if profile not in ("", *PROFILES):
        raise BadRule(f"fleet_profile is {profile!r}; expected {' or '.join(PROFILES)}")
    if why := settings.series.why_off(role):
        return f"off on L4T {settings.series.name}: {why}"
    unknown = getattr(module_of(role), "unknown", None)
    if why := unknown(settings) if unknown else "":
        return f"off: {why}"
    switch = role + "_enabled"
    if switch not in settings.values or settings.switch(switch):
        return ""
    return f"off: {switch} is false" + (f" (profile {profile})" if profile == "lean" else "")


def work_of(role: str, observed: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """The values that the tasks of a role use; empty for a role without the function `work`."""
    work = getattr(module_of(role), "work", None)
    return dict(work(Observed(observed), settings)) if work else {}


def call(role: str, name: str, settings: Settings) -> Any:
    """The answer of a function that needs no observation, such as `plan`."""
    return function_of(role, name)(settings)
