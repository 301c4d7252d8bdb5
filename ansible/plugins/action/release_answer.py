"""Action `release_answer`: keeps what a node said when it was asked, on the control machine."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

sys.path.append(str(Path(__file__).resolve().parents[3]))
from fleet.rollout.answers import keep

DOCUMENTATION = """
name: release_answer
short_description: keep a node's answer
options:
  folder:
    description: folder of this asking on the control machine
    type: path
    required: true
  seen:
    description: the result of release_wait
    type: dict
    required: true
  canary:
    description: whether the node is a canary
    type: bool
    required: true
  chosen:
    description: whether the deployment is for this node
    type: bool
    required: true
  together:
    description: whether the node belongs to the group that commits together
    type: bool
    required: true
"""
ROLES = ("canary", "chosen", "together")


class ActionModule(ActionBase):
    """Runs on the control machine alone; a node that did not answer is kept as silent."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        required = {"folder": {"type": "path"}, "seen": {"type": "dict"}, **{name: {"type": "bool"} for name in ROLES}}
        _, options = self.validate_argument_spec(
            argument_spec={name: {**spec, "required": True} for name, spec in required.items()}
        )
        roles = [name for name in ROLES if options[name]]
        answer = keep(Path(options["folder"]), (task_vars or {})["inventory_hostname"], options["seen"], roles)
        return {**result, "changed": False, "verdict": answer.verdict}
