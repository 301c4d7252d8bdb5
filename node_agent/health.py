"""What the application says of itself: live, ready, degraded with reasons; the words are in ``data/``.

Live is a heartbeat that goes on, measured by the agent's own monotonic clock: a wrong wall clock, or one that jumps,
changes nothing. Building engines and warming up are states of a live application, not its death.
"""

import json
import os
from typing import Any, Dict, FrozenSet, List, Optional

from node_agent.machine import Health, Machine

DATA = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data")
STATES = ("starting", "building_engine", "warming_up", "reading", "stopping")


def reasons() -> Dict[str, Any]:
    """Every reason code: what it means, and whether a new one speaks against a new release."""
    with open(os.path.join(DATA, "health-reasons.json"), encoding="utf-8") as stream:
        return dict(json.load(stream))


def blaming() -> FrozenSet[str]:
    """Reasons that speak against a release; the others come from the place where the node stands."""
    return frozenset(code for code, entry in reasons().items() if entry["blames_release"])


def faults(document: Health) -> List[str]:
    """How a document differs from the schema; empty when it fits. (The tests compare this with the schema itself.)"""
    wanted = {"schema": int, "release": str, "sequence": int, "live": bool, "ready": bool, "state": str}
    wrong = [key for key, kind in wanted.items() if type(document.get(key)) is not kind]
    known = set(wanted) | {"degraded", "progress", "latency_ms"}
    wrong += sorted(set(document) - known)
    if "schema" not in wrong and document["schema"] != 1:
        wrong.append("schema")
    if "state" not in wrong and document["state"] not in STATES:
        wrong.append("state")
    if "sequence" not in wrong and document["sequence"] < 0:
        wrong.append("sequence")
    return wrong + _faults_of_reasons(document.get("degraded")) + _faults_of_numbers(document)


def _faults_of_reasons(found: Any) -> List[str]:
    fits = isinstance(found, list) and all(isinstance(code, str) for code in found)
    fits = fits and len(set(found)) == len(found) and set(found) <= set(reasons())
    return [] if fits else ["degraded"]


def _faults_of_numbers(document: Health) -> List[str]:
    bounds = {"progress": 1.0, "latency_ms": float("inf")}
    wrong = []
    for key, most in bounds.items():
        value = document.get(key)
        is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if value is not None and not (is_number and 0 <= value <= most):
            wrong.append(key)
    return wrong


class Heartbeat(object):
    """Watches one release: how long its heartbeat has stood still, in seconds of the monotonic clock."""

    def __init__(self, machine: Machine, release_id: str) -> None:
        self._machine = machine
        self._release_id = release_id
        self._sequence = None  # type: Optional[int]
        self._since = machine.monotonic()

    def look(self) -> Optional[Health]:
        """The newest document of this release that fits the schema, or None."""
        document = self._machine.health()
        if document is None or faults(document) or document["release"] != self._release_id:
            return None
        if document["sequence"] != self._sequence and document["live"]:
            self._sequence, self._since = document["sequence"], self._machine.monotonic()
        return document

    @property
    def seen(self) -> bool:
        """Whether there was a beat at all."""
        return self._sequence is not None

    def still_for(self) -> float:
        """Seconds without a new beat."""
        return self._machine.monotonic() - self._since
