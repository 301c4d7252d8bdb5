"""Action `agent`: runs one verb of nano-ocr-agent on a node; a failure reports found, expected and next of the node."""

from __future__ import annotations

import json
import shlex
import sys
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleConnectionFailure

from ansible.plugins.action import ActionBase

sys.path.append(str(Path(__file__).resolve().parents[1]))
from rules import deployment

PROGRAM = "/usr/local/sbin/nano-ocr-agent"
PATIENCE_S = "180"  # the agent's own timer may be running

DOCUMENTATION = """
name: agent
short_description: run a verb of the node's agent
options:
  verb:
    description: the verb and its arguments, without --json
    type: list
    elements: str
    required: true
  options:
    description: name -> value, as --NAME VALUE; empty values are left out
    type: dict
    default: {}
  by:
    description: the name that the node records for this command
    type: str
    default: ansible
  given:
    description: standard input
    type: str
    default: ""
"""


class ActionModule(ActionBase):
    """Returns `status` (the node's answer); an unreachable node is a failure here, so that a block can rescue it."""

    TRANSFERS_FILES = False
    _supports_check_mode = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        options = self._options()
        verb = options["verb"]
        words = [*verb[1:], *deployment.words(options["options"])]
        command = shlex.join([PROGRAM, "--patience", PATIENCE_S, "--by", options["by"], verb[0], "--json", *words])
        try:
            done = self._low_level_execute_command(command, in_data=options["given"] + "\n")
        except AnsibleConnectionFailure as error:
            return {**result, "failed": True, "msg": f"agent.reach: found no connection ({error}); expected one"}
        return {**result, **answer(done, verb[0])}

    def _options(self) -> dict[str, Any]:
        _, options = self.validate_argument_spec(
            argument_spec={
                "verb": {"type": "list", "elements": "str", "required": True},
                "options": {"type": "dict", "default": {}},
                "by": {"type": "str", "default": "ansible"},
                "given": {"type": "str", "default": "", "no_log": True},
            }
        )
        return dict(options)


def answer(done: dict[str, Any], verb: str) -> dict[str, Any]:
    """The node's answer: `status`, and a failure where the exit code is not 0."""
    lines = [line for line in str(done["stdout"]).splitlines() if line.startswith("{")]
    status = json.loads(lines[-1]) if lines else {}
    if done["rc"] == 0 and status:
        return {"changed": verb not in ("status", "report"), "status": status}
    error = status.get("error")
    parts = [error[key] for key in ("found", "expected", "next") if error[key]] if isinstance(error, dict) else []
    told = " ".join("; ".join(parts or [str(done["stderr"])]).split()) or "no message"
    if "not found" in told or "No such file" in told:
        told += "; next: ./inv provision --tags release"
    return {"failed": True, "rc": done["rc"], "status": status, "msg": f"agent.{verb}: exit code {done['rc']}: {told}"}
