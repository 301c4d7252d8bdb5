"""What a node's status means for a deployment, and the progress of a deployment, host by host. No network, no Ansible.

A deployment has a folder with ``hosts/HOST.json``. It is written before a node is touched, with the worst outcome
(``lost``), and again when the outcome of the node is known. So it is right after Ctrl-C or a power cut, too.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fleet.core.files import write_whole

OUTCOMES = {
    "not begun": "never received the release",
    "lost": "has not answered since its deployment began",
    "committed": "runs it, proved through a reboot",
    "proven": "proved it and waits for its group",
    "rolled back": "tried it and went back by itself",
    "given back": "proved it and went back with its group",
    "refused": "refused it; nothing was changed",
    "locked": "the production line was running; nothing was changed",
    "stopped": "not begun, because the stop rule ended the deployment",
    "failed": "did not finish",
}
UNTOUCHED = ("not begun", "stopped", "locked")
GOOD = ("committed", "proven")
_UNDER_WAY = ("preflight", "switching", "gating", "soaking", "rebooting", "proving", "returning", "staging")


def verdict(status: dict[str, Any], release_id: str) -> str:
    """The state of a release on a node: absent, staged, under way, proven, committed, rolled back, refused, other.

    ``other``: another release is being deployed. ``committed`` requires that the release is running and ready.
    """
    phase, current, candidate = status["phase"], status["current"] or {}, status["candidate"] or {}
    if phase == "idle" and current.get("id") == release_id:
        health = status["health"] or {}
        runs = status["running"] == release_id and bool(health.get("ready"))
        return "committed" if runs else "under way"
    if phase == "idle":
        return ended_by(status["failure"])
    if candidate.get("id") != release_id:
        return "other"
    if phase in ("proven", "parked"):
        return "proven"
    return "staged" if phase == "staged" else "under way"


def ended_by(failure: dict[str, Any]) -> str:
    """What the failure record of an idle node says about its last deployment."""
    if not failure:
        return "absent"
    return "refused" if failure.get("phase") in ("staging", "staged", "preflight", "idle") else "rolled back"


def under_way(status: dict[str, Any]) -> bool:
    """Whether a node is in a phase that it finishes by itself."""
    return status["phase"] in _UNDER_WAY


def format_failure(failure: dict[str, Any]) -> str:
    """A node's failure record in one line."""
    return f"{failure.get('probe', '?')} in {failure.get('phase', '?')}: {failure.get('found', '?')}" if failure else ""


def note(folder: Path, host: str, outcome: str, **more: Any) -> dict[str, Any]:
    """Record the outcome of a host."""
    if outcome not in OUTCOMES:
        raise ValueError(f"no outcome called {outcome!r}")
    record = {"host": host, "outcome": outcome, **more}
    write_whole(folder / "hosts" / f"{host}.json", json.dumps(record, indent=1) + "\n")
    return record


def notes(folder: Path) -> dict[str, dict[str, Any]]:
    """Host -> its last record."""
    found = (json.loads(path.read_text()) for path in sorted((folder / "hosts").glob("*.json")))
    return {record["host"]: record for record in found}


def gate(known: dict[str, dict[str, Any]], batch: Iterable[str], canaries: Iterable[str], most: int) -> str:
    """Why the next batch must not begin; empty if it may. ``most``: tolerated failures, not counting canaries."""
    batch = set(batch)
    for canary in sorted(set(canaries) - batch):
        outcome = known.get(canary, {}).get("outcome", "not begun")
        if outcome != "committed":
            return f"canary {canary} {OUTCOMES[outcome]}"
    bad = sorted(
        host for host, record in known.items()
        if host not in batch and record["outcome"] not in (*GOOD, *UNTOUCHED)
    )  # fmt: skip
    return f"{len(bad)} of at most {most} failures: {', '.join(bad[:8])}" if len(bad) > most else ""
