"""Action `rules`: compares what was observed on a node with what its role promises; runs on the control machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail

from ansible.plugins.action import ActionBase

sys.path.append(str(Path(__file__).resolve().parents[3]))
from fleet.plays.rules import ENFORCE, BadRule, broken, evaluate, sentence

DOCUMENTATION = """
name: rules
short_description: compare a node with the rules of its role
options:
  rules:
    description: list of rules (id, found, expected, and optionally holds and next)
    type: list
    elements: dict
  enforce:
    description: never records only; converged fails on a broken rule, but not in check mode; always fails there too
    type: str
    default: never
  verdict:
    description: fail when any rule recorded in this run under a variable *_verdict is broken
    type: bool
    default: false
"""


class ActionModule(ActionBase):
    """Returns `rules` (each judged), `in_spec`, and a failure in words when a rule is broken and enforced."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        known = task_vars or {}
        options = self._options()
        if options["verdict"]:
            judged = _recorded(known)
        else:
            judged = self._judged(options["rules"], known["inventory_hostname"])
            result["rules"] = judged
        failures = broken(judged)
        result.update(changed=False, in_spec=not failures)
        if failures and self._enforced(options):
            result.update(failed=True, msg="\n".join(sentence(rule) for rule in failures), next=failures[0]["next"])
            if options["verdict"]:
                result["next"] = "see the rules that do not hold"
        return result

    def _options(self) -> dict[str, Any]:
        _, options = self.validate_argument_spec(
            argument_spec={
                "rules": {"type": "list", "elements": "dict", "default": []},
                "enforce": {"type": "str", "default": "never", "choices": list(ENFORCE)},
                "verdict": {"type": "bool", "default": False},
            }
        )
        return dict(options)

    def _judged(self, rules: list[dict[str, Any]], host: str) -> list[dict[str, Any]]:
        role = self._task._role.get_name() if self._task._role else ""
        try:
            return evaluate(rules, role or str(rules[0]["id"]).partition(".")[0], host)
        except BadRule as error:
            raise AnsibleActionFail(str(error)) from error

    def _enforced(self, options: dict[str, Any]) -> bool:
        if options["verdict"] or options["enforce"] == "always":
            return True
        return options["enforce"] == "converged" and not self._play_context.check_mode


def _recorded(known: dict[str, Any]) -> list[dict[str, Any]]:
    verdicts = [known[name] for name in sorted(known) if name.endswith("_verdict")]
    return [rule for verdict in verdicts if isinstance(verdict, dict) for rule in verdict.get("rules", [])]
