"""What is recorded for a node in a deployment, from its verdict, its failure or the votes of its group."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

REFUSALS = {41: "refused", 42: "locked"}  # exit codes of the agent
OUTCOMES = {"committed": "committed", "proven": "proven", "rolled back": "rolled back", "refused": "refused"}
PROVEN = ("proven", "committed")


def ended(verdict: str, group: str) -> str:
    """The outcome of a node that has decided; without a group, a proven release is committed at once."""
    return "committed" if verdict == "proven" and not group else OUTCOMES.get(verdict, "failed")


def failed(result: Mapping[str, Any]) -> dict[str, Any]:
    """The record of a node whose task failed with ``result``: outcome, why, failure, status."""
    return {
        "outcome": result.get("outcome") or REFUSALS.get(int(result.get("rc") or 0), "failed"),
        "why": result.get("msg") or "failed without a message",
        "failure": result.get("failure") or {},
        "status": result.get("status") or {},
    }


def unproven(votes: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The hosts of a group that have not proved the release, by their answers to `release_wait`."""
    return [host for host, vote in votes.items() if vote.get("verdict") not in PROVEN]


def words(options: Mapping[str, Any]) -> list[str]:
    """Options of a command line, without those that are empty."""
    return [word for name, value in options.items() if value for word in ("--" + name, str(value))]
