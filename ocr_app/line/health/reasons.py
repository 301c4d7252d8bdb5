"""Why the service is degraded: the codes of node_agent/data/health-reasons.json, and who says which.

What the application cannot know by looking (a device that is missing, a hung reader) is said by the part that met it;
what the place itself shows (clock, disk, memory, supply) is looked up here and in place.py.
"""

import threading
import time
from typing import Callable, Dict, Iterable, List, Set

from ocr_app.core.errors import DeviceUnavailable, EngineError, ModelError, OcrError

REASONS = (
    "gpu_missing",
    "engine_stale",
    "engine_missing",
    "model_mismatch",
    "reader_restarting",
    "deadline_missed",
    "memory_low",
    "camera_lost",
    "output_lost",
    "challenge_failed",
    "clock_unsynced",
    "disk_low",
    "disk_read_only",
    "throttled",
    "under_voltage",
    "expected_value_stale",
)
_ENGINE = {"missing": "engine_missing", "stale": "engine_stale", "foreign": "engine_stale"}
RECENT_S = 60.0
"""How long a single event (a missed deadline, a lost output) keeps the service degraded."""


def of_error(error: OcrError) -> str:
    """The reason behind an error of opening a reader; empty where waiting changes nothing (usage, recipe, ...)."""
    if isinstance(error, DeviceUnavailable):
        return "gpu_missing"
    if isinstance(error, EngineError):
        return _ENGINE.get(error.code, "model_mismatch")
    return "model_mismatch" if isinstance(error, ModelError) else ""


class Degraded:
    """The reasons that hold now. For use by several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._held: Dict[str, Set[str]] = {}
        self._events: Dict[str, float] = {}

    def hold(self, who: str, reasons: Iterable[str]) -> None:
        """From now on exactly these are the reasons that ``who`` knows of."""
        found = set(reasons)
        assert found <= set(REASONS), found
        with self._lock:
            self._held[who] = found

    def happened(self, reason: str) -> None:
        """An event: a reason for the next ``RECENT_S`` seconds."""
        assert reason in REASONS, reason
        with self._lock:
            self._events[reason] = self._now()

    def reasons(self) -> List[str]:
        """Sorted, each once."""
        with self._lock:
            recent = {reason for reason, at in self._events.items() if self._now() - at < RECENT_S}
            return sorted(recent.union(*self._held.values()))
