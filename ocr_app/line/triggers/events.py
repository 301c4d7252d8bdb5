"""Triggers from outside: a message, a coil, a pin. Each one is a part, with or without a frame, in order.

A trigger waits for its delay, and then for the first frame that was taken at that moment or later. Without one in
time, the part fails with the reason no-frame.
"""

import queue
import threading
import time
from typing import Callable, List, Optional

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.parts import part as parts
from ocr_app.line.parts.pipeline import PartPipeline
from ocr_app.line.settings.production import TriggerSettings
from ocr_app.line.sources.contract import CapturedFrame

MOST_WAITING = 256
_POLL_S = 0.05


class EventTriggers:
    """``fire`` may be called by any thread, ``take`` by that of the source; ``run`` is the body of another."""

    def __init__(
        self,
        settings: TriggerSettings,
        pipeline: PartPipeline,
        status: ServiceStatus,
        stop: threading.Event,
        ready: Callable[[], bool],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._delay_s, self._debounce_s = settings.delay_ms / 1000.0, settings.debounce_ms / 1000.0
        self._frame_s, self._frames = settings.frame_ms / 1000.0, settings.frames
        self._pipeline, self._status, self._stop, self._ready, self._now = pipeline, status, stop, ready, now
        self._events: "queue.Queue[float]" = queue.Queue(MOST_WAITING)
        self._lock = threading.Lock()
        self._last: Optional[float] = None
        self._changed = threading.Condition()
        self._newest: Optional[CapturedFrame] = None
        self._is_used = True
        self._taken = 0

    @property
    def pending(self) -> int:
        """Triggers that were taken, and whose parts have not begun."""
        return self._taken

    def _count_taken(self, more: int) -> None:
        with self._lock:
            self._taken += more

    def fire(self) -> None:
        """A trigger, now. One that bounces is counted; beyond MOST_WAITING the part fails at once."""
        at = self._now()
        with self._lock:
            bounces = self._last is not None and at - self._last < self._debounce_s
            self._last = self._last if bounces else at
        if bounces:
            self._status.count("triggers", "debounced")
            return
        self._count_taken(1)
        try:
            self._events.put_nowait(at)
        except queue.Full:
            self._count_taken(-1)
            self._pipeline.begin(at, None, parts.OVERRUN)

    def take(self, frame: CapturedFrame) -> None:
        """A frame of the source. One that no trigger asks for is skipped."""
        with self._changed:
            if not self._is_used and self._newest is not None:
                self._status.count("frames", "skipped")
                self._newest.leave()
            self._newest, self._is_used = frame, False
            self._changed.notify_all()

    def run(self) -> None:
        """Until the service stops; triggers that wait by then are parts that fail."""
        while not self._stop.is_set() or not self._events.empty():
            try:
                at = self._events.get(True, _POLL_S)
            except queue.Empty:
                continue
            try:
                self._begin(at)
            finally:
                self._count_taken(-1)

    def _begin(self, at: float) -> None:
        if self._stop.is_set():
            self._pipeline.begin(at, None, parts.STOPPED)
            return
        if not self._ready():
            self._pipeline.begin(at, None, parts.NOT_READY)
            return
        found = self._collect(at + self._delay_s)
        for _ in found:
            self._status.count("frames", "part")
        if found:
            self._pipeline.begin(at, found[0], more=found[1:])
        else:
            self._pipeline.begin(at, None, parts.NO_FRAME)

    def _collect(self, moment: float) -> List[CapturedFrame]:
        """The frames of a part, in their order; fewer than asked for where they do not come in time."""
        found: List[CapturedFrame] = []
        while len(found) < self._frames:
            frame = self._frame(moment)
            if frame is None:
                break
            found.append(frame)
        return found

    def _frame(self, moment: float) -> Optional[CapturedFrame]:
        """The first frame of ``moment`` or later, which no part has yet; None when it does not come in time."""
        until = moment + self._frame_s
        with self._changed:
            while True:
                frame = None if self._is_used else self._newest
                if frame is not None and moment <= frame.captured <= until:
                    self._is_used = True
                    return frame
                left = until - self._now()
                if left <= 0 or self._stop.is_set():
                    return None
                self._changed.wait(min(_POLL_S, left))
