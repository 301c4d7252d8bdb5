"""How often the reading process may be restarted before the service gives up."""

import collections
from typing import Callable, Deque

from ocr_app.core.errors import OcrError, ServiceError

WINDOW_S = 600.0
"""Restarts are counted within this time."""


class RestartBudget:
    """``limit`` restarts within ``WINDOW_S`` seconds; ``now``: a monotonic clock."""

    def __init__(self, limit: int, now: Callable[[], float]) -> None:
        self._limit, self._now = limit, now
        self._times: Deque[float] = collections.deque()

    def spend(self, error: OcrError) -> None:
        """Counts a restart because of ``error``. Raises ServiceError when it is one too many."""
        now = self._now()
        self._times.append(now)
        while now - self._times[0] > WINDOW_S:
            self._times.popleft()
        if len(self._times) > self._limit:
            found = "the reading process failed {} times in {:.0f} s, last: {}"
            found = found.format(len(self._times), WINDOW_S, error.found)
            raise ServiceError(found, "at most {}".format(self._limit), error.next_step)
