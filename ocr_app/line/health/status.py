"""What the service knows about itself: state, counters, times. One object that every part shares."""

import collections
import threading
import time
from typing import Callable, Deque, Dict, Optional, Tuple

from ocr_app.line.health import health_file
from ocr_app.line.health.metrics import ServiceMetrics
from ocr_app.line.health.reasons import RECENT_S, DegradedReasons
from ocr_app.line.health.snapshot import StatusSnapshot

_PERCENTILES = {"0.5": 50, "0.95": 95, "0.99": 99}


class ServiceStatus:
    """For use by several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self.degraded = DegradedReasons(now)
        self.metrics = ServiceMetrics()
        self._now = now
        self._lock = threading.Lock()
        self._states: Dict[int, str] = {}
        self._busy_until: Dict[int, float] = {}
        self._dead, self._stopping = False, False
        self._proving = False
        self._times: Deque[Tuple[float, float]] = collections.deque()
        self._info: Dict[str, str] = {}

    @property
    def serving(self) -> bool:
        """Whether a reader is open and warm, even if the challenge set has not been read yet."""
        with self._lock:
            return self._state == health_file.READING

    @property
    def _state(self) -> str:
        """That of the reading process that has come furthest: while one reads, the service does."""
        if self._stopping:
            return health_file.STOPPING
        return max(self._states.values(), key=health_file.STATES.index, default=health_file.STARTING)

    def enter(self, state: str, info: Optional[Dict[str, str]] = None, seat: int = 0) -> None:
        """The state from now on, except after stopping; ``info`` describes the open reader.

        ``seat``: number of the reading process that is meant. Stopping is the state of all.
        """
        assert state in health_file.STATES, state
        with self._lock:
            if state == health_file.STOPPING:
                self._stopping = True
            else:
                self._states[seat] = state
            self._info = dict(info) if info is not None else self._info

    def busy(self, seconds: float, seat: int = 0) -> None:
        """The loop of a reading process is alive, and will call this again within ``seconds``."""
        with self._lock:
            self._busy_until[seat] = self._now() + seconds

    def set_proving(self, proving: bool) -> None:
        """While the challenge set is read at the start, a reader that could serve still counts as warming up."""
        with self._lock:
            self._proving = proving

    def give_up(self) -> None:
        """Not live any more, for good: the service has to be restarted from outside."""
        with self._lock:
            self._dead = True

    def count(self, name: str, label: str = "") -> None:
        """One more of ``name``, a key of metrics.COUNTERS."""
        self.metrics.count(name, label)

    def record_latency(self, milliseconds: float) -> None:
        """A result came so long after the arrival of its image."""
        self.metrics.observe(milliseconds / 1000.0)
        with self._lock:
            self._times.append((self._now(), milliseconds))

    def snapshot(self) -> StatusSnapshot:
        """Everything, at one moment."""
        reasons = self.degraded.current()
        with self._lock:
            now = self._now()
            overdue = any(now > until for until in self._busy_until.values())
            live = not self._dead and not overdue
            proving = self._proving and self._state == health_file.READING
            state = health_file.WARMING_UP if proving else self._state
            ready = live and state == health_file.READING
            return StatusSnapshot(state, live, ready, reasons, self._percentiles(), dict(self._info))

    def _percentiles(self) -> Dict[str, float]:
        """By the nearest rank, over the last minute."""
        while self._times and self._now() - self._times[0][0] >= RECENT_S:
            self._times.popleft()
        times = sorted(ms for _, ms in self._times)
        return {name: times[-(-share * len(times) // 100) - 1] for name, share in _PERCENTILES.items() if times}
