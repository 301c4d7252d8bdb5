"""What the application reports about itself: live, ready, degraded with reasons; the reasons are data (``data/``).

Live means that the heartbeat continues, measured by the agent's own monotonic clock: a wall clock that is wrong or
jumps changes nothing. Building engines and warming up are states of a live application, not failures.
"""

import json
import os
from typing import Any, Dict, FrozenSet, List, Optional

from node_agent.host.interface import Health, Host

DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")
STATES = ("starting", "building_engine", "warming_up", "reading", "stopping")


def reasons() -> Dict[str, Any]:
    """Every reason code: what it means, and whether a new one counts against a new release."""
    with open(os.path.join(DATA, "health-reasons.json"), encoding="utf-8") as stream:
        return dict(json.load(stream))


def blaming() -> FrozenSet[str]:
    """Reasons that count against a release; the others come from the surroundings of the node."""
    return frozenset(code for code, entry in reasons().items() if entry["blames_release"])


def faults(document: Health) -> List[str]:
    """The keys in which a document differs from the schema; empty when it fits (a test compares both)."""
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
    """Watches one release: how long its heartbeat has been missing, in seconds of the monotonic clock."""

    def __init__(self, host: Host, release_id: str) -> None:
        self._host = host
        self._release_id = release_id
        self._sequence = None  # type: Optional[int]
        self._since = host.monotonic()

    def look(self) -> Optional[Health]:
        """The newest document of this release that fits the schema, or None."""
        document = self._host.health()
        if document is None or faults(document) or document["release"] != self._release_id:
            return None
        if document["sequence"] != self._sequence and document["live"]:
            self._sequence, self._since = document["sequence"], self._host.monotonic()
        return document

    @property
    def seen(self) -> bool:
        """Whether there was a beat at all."""
        return self._sequence is not None

    def still_for(self) -> float:
        """Seconds since the last new beat, or since the watch began."""
        return self._host.monotonic() - self._since
