"""Action `release_note`: writes down how a host stands in a deployment, or asks whether the next batch may begin."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

sys.path.append(str(Path(__file__).resolve().parents[3]))
from fleet.release.hosts import gate, note, notes

DOCUMENTATION = """
name: release_note
short_description: note the outcome of a host, or judge the stop rule
options:
  folder:
    description: folder of the deployment on the control machine
    type: path
    required: true
  outcome:
    description: one of fleet.release.hosts.OUTCOMES; empty asks the stop rule instead
    type: str
    default: ""
  why:
    description: reason in words
    type: str
    default: ""
  failure:
    description: the node's own record, with log lines
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
    description: hosts that are about to begin
    type: list
    elements: str
    default: []
  canaries:
    description: hosts that must have committed before
    type: list
    elements: str
    default: []
  most:
    description: failures that are borne
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
        if options["outcome"]:
            more = {key: options[key] for key in ("why", "failure", "status", "release")}
            return {**result, "changed": False, "noted": note(folder, host, options["outcome"], **more)["outcome"]}
        why = gate(notes(folder), options["batch"], options["canaries"], options["most"])
        if why:
            note(folder, host, "stopped", why=why, release=options["release"])
            return {**result, "failed": True, "msg": f"deploy.stop: found {why}; expected none of it; "
                    "next: read the report, mend, and give the same command again"}  # fmt: skip
        return {**result, "changed": False}

    def _options(self) -> dict[str, Any]:
        texts = {name: {"type": "str", "default": ""} for name in ("outcome", "why")}
        tables = {name: {"type": "dict", "default": {}} for name in ("failure", "status", "release")}
        lists = {name: {"type": "list", "elements": "str", "default": []} for name in ("batch", "canaries")}
        more = {"folder": {"type": "path", "required": True}, "most": {"type": "int", "default": 0}}
        _, options = self.validate_argument_spec(argument_spec={**texts, **tables, **lists, **more})
        return dict(options)
