"""Action `release_keep`: keeps the report of a node's agent on the control machine, or why there is none."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

DOCUMENTATION = """
name: release_keep
short_description: keep a node's report
options:
  folder:
    description: folder on the control machine
    type: path
    required: true
  answer:
    description: the agent's report; empty when there was none
    type: dict
    required: true
  why:
    description: why there was none
    type: str
    default: ""
  engines:
    description: names of the engines on the node
    type: list
    elements: str
    default: []
"""


class ActionModule(ActionBase):
    """Runs on the control machine alone; a node that did not answer is recorded too."""

    TRANSFERS_FILES = False
    _supports_check_mode = True

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        _, options = self.validate_argument_spec(
            argument_spec={
                "folder": {"type": "path", "required": True},
                "answer": {"type": "dict", "required": True},
                "why": {"type": "str", "default": ""},
                "engines": {"type": "list", "elements": "str", "default": []},
            }
        )
        host = (task_vars or {})["inventory_hostname"]
        record = {key: options[key] for key in ("answer", "why", "engines")}
        target = Path(options["folder"]) / f"{host}.json"
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps({"host": host, "at": time.time(), **record}, indent=1) + "\n")
        return {**result, "changed": False}
