"""Finds the module and the settings of a role, for the action `rules` and the lookup `policy`."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from functools import lru_cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import yaml

from .model import Observed, Settings

ROLES = Path(__file__).resolve().parents[2] / "roles"
sys.path.append(str(ROLES.parents[1]))

from fleet.plays.rules import ENFORCE, BadRule, broken, evaluate, sentence  # noqa: E402

__all__ = ["ENFORCE", "BadRule", "broken", "call", "judge", "sentence", "settings_of", "work_of"]

# Variables that every role may read in addition to its own.
SHARED = (
    *("versions", "fleet_bundle", "fleet_profile", "inventory_hostname"),
    *("ansible_host", "ansible_port", "ansible_user", "ansible_ssh_private_key_file"),
    *("ansible_ssh_common_args", "ansible_ssh_extra_args"),
)
PROFILES = ("full", "lean")
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
    return Settings({name: template(known[name]) for name in names}, given)


def judge(role: str, subject: str, observed: Mapping[str, Any], settings: Settings) -> list[dict[str, Any]]:
    """The rules of a role, judged for one host. Raises BadRule."""
    rules = function_of(role, subject)(Observed(observed), settings)
    return evaluate([rule.as_record() for rule in rules], role, settings.text("inventory_hostname"))


def off(role: str, settings: Settings) -> str:
    """Why a role does nothing on this board; empty where it is on, or has no switch. Raises BadRule for a profile."""
    profile = settings.text("fleet_profile")
    if profile not in ("", *PROFILES):
        raise BadRule(f"fleet_profile is {profile!r}; expected {' or '.join(PROFILES)}")
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
