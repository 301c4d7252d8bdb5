"""The reject gate: a pin that is high only while a part that passes goes by, and a watchdog pin.

No power, no process and no verdict leave the pin low, and low rejects. Each part has a window, from its trigger and the
delay on, as long as the pulse. Where a window could open only in its second half, because the verdict came late or the
computer was busy, it stays shut: the part is rejected, and that is counted.
"""

import heapq
import logging
import threading
import time
from typing import Callable, List, Optional, Tuple

from ocr_app.core.logs import fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs.contract import LineOutput
from ocr_app.line.outputs.gpio import HIGH, LOW, GpioPins
from ocr_app.line.settings.outputs import RejectSettings

LOG = logging.getLogger(__name__)
_LOOK_S = 0.05


class RejectGate(LineOutput):
    """``put`` may be called by any thread; ``run`` is the body of one, and the only one that sets the pins.

    ``is_alive``: whether the watchdog may go on.
    """

    def __init__(
        self,
        settings: RejectSettings,
        pins: GpioPins,
        status: ServiceStatus,
        is_alive: Callable[[], bool],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings, self._pins, self._status, self._is_alive, self._now = settings, pins, status, is_alive, now
        self._delay_s, self._length_s = settings.delay_ms / 1000.0, settings.length_ms / 1000.0
        self._late_s = self._length_s / 2.0
        self._watchdog_s = settings.watchdog_ms / 1000.0
        self._changed = threading.Condition()
        self._windows: List[Tuple[float, int, bool]] = []
        self._closes: Optional[float] = None
        self._beat_at, self._beat_level = now(), LOW
        for pin in (settings.pin, settings.watchdog_pin):
            if pin:
                pins.make_output(pin)

    def put(self, row: PartRow, data: bytes) -> None:
        """The verdict of a part."""
        if not self._settings.pin:
            return
        opens = row.triggered + self._delay_s
        with self._changed:
            heapq.heappush(self._windows, (opens, row.number, row.passed))
            self._changed.notify_all()

    def _report_late(self, number: int, late_s: float) -> None:
        self._status.count("output_lost")
        self._status.degraded.record_event("output_lost")
        found = fields(number=number, late_ms=round(late_s * 1000.0, 1), delay_ms=self._settings.delay_ms)
        LOG.warning("the part had passed the gate before it could open", extra=found)

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``; the pins are low after that."""
        try:
            while not stop.is_set():
                with self._changed:
                    wait_s = self.step()
                    self._changed.wait(wait_s)
        finally:
            for pin in (self._settings.pin, self._settings.watchdog_pin):
                if pin:
                    self._pins.write(pin, LOW)
            self._pins.close()

    def step(self) -> float:
        """Does what is due; returns how many seconds nothing is."""
        now = self._now()
        self._step_gate(now)
        if self._settings.watchdog_pin and now >= self._beat_at:
            self._beat_at = now + self._watchdog_s
            self._beat_level = not self._beat_level if self._is_alive() else LOW
            self._pins.write(self._settings.watchdog_pin, self._beat_level)
        due = [_LOOK_S]
        due += [self._windows[0][0] - now] if self._windows else []
        due += [self._closes - now] if self._closes is not None else []
        due += [self._beat_at - now] if self._settings.watchdog_pin else []
        return max(0.001, min(due))

    def _step_gate(self, now: float) -> None:
        """A window that opens ends the one before: a part that fails is rejected behind one that passes."""
        while self._windows and self._windows[0][0] <= now:
            opens, number, passed = heapq.heappop(self._windows)
            if passed and now - opens > self._late_s:
                self._report_late(number, now - opens)
                passed = False
            self._pins.write(self._settings.pin, HIGH if passed else LOW)
            self._closes = opens + self._length_s if passed else None
        if self._closes is not None and now >= self._closes:
            self._pins.write(self._settings.pin, LOW)
            self._closes = None
