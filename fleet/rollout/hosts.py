"""What a node's status means for a deployment, and the words for every outcome. No network, no Ansible."""

from __future__ import annotations

from typing import Any

OUTCOMES = {
    "committed": "runs it, proved through a reboot",
    "proven": "proved it and waits for its group",
    "under way": "is in the middle of it, or has it and is not ready",
    "staged": "has it on its disk and has not tried it",
    "rolled back": "tried it and went back",
    "given back": "proved it and went back with its group",
    "refused": "refused it; nothing was changed",
    "locked": "the production line was running; nothing was changed",
    "stopped": "not begun, because the stop rule ended the deployment",
    "not begun": "never received the release",
    "replaced": "received it, and runs another release or none now",
    "busy": "is in the middle of another deployment",
    "no agent": "has no agent, so nothing is known about its release",
    "silent": "does not answer; this deployment was not begun on it",
    "lost": "has not answered since its deployment began",
    "failed": "did not finish",
}
GOOD = ("committed", "proven")
FAILED = ("lost", "rolled back", "given back", "refused", "failed")
_BEFORE_THE_SWITCH = ("staging", "staged", "preflight")


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
        return ended_by(status["failure"], release_id)
    if candidate.get("id") != release_id:
        return "other"
    if phase in ("proven", "parked"):
        return "proven"
    return "staged" if phase == "staged" else "under way"


def ended_by(failure: dict[str, Any], release_id: str) -> str:
    """What the failure record of an idle node says about a release: absent, where it is about another one.

    Agents from before the record named its release are taken to mean this one.
    """
    if not failure or failure.get("release", release_id) != release_id:
        return "absent"
    return "refused" if failure.get("phase") in _BEFORE_THE_SWITCH else "rolled back"


def format_failure(failure: dict[str, Any]) -> str:
    """A node's failure record in one line."""
    return f"{failure.get('probe', '?')} in {failure.get('phase', '?')}: {failure.get('found', '?')}" if failure else ""
