"""Why the service is degraded: the codes of node_agent/data/health-reasons.json, and which part reports which.

What cannot be seen from outside (a missing device, a hung reader) is reported by the part that met it. What the
platform itself shows (clock, disk, memory, supply) is in platform.py.
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
    "journal_lost",
    "broker_lost",
    "webhook_lost",
    "picture_store_lost",
    "plc_lost",
    "clock_unsynced",
    "disk_low",
    "disk_read_only",
    "throttled",
    "clocks_free",
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


class DegradedReasons:
    """The reasons that apply now. For use by several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._by_source: Dict[str, Set[str]] = {}
        self._events: Dict[str, float] = {}

    def set(self, source: str, reasons: Iterable[str]) -> None:
        """From now on exactly these are the reasons that ``source`` reports."""
        found = set(reasons)
        assert found <= set(REASONS), found
        with self._lock:
            self._by_source[source] = found

    def of(self, source: str) -> List[str]:
        """What ``source`` reports now, sorted."""
        with self._lock:
            return sorted(self._by_source.get(source, ()))

    def record_event(self, reason: str) -> None:
        """An event: a reason for the next ``RECENT_S`` seconds."""
        assert reason in REASONS, reason
        with self._lock:
            self._events[reason] = self._now()

    def current(self) -> List[str]:
        """Sorted, each once."""
        with self._lock:
            recent = {reason for reason, at in self._events.items() if self._now() - at < RECENT_S}
            return sorted(recent.union(*self._by_source.values()))
