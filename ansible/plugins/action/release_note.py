"""Action `release_note`: adds a record to the story of a host in a deployment."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

sys.path += [str(Path(__file__).resolve().parents[level]) for level in (3, 1)]
from rules import deployment

from fleet.rollout.history import note

DOCUMENTATION = """
name: release_note
short_description: record the outcome of a host
options:
  folder:
    description: folder of the deployment on the control machine
    type: path
    required: true
  outcome:
    description: one of fleet.rollout.hosts.OUTCOMES, unless verdict or failed is given
    type: str
    default: ""
  verdict:
    description: the verdict of release_wait, from which the outcome follows
    type: str
    default: ""
  group:
    description: the group that the node commits with; empty when it commits alone
    type: str
    default: ""
  failed:
    description: the result of the task that failed, from which outcome, why, failure and status follow
    type: dict
    default: {}
  why:
    description: the reason
    type: str
    default: ""
  failure:
    description: the node's own record of the failure, with log lines
    type: dict
    default: {}
  status:
    description: the node's status
    type: dict
    default: {}
  release:
    description: what was deployed
    type: dict
    default: {}
  run:
    description: the run of the deployment
    type: str
    required: true
"""


class ActionModule(ActionBase):
    """Runs on the control machine alone."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        options = self._options()
        folder, host = Path(options["folder"]), (task_vars or {})["inventory_hostname"]
        noted = note(folder, host, run=options["run"], **_record(options))
        return {**result, "changed": False, "noted": noted["outcome"]}

    def _options(self) -> dict[str, Any]:
        texts = {name: {"type": "str", "default": ""} for name in ("outcome", "verdict", "group", "why")}
        tables = {name: {"type": "dict", "default": {}} for name in ("failed", "failure", "status", "release")}
        more = {"folder": {"type": "path", "required": True}, "run": {"type": "str", "required": True}}
        _, options = self.validate_argument_spec(argument_spec={**texts, **tables, **more})
        return dict(options)


def _record(options: dict[str, Any]) -> dict[str, Any]:
    """What is recorded for a host."""
    if options["failed"]:
        return {**deployment.failed(options["failed"]), "release": options["release"]}
    outcome = options["outcome"]
    if options["verdict"]:
        outcome = deployment.ended(options["verdict"], options["group"])
    more = {key: options[key] for key in ("why", "failure", "status", "release")}
    return {"outcome": outcome, **more}
