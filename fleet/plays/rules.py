"""Rules: what a node must be. Pure functions, used by ansible/plugins/action/rules.py and by tests.

A rule is a dictionary: `id` ("role.name"), `found`, `expected`, `next` (the command or deed that mends it), and `holds`
(a truth value; when it is left out, `found == expected` decides). A rule with `hint: true` is told and never fails.
"""

from __future__ import annotations

from typing import Any

KEYS = {"id", "found", "expected", "holds", "next", "hint"}
ENFORCE = ("never", "converged", "always")


class BadRule(ValueError):
    """A rule is not written as it must be; this is a fault of the role, not of the node."""


def evaluate(rules: list[dict[str, Any]], role: str, host: str) -> list[dict[str, Any]]:
    """Each rule with texts for `found`, `expected`, `next`, and a `holds` of type bool. Raises BadRule."""
    judged = [_judge(rule, role, host) for rule in rules]
    names = [rule["id"] for rule in judged]
    doubles = sorted({name for name in names if names.count(name) > 1})
    if doubles:
        raise BadRule("rule written twice: " + ", ".join(doubles))
    return judged


def _judge(rule: dict[str, Any], role: str, host: str) -> dict[str, Any]:
    if not isinstance(rule, dict):
        raise BadRule(f"a rule is a dictionary, found {rule!r}")
    wrong = sorted(set(rule) - KEYS) + sorted({"id", "found", "expected"} - set(rule))
    if wrong:
        raise BadRule(f"rule {rule.get('id', '?')}: unknown or missing {', '.join(wrong)}")
    if not str(rule["id"]).startswith(role + "."):
        raise BadRule(f"rule {rule['id']}: the id begins with the role, {role}.")
    holds = _truth(rule, "holds") if "holds" in rule else text(rule["found"]) == text(rule["expected"])
    mend = f"ansible-playbook provision.yml --tags {role} --limit {host}"
    return {
        "id": str(rule["id"]),
        "found": text(rule["found"]),
        "expected": text(rule["expected"]),
        "holds": holds,
        "next": str(rule.get("next") or mend),
        "hint": _truth(rule, "hint") if "hint" in rule else False,
    }


def _truth(rule: dict[str, Any], key: str) -> bool:
    value = rule[key]
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    if not isinstance(value, bool):
        raise BadRule(f"rule {rule['id']}: {key} is true or false, found {value!r}")
    return value


def text(value: Any) -> str:
    """How a value is shown: lists joined by commas, nothing as "nothing", the rest on one line."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        value = ", ".join(str(item) for item in value)
    shown = " ".join(str(value).split()) if value is not None else ""
    return shown or "nothing"


def sentence(rule: dict[str, Any]) -> str:
    """A broken rule as one line: id, found, expected, next."""
    return f"{rule['id']}: found {rule['found']}; expected {rule['expected']}; next: {rule['next']}"


def broken(judged: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rules that do not hold, hints left out."""
    return [rule for rule in judged if not rule["holds"] and not rule["hint"]]


def hints(judged: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """What is worth a look, and no failure."""
    return [rule for rule in judged if not rule["holds"] and rule["hint"]]
