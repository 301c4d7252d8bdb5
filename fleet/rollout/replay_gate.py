"""The replay as a gate of a deployment: whether what a release would have said of old pictures allows it."""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from fleet.core.errors import DeployError
from fleet.core.toml import load_toml
from ocr_app.replay.comparing import CHANGES, KINDS, NEW_PASS, OTHER_TEXT, UNREAD, WORDS
from ocr_app.replay.summary import SCHEMA

RULES = Path(__file__).with_name("rules.toml")
_STEP = "ocr-app replay PATH --against FOLDER --out DIR; FOLDER by ./inv replay unpack BUNDLE"


@dataclass(frozen=True)
class ReplayRules:
    """The bounds of rules.toml. Shares are of all pictures of the replay, 0 to 1."""

    required: bool
    least_pictures: int
    most_new_passes: int
    most_changed: float
    most_unread: float


def rules_of(path: Path = RULES) -> ReplayRules:
    """The rules in a file. Raises DeployError for a key that is missing, unknown, or of another kind."""
    if not path.is_file():
        raise DeployError(f"{path} does not exist", "a file like fleet/rollout/rules.toml", "--rules FILE")
    found = load_toml(path).get("replay", {})
    names = {field.name for field in fields(ReplayRules)}
    if set(found) != names:
        raise DeployError(f"{path}: [replay] has {', '.join(sorted(found)) or 'nothing'}", ", ".join(sorted(names)))
    numbers = {name: value for name, value in found.items() if name != "required"}
    wrong = [name for name, value in numbers.items() if isinstance(value, bool) or not isinstance(value, (int, float))]
    wrong += [name for name in numbers if name not in wrong and numbers[name] < 0]
    if wrong or not isinstance(found["required"], bool):
        raise DeployError(
            f"{path}: {', '.join(wrong) or 'required'} has no usable value", "numbers from 0; true or false"
        )
    return ReplayRules(**found)


def check(report: Path | None, release: str, rules: ReplayRules) -> str:
    """One line about the replay, for the record; empty where none is demanded and none is given.

    ``release``: the id of the release, SHA-256 of its manifest. Raises DeployError where the replay does not allow the
    deployment: it is missing, of another release, incomplete, too small, or above a bound.
    """
    if report is None:
        if rules.required:
            raise DeployError("no replay of this release", "--replay report.json: the rules demand one", _STEP)
        return ""
    record = _read(report)
    _check_subject(report, record, release)
    kinds, pictures = record["kinds"], record["pictures"]
    if pictures < rules.least_pictures:
        raise DeployError(f"{report}: {pictures} pictures", f"{rules.least_pictures} at least", _STEP)
    _check_bounds(report, record, rules)
    changed = ", ".join(f"{kinds[kind]} {WORDS[kind]}" for kind in KINDS if kinds[kind])
    return f"replay of {pictures} pictures: {changed}"


def _read(report: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        whole = record["schema"] == SCHEMA and set(record["kinds"]) == set(KINDS)
        whole = whole and {"complete", "pictures", "done"} <= set(record) and "digest" in record["against"]
        counted = sum(record["kinds"].values()) == record["done"]
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise DeployError(
            f"{report} is no report of a replay: {error!r}", "report.json of ocr-app replay", _STEP
        ) from error
    if not (whole and counted):
        raise DeployError(f"{report} is no report of a replay by this version", SCHEMA, _STEP)
    return record


def _check_subject(report: Path, record: dict[str, Any], release: str) -> None:
    against = record["against"]
    if against["kind"] != "release":
        found = f"{report} is about the recipe {against['recipe']} alone"
        raise DeployError(found, "a replay against this release, with its models", _STEP)
    if against["digest"] != release:
        found = f"{report} is about another release: {against['name']}, {str(against['digest'])[:12]}"
        raise DeployError(found, f"{release[:12]}, the release of this bundle", _STEP)
    if not record["complete"] or record["done"] != record["pictures"]:
        found = f"{report} is incomplete: {record['done']} of {record['pictures']} pictures"
        raise DeployError(found, "all of them", "run the same replay again; it goes on where it was")


def _check_bounds(report: Path, record: dict[str, Any], rules: ReplayRules) -> None:
    kinds, pictures = record["kinds"], record["pictures"]
    passes = kinds[NEW_PASS] + kinds[OTHER_TEXT]
    look = f"look at {report.with_name('report.html')}"
    if passes > rules.most_new_passes:
        found = f"{kinds[NEW_PASS]} rejected pictures pass now, and {kinds[OTHER_TEXT]} pass with another text"
        raise DeployError(found, f"{rules.most_new_passes} at most (most_new_passes)", look)
    for name, count, most in (
        ("most_unread", kinds[UNREAD], rules.most_unread),
        ("most_changed", sum(kinds[kind] for kind in CHANGES), rules.most_changed),
    ):
        if count > most * pictures:
            what = "could not be read" if name == "most_unread" else "have another verdict"
            raise DeployError(f"{count} of {pictures} pictures {what}", f"{100 * most:g} % at most ({name})", look)
