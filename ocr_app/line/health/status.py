"""What the service knows of itself: state, counters, times. One object that every part shares."""

import collections
import threading
import time
from typing import Any, Callable, Counter, Deque, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.line.health import health_file
from ocr_app.line.health.reasons import RECENT_S, Degraded


class StatusSnapshot(NamedTuple):
    """A moment: ``counts`` by (name, label), ``latency_ms`` the 50th, 95th and 99th percentile of the last minute."""

    state: str
    live: bool
    ready: bool
    degraded: List[str]
    counts: Dict[Tuple[str, str], int]
    latency_ms: Dict[str, float]
    info: Dict[str, str]


class ServiceStatus:
    """For use by several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.degraded = Degraded(now)
        self._now = now
        self._lock = threading.Lock()
        self._state = health_file.STARTING
        self._busy_until: Optional[float] = None
        self._dead = False
        self._proving = False
        self._counts: Counter[Tuple[str, str]] = collections.Counter()
        self._times: Deque[Tuple[float, float]] = collections.deque()
        self._info: Dict[str, str] = {}

    @property
    def serving(self) -> bool:
        """Whether a reader is open and warm, be it proved or not."""
        with self._lock:
            return self._state == health_file.READING

    def enter(self, state: str, info: Optional[Dict[str, str]] = None) -> None:
        """The state from now on; ``info``: what describes the open reader."""
        assert state in health_file.STATES, state
        with self._lock:
            if self._state != health_file.STOPPING:
                self._state = state
            self._info = dict(info) if info is not None else self._info

    def busy(self, seconds: float) -> None:
        """The main loop says that it lives, and that it will say so again within ``seconds``."""
        with self._lock:
            self._busy_until = self._now() + seconds

    def prove(self, begins: bool) -> None:
        """While a challenge set is read at the start, a reader that could serve still counts as warming up."""
        with self._lock:
            self._proving = begins

    def give_up(self) -> None:
        """Not live any more, for good: whoever watches has to start it anew."""
        with self._lock:
            self._dead = True

    def count(self, name: str, label: str = "") -> None:
        """One more of ``name``."""
        with self._lock:
            self._counts[name, label] += 1

    def took(self, milliseconds: float) -> None:
        """A reading took so long from its arrival on."""
        with self._lock:
            self._times.append((self._now(), milliseconds))

    def snapshot(self) -> StatusSnapshot:
        """Everything, at one moment."""
        reasons = self.degraded.reasons()
        with self._lock:
            while self._times and self._now() - self._times[0][0] >= RECENT_S:
                self._times.popleft()
            times = sorted(ms for _, ms in self._times)
            overdue = self._busy_until is not None and self._now() > self._busy_until
            live = not self._dead and not overdue
            proving = self._proving and self._state == health_file.READING
            state = health_file.WARMING_UP if proving else self._state
            ready = live and state == health_file.READING
            shares = {"0.5": 50, "0.95": 95, "0.99": 99}
            latency = {name: times[-(-share * len(times) // 100) - 1] for name, share in shares.items() if times}
            return StatusSnapshot(state, live, ready, reasons, dict(self._counts), latency, dict(self._info))


def document(snapshot: StatusSnapshot, release: str, sequence: int) -> Dict[str, Any]:
    """health.json of a moment."""
    record = health_file.document(
        release, sequence, snapshot.live, snapshot.ready, snapshot.state, list(snapshot.degraded)
    )
    if "0.95" in snapshot.latency_ms:
        record["latency_ms"] = round(snapshot.latency_ms["0.95"], 3)
    return record
