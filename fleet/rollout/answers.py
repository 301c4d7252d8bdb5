"""What boards say when they are asked: one file for each host and asking, and what an answer means for a deployment.

ansible/ask.yml asks; `keep` writes what one host said, `read` reads all of one asking. A folder holds one asking, so
that nothing that was said earlier can be taken for it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from fleet.core.files import write_whole
from fleet.rollout import history
from fleet.rollout.history import Story

UNKNOWN = ("silent", "no agent")
_MEANS = {"other": "busy", "absent": "not begun"}
_EXACT = ("locked", "given back", "refused", "rolled back", "failed")  # what a run knows better than the board


@dataclass(frozen=True)
class Answer:
    """What one board said. ``verdict``: of `hosts.verdict`, or silent, or no agent.

    ``roles``: those of canary, chosen (by --limit) and together (in the group) that it has.
    """

    host: str
    verdict: str
    status: dict[str, Any] = field(default_factory=dict)
    failure: dict[str, Any] = field(default_factory=dict)
    why: str = ""
    roles: tuple[str, ...] = ()

    @property
    def canary(self) -> bool:
        """Whether the board is a canary, chosen or not."""
        return "canary" in self.roles

    @property
    def chosen(self) -> bool:
        """Whether this run deploys to the board (`--limit`)."""
        return "chosen" in self.roles

    @property
    def together(self) -> bool:
        """Whether the board belongs to the group that commits together."""
        return "together" in self.roles

    @property
    def runs(self) -> str:
        """The version that the board runs now, for people."""
        current = self.status.get("current") or {}
        return str(current.get("version", "nothing")) if self.status else "unknown"


def keep(folder: Path, host: str, seen: Mapping[str, Any], roles: list[str]) -> Answer:
    """Write what a host said: ``seen`` is the result of the action release_wait."""
    told = seen.get("verdict") or (seen.get("outcome") if seen.get("outcome") in UNKNOWN else "silent")
    failure = seen.get("failure") or (seen.get("status") or {}).get("failure") or {}
    why = "" if seen.get("verdict") else str(seen.get("msg") or "no answer")
    record = {"host": host, "verdict": told, "failure": failure, "why": why, "roles": roles}
    write_whole(folder / f"{host}.json", json.dumps({**record, "status": seen.get("status") or {}}, indent=1) + "\n")
    return read(folder)[host]


def read(folder: Path) -> dict[str, Answer]:
    """Host -> what it said in one asking."""
    found = [json.loads(path.read_text()) for path in sorted(folder.glob("*.json"))]
    return {record["host"]: Answer(**{**record, "roles": tuple(record["roles"])}) for record in found}


def outcome(answer: Answer, story: Story, run: str) -> str:
    """One of `hosts.OUTCOMES`, from what the board says now. The story only explains: it never makes a board run it."""
    noted = history.of_run(story, run).get("outcome", "")
    if answer.verdict in ("committed", "no agent"):
        return answer.verdict
    if answer.verdict == "silent":
        return "lost" if story and story[-1]["outcome"] == "lost" else "silent"
    if noted in _EXACT or (noted == "stopped" and answer.verdict in ("absent", "staged")):
        return str(noted)
    if answer.verdict == "absent" and history.touched(story):
        return "replaced"
    return _MEANS.get(answer.verdict, answer.verdict)
