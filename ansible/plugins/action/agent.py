"""Action `agent`: runs one verb of nano-ocr-agent on a node; a failure says found, expected, next as the node did."""

from __future__ import annotations

import json
import shlex
from typing import Any

from ansible.errors import AnsibleConnectionFailure

from ansible.plugins.action import ActionBase

PROGRAM = "/usr/local/sbin/nano-ocr-agent"
PATIENCE_S = "180"  # the agent's own timer may be at work

DOCUMENTATION = """
name: agent
short_description: run a verb of the node's agent
options:
  verb:
    description: words of the command, without --json
    type: list
    elements: str
    required: true
  by:
    description: who asks, for the node's record
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
        command = shlex.join([PROGRAM, "--patience", PATIENCE_S, "--by", options["by"], verb[0], "--json", *verb[1:]])
        try:
            done = self._low_level_execute_command(command, in_data=options["given"] + "\n")
        except AnsibleConnectionFailure as error:
            return {**result, "failed": True, "msg": f"agent.reach: found no connection ({error}); expected one"}
        return {**result, **answer(done, verb[0])}

    def _options(self) -> dict[str, Any]:
        _, options = self.validate_argument_spec(
            argument_spec={
                "verb": {"type": "list", "elements": "str", "required": True},
                "by": {"type": "str", "default": "ansible"},
                "given": {"type": "str", "default": "", "no_log": True},
            }
        )
        return dict(options)


def answer(done: dict[str, Any], verb: str) -> dict[str, Any]:
    """The node's words: `status`, and a failure where the exit code says so."""
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
