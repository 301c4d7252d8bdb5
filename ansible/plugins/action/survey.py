"""Action `survey`: judges all roles of a node by one observation, before any role runs; roles do the work."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.playbook.conditional import Conditional
from ansible.plugins.loader import lookup_loader

from ansible.plugins.action import ActionBase

sys.path.append(str(Path(__file__).resolve().parents[1]))
sys.path.append(str(Path(__file__).resolve().parents[3]))
from rules import app, loading, release

from fleet.core.errors import FleetError
from fleet.plays import surveys

DOCUMENTATION = """
name: survey
short_description: judge all roles of a node by one observation
description:
  - Asks what tasks/verify.yml of each role asks, in one call of each module, and calls the same rules.
  - A role that cannot be judged so (a setting is wrong, a module fails) is named in `doubt`; then the roles themselves
    run, and say what is wrong. Only a node that does not answer fails here.
options:
  always:
    description: roles that have the tag always
    type: list
    elements: str
    default: []
  audit:
    description: tell broken rules too; false leaves them to the roles, which come next and mend them
    type: bool
    default: false
"""
PLAYBOOK = loading.ROLES.parent / "provision.yml"

# Ansible forks for each host: what is read, computed and imported before, all of these processes have.
for _role in surveys.order(PLAYBOOK):
    surveys.audit_of(loading.ROLES / _role)
    loading.module_of(_role)
for _name in ("policy", "wheels", "ansible.builtin.template", "ansible.builtin.file"):
    lookup_loader.get(_name, class_only=True)
app.digest()
release.digest()

Known = dict[str, Any]


class ActionModule(ActionBase):
    """Returns `whole` (every role was judged), `in_spec`, `doubt` (role -> why not), `rules` (judged), `roles`."""

    TRANSFERS_FILES = False
    _supports_check_mode = True
    _supports_async = False

    def run(self, tmp: str | None = None, task_vars: Known | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        _, options = self.validate_argument_spec(
            {"always": {"type": "list", "elements": "str", "default": []}, "audit": {"type": "bool", "default": False}}
        )
        known = task_vars or {}
        run, skip = (known.get(name, ()) for name in ("ansible_run_tags", "ansible_skip_tags"))
        self.doubt: dict[str, str] = {}
        audits = {
            role: surveys.audit_of(loading.ROLES / role)
            for role in surveys.chosen(surveys.order(PLAYBOOK), run, skip, options["always"])
        }
        asked = {role: found for role, audit in audits.items() if (found := self._prepared(audit, known)) is not None}
        self._answer(asked, known)
        judged = {role: found for role in asked if (found := self._judged(audits[role], asked[role])) is not None}
        rules = [rule for found in judged.values() for rule in found["rules"]]
        whole = not self.doubt
        in_spec = whole and not loading.broken(rules)
        told = in_spec or (whole and options["audit"])
        rows = {role: {"off": found["off"], "seconds": found["seconds"]} for role, found in judged.items()}
        result.update(changed=False, whole=whole, in_spec=in_spec, doubt=self.doubt)
        return {**result, "rules": rules if told else [], "roles": rows if told else {}}

    def _prepared(self, audit: surveys.Audit, known: Known) -> Known | None:
        """The variables of a role, with its questions in ``_asked``; None where a setting is wrong."""
        places = [str(audit.folder), str(audit.folder / "tasks"), known["playbook_dir"]]
        own = {**audit.defaults, **audit.constants, **known, "role_name": audit.role, "role_path": str(audit.folder)}
        own.update(ansible_search_path=places, _asked={})
        try:
            with self._templar.set_temporary_context(available_variables=own):
                self._check(audit, own)
                for question in audit.questions:
                    if question.register in known:  # given with -e, to try rules without a board
                        continue
                    if self._is_asked(question, own):
                        own["_asked"][question.register] = (question.module, self._templar.template(question.arguments))
                    else:
                        own[question.register] = {"skipped": True}
        except (AnsibleError, FleetError, loading.BadRule, ValueError) as error:
            self.doubt[audit.role] = str(error)
            return None
        return own

    def _check(self, audit: surveys.Audit, own: Known) -> None:
        """The types of the public variables, as Ansible checks them before a role."""
        given = {name: self._templar.template(own[name]) for name in audit.options if name in own}
        found = ArgumentSpecValidator(dict(audit.options)).validate(given, validate_role_argument_spec=True)
        if found.error_messages:
            raise ValueError("; ".join(found.error_messages))

    def _is_asked(self, question: surveys.Question, own: Known) -> bool:
        conditional = Conditional(loader=self._loader)
        conditional.when = list(question.conditions)
        return bool(conditional.evaluate_conditional(self._templar, own))

    def _answer(self, asked: dict[str, Known], known: Known) -> None:
        """Put the answers of the node beside the variables of each role; one call for each module."""
        for module in surveys.MODULES:
            each = {
                f"{role}:{register}": arguments
                for role, own in asked.items()
                for register, (name, arguments) in own["_asked"].items()
                if name == module
            }
            if not each:
                continue
            done = self._execute_module(module_name=module, module_args={"each": each}, task_vars=known)
            if done.get("unreachable"):
                raise AnsibleConnectionFailure(str(done.get("msg")))
            for name in each:
                role, _, register = name.partition(":")
                if "each" in done:
                    asked[role][register] = done["each"][name]
                else:
                    self.doubt[role] = str(done.get("msg") or "no answer")

    def _judged(self, audit: surveys.Audit, own: Known) -> dict[str, Any] | None:
        if audit.role in self.doubt:
            return None
        try:
            with self._templar.set_temporary_context(available_variables=own):
                observed, given = (self._templar.template(part) for part in (audit.observed, dict(audit.given)))
                settings = loading.settings_of(audit.role, own, self._templar.template, given)
                rules = loading.judge(audit.role, "rules", observed, settings)
                off = loading.off(audit.role, settings)
        except (AnsibleError, FleetError, loading.BadRule, LookupError, ValueError) as error:
            self.doubt[audit.role] = str(error)
            return None
        answers = [own[question.register] for question in audit.questions]
        seconds = sum(float(answer.get("seconds", 0)) for answer in answers if isinstance(answer, Mapping))
        return {"rules": rules, "off": off, "seconds": round(seconds, 2)}
