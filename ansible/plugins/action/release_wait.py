"""Action `release_wait`: polls the state of a node until it is the expected one; reboots are tolerated."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleConnectionFailure

from ansible.plugins.action import ActionBase

sys.path.append(str(Path(__file__).resolve().parents[3]))
from fleet.rollout.hosts import format_failure, verdict

ASK = "timeout 60 /usr/local/sbin/nano-ocr-agent {} --json"
UNIT = "systemctl is-active --quiet nano-ocr-switch.service"
WAITS = ("answer", "settled", "unlocked", "ended")
SETTLE_S = 20.0
_NO_AGENT = ("command not found", "No such file or directory")

DOCUMENTATION = """
name: release_wait
short_description: wait for a node in the middle of a deployment
options:
  release:
    description: id of the release
    type: str
    required: true
  until:
    description: answer (any), settled (not under way, or for 20 s), unlocked (no update lock), ended (decided)
    type: str
    required: true
  patience_s:
    description: how long to wait
    type: float
    required: true
  lost_s:
    description: how long a node may stay silent
    type: float
    default: 300
  poll_s:
    description: pause between two polls
    type: float
    default: 2
"""


class ActionModule(ActionBase):
    """Returns `verdict`, `status`, and `failure` with the last log lines for a release that was rolled back."""

    TRANSFERS_FILES = False
    _supports_check_mode = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        result: dict[str, Any] = super().run(tmp, task_vars)
        del tmp
        options = self._options()
        start = heard = time.monotonic()
        found: dict[str, Any] | None = None
        while True:
            answer, message = self._ask("status")
            now = time.monotonic()
            if answer is not None:
                heard, found = now, answer
                if done := self._decided(options, answer, now - start):
                    return {**result, "changed": False, **done}
            no_agent = answer is None and any(sign in message for sign in _NO_AGENT)
            if (late := _late(options, now - start, now - heard)) or no_agent:
                shown = f"{'no agent' if no_agent else late}: {message or _state(found)}"
                outcome = "no agent" if no_agent else "lost" if answer is None else "failed"
                return {**result, "failed": True, "outcome": outcome, "msg": shown, "status": found or {}}
            time.sleep(options["poll_s"])

    def _options(self) -> dict[str, Any]:
        _, options = self.validate_argument_spec(
            argument_spec={
                "release": {"type": "str", "required": True},
                "until": {"type": "str", "required": True, "choices": list(WAITS)},
                "patience_s": {"type": "float", "required": True},
                "lost_s": {"type": "float", "default": 300.0},
                "poll_s": {"type": "float", "default": 2.0},
            }
        )
        return dict(options)

    def _decided(self, options: dict[str, Any], status: dict[str, Any], waited_s: float) -> dict[str, Any] | None:
        """The result of the task, or None while it has to wait."""
        stands = verdict(status, options["release"])
        answer = {"verdict": stands, "status": status}
        if options["until"] == "answer" or (options["until"] == "unlocked" and not status["locks"]):
            return answer
        if options["until"] == "settled":
            return answer if stands != "under way" or waited_s > SETTLE_S else None
        if options["until"] == "unlocked" or stands == "under way":
            return None
        if stands == "staged":
            return None if self._switching() else {**answer, "verdict": "not switched", "failure": self._words()}
        if stands in ("rolled back", "refused", "absent"):
            answer["failure"] = (self._ask("report")[0] or {}).get("failure") or status["failure"]
        return answer

    def _switching(self) -> bool:
        return self._call(UNIT)[0] == 0

    def _words(self) -> dict[str, Any]:
        """The last log lines of a switch that never began."""
        message = self._call("journalctl --unit nano-ocr-switch.service --lines 5 --no-pager --output cat")[1]
        return {"probe": "switch", "phase": "staged", "found": " ".join(message.split()), "log": message.splitlines()}

    def _ask(self, verb: str) -> tuple[dict[str, Any] | None, str]:
        """(the node's answer or None, the reason why there is none)."""
        code, out, err = self._call(ASK.format(verb))
        lines = [line for line in out.splitlines() if line.startswith("{")]
        found = json.loads(lines[-1]) if code == 0 and lines else {}
        if verb == "report" and found:
            return found, ""
        said = " ".join(f"{out} {err}".split())  # with a terminal, ssh tells of itself on stderr, the command on stdout
        return (found, "") if "phase" in found else (None, said)

    def _call(self, command: str) -> tuple[int, str, str]:
        try:
            done = self._low_level_execute_command(command)
        except AnsibleConnectionFailure as error:
            self._connection.reset()
            return 255, "", " ".join(str(error).split())
        return int(done["rc"]), str(done["stdout"]), str(done["stderr"]).strip()


def _late(options: dict[str, Any], waited_s: float, silent_s: float) -> str:
    if silent_s > options["lost_s"]:
        return f"no answer for {silent_s:.0f} s"
    return f"not {options['until']} after {waited_s:.0f} s" if waited_s > options["patience_s"] else ""


def _state(status: dict[str, Any] | None) -> str:
    if not status:
        return "no status"
    locks = "; ".join(status["locks"]) if isinstance(status["locks"], list) else ""
    return ", ".join(part for part in (f"phase {status['phase']}", locks, format_failure(status["failure"])) if part)
