"""Action `rules`: compares what was observed on a node with what its role promises; runs on the control machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail

from ansible.plugins.action import ActionBase

sys.path.append(str(Path(__file__).resolve().parents[1]))
from rules import loading

DOCUMENTATION = """
name: rules
short_description: compare a node with the rules of its role
description: The rules are the function `rules(observed, settings)` of plugins/rules/ROLE.py.
options:
  observed:
    description: the answer of the module observe; `environment` holds the answer of the module venv
    type: dict
    default: {}
  given:
    description: values from the control machine in addition to the variables of the role, such as texts of templates
    type: dict
    default: {}
  subject:
    description: the function that returns the rules
    type: str
    default: rules
  enforce:
    description: never only records; converged fails on a broken rule except in check mode; always fails in any mode
    type: str
    default: never
  verdict:
    description: fail when any rule recorded in this run under a variable *_verdict is broken
    type: bool
    default: false
"""


class ActionModule(ActionBase):
    """Returns `rules` (each judged), `in_spec`, `work` (what the tasks have to do), and a failure where enforced."""

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
            judged, work, off = self._judged(options, known)
            result.update(rules=judged, work=work, off=off)
        failures = loading.broken(judged)
        result.update(changed=False, in_spec=not failures)
        if failures and self._enforced(options):
            message = "\n".join(loading.sentence(rule) for rule in failures)
            result.update(failed=True, msg=message, next=failures[0]["next"])
            if options["verdict"]:
                result["next"] = "see the rules that do not hold"
        return result

    def _options(self) -> dict[str, Any]:
        _, options = self.validate_argument_spec(
            argument_spec={
                "observed": {"type": "dict", "default": {}},
                "given": {"type": "dict", "default": {}},
                "subject": {"type": "str", "default": "rules"},
                "enforce": {"type": "str", "default": "never", "choices": list(loading.ENFORCE)},
                "verdict": {"type": "bool", "default": False},
            }
        )
        return dict(options)

    def _judged(
        self, options: dict[str, Any], known: dict[str, Any]
    ) -> tuple[list[dict[str, Any]], dict[str, Any], str]:
        role, subject = self._task._role.get_name(), options["subject"]
        try:
            settings = loading.settings_of(role, known, self._templar.template, options["given"])
            judged = loading.judge(role, subject, options["observed"], settings)
            work = loading.work_of(role, options["observed"], settings) if subject == "rules" else {}
            return judged, work, loading.off(role, settings)
        except loading.BadRule as error:
            raise AnsibleActionFail(str(error)) from error

    def _enforced(self, options: dict[str, Any]) -> bool:
        if options["verdict"] or options["enforce"] == "always":
            return True
        return options["enforce"] == "converged" and not self._play_context.check_mode


def _recorded(known: dict[str, Any]) -> list[dict[str, Any]]:
    verdicts = [known[name] for name in sorted(known) if name.endswith("_verdict")]
    return [rule for verdict in verdicts if isinstance(verdict, dict) for rule in verdict.get("rules", [])]
