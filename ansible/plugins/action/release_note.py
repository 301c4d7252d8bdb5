"""Action `release_note`: records the state of a host in a deployment, or decides whether the next batch may begin."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

sys.path += [str(Path(__file__).resolve().parents[level]) for level in (3, 1)]
from rules import deployment

from fleet.release.hosts import gate, note, notes

DOCUMENTATION = """
name: release_note
short_description: record the outcome of a host, or apply the stop rule
options:
  folder:
    description: folder of the deployment on the control machine
    type: path
    required: true
  outcome:
    description: one of fleet.release.hosts.OUTCOMES; without outcome, verdict and failed, the stop rule is applied
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
  batch:
    description: hosts of the next batch
    type: list
    elements: str
    default: []
  canaries:
    description: hosts that must have committed first
    type: list
    elements: str
    default: []
  most:
    description: number of failures that are tolerated
    type: int
    default: 0
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
        if record := _record(options):
            return {**result, "changed": False, "noted": note(folder, host, **record)["outcome"]}
        why = gate(notes(folder), options["batch"], options["canaries"], options["most"])
        if why:
            note(folder, host, "stopped", why=why, release=options["release"])
            return {**result, "failed": True, "msg": f"deploy.stop: found {why}; expected none of it; "
                    "next: read the report, mend, and give the same command again"}  # fmt: skip
        return {**result, "changed": False}

    def _options(self) -> dict[str, Any]:
        texts = {name: {"type": "str", "default": ""} for name in ("outcome", "verdict", "group", "why")}
        tables = {name: {"type": "dict", "default": {}} for name in ("failed", "failure", "status", "release")}
        lists = {name: {"type": "list", "elements": "str", "default": []} for name in ("batch", "canaries")}
        more = {"folder": {"type": "path", "required": True}, "most": {"type": "int", "default": 0}}
        _, options = self.validate_argument_spec(argument_spec={**texts, **tables, **lists, **more})
        return dict(options)


def _record(options: dict[str, Any]) -> dict[str, Any]:
    """What is recorded for a host; empty when the stop rule is asked for."""
    if options["failed"]:
        return {**deployment.failed(options["failed"]), "release": options["release"]}
    outcome = options["outcome"]
    if options["verdict"]:
        outcome = deployment.ended(options["verdict"], options["group"])
    more = {key: options[key] for key in ("why", "failure", "status", "release")}
    return {"outcome": outcome, **more} if outcome else {}
