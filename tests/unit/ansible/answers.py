"""Answers of the module `observe`, as short as rules need them, and rules judged for them with a role's defaults."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml
from rules import loading
from rules.model import Settings

from fleet.boards.table import load
from fleet.core.toml import load_toml

ROOT = Path(__file__).resolve().parents[3]
VERSIONS = load_toml(ROOT / "versions.toml")
NANO = load().of("r32.7")
BLANK = {"problems": ["there is no environment at /x"], "unproved": []}
SOUND: dict[str, list[str]] = {"problems": [], "unproved": []}
DIED = {"problems": [], "unproved": ["it: killed by SIGILL"]}


def command(out: str = "", rc: int = 0, err: str = "") -> dict[str, Any]:
    return {"out": out, "rc": rc, "err": err}


def file(text: str = "", exists: bool = True, **more: Any) -> dict[str, Any]:
    return {"text": text, "exists": exists, **more}


def unit(active: str = "active", enabled: str = "enabled") -> dict[str, str]:
    return {"load": "loaded", "active": active, "enabled": enabled}


def package(version: str, held: bool = False) -> dict[str, Any]:
    return {"version": version, "held": held}


def settings(role: str, given: dict[str, Any] | None = None, **changed: Any) -> Settings:
    """The defaults of a role, with changes, for a host called n1."""
    defaults = yaml.safe_load((ROOT / "ansible" / "roles" / role / "defaults" / "main.yml").read_text()) or {}
    shared = {"inventory_hostname": "n1", "fleet_bundle": "", "versions": VERSIONS}
    return loading.of_release(role, Settings({**shared, **defaults, **changed}, given or {}))


def judged(
    role: str,
    observed: dict[str, Any],
    given: dict[str, Any] | None = None,
    subject: str = "rules",
    **changed: Any,
) -> dict[str, dict[str, Any]]:
    """The judged rules of a role by their ids; pages that they name exist."""
    rules = loading.judge(role, subject, observed, settings(role, given, **changed))
    for rule in rules:
        assert all((ROOT / page).is_file() for page in re.findall(r"docs/\S+\.md", rule["next"])), rule["next"]
    return {rule["id"]: rule for rule in rules}


def broken(role: str, observed: dict[str, Any], given: dict[str, Any] | None = None, **changed: Any) -> dict[str, str]:
    """What is found where a rule does not hold, hints included: the id without the role -> found."""
    rules = judged(role, observed, given, **changed)
    return {name.partition(".")[2]: rule["found"] for name, rule in rules.items() if not rule["holds"]}
