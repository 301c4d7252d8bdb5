"""Whether the other end of an output answers, and when it is tried again."""

import logging
import threading
from typing import Any

from ocr_app.core.logs import fields
from ocr_app.line.health.status import ServiceStatus

LOG = logging.getLogger(__name__)


class OutputReach:
    """Says in the health that the other end is lost for as long as it is, and in the log when that changes.

    ``reason``: the one of the health; ``what``: its name in the log; ``meanwhile``: what becomes of results without it;
    ``where``: what the log says besides. For use by several threads.
    """

    def __init__(self, status: ServiceStatus, reason: str, what: str, meanwhile: str, **where: Any) -> None:
        self._status, self._reason, self._what, self._meanwhile, self._where = status, reason, what, meanwhile, where
        self._lock = threading.Lock()
        self.is_lost = False

    def expect(self) -> None:
        """It was not reached yet, so the health says that it is lost, and the log nothing."""
        self._status.degraded.set(self._reason, [self._reason])

    def lost(self, why: str) -> None:
        """It does not answer, or it refuses."""
        with self._lock:
            before, self.is_lost = self.is_lost, True
            self._status.degraded.set(self._reason, [self._reason])
        if not before:
            LOG.warning("%s lost; %s", self._what, self._meanwhile, extra=fields(why=why, **self._where))

    def found(self) -> None:
        """It answers."""
        with self._lock:
            before, self.is_lost = self.is_lost, False
            self._status.degraded.set(self._reason, ())
        if before:
            LOG.info("%s found again", self._what, extra=fields(**self._where))


class RetryPause:
    """The pause before the next try: ``first_s``, twice as long each time, at most ``most_s``."""

    def __init__(self, first_s: float, most_s: float) -> None:
        self._first_s, self._most_s = first_s, most_s
        self._next_s = first_s

    def next_s(self) -> float:
        """Seconds before the next try."""
        pause_s, self._next_s = self._next_s, min(2.0 * self._next_s, self._most_s)
        return pause_s

    def reset(self) -> None:
        """It worked: the next pause is the first one again."""
        self._next_s = self._first_s
