"""Work that waits: a queue of bounded length, and what is known of each image on its way."""

import queue
import threading
import time
from typing import Any, Callable, Dict, Optional

Result = Dict[str, Any]
"""A result line (schema nano-ocr/result/1)."""


class ReadJob:
    """One image. ``path`` is read, ``name`` stands in the result; ``arrived`` is on the monotonic clock.

    ``plain``: read as the gate reads a challenge set: no expected values, no deadline.
    """

    def __init__(self, path: str, name: str, arrived: float, plain: bool = False) -> None:
        self.path = path
        self.name = name
        self.arrived = arrived
        self.plain = plain
        self.dropped = False
        self.abandoned = False
        self._result: Optional[Result] = None
        self._done = threading.Event()
        self._lock = threading.Lock()

    def finish(self, result: Result) -> bool:
        """The result is there and whoever waits goes on; False when nobody does any more."""
        with self._lock:
            if not self.abandoned:
                self._result = result
            self._done.set()
            return not self.abandoned

    def drop(self) -> None:
        """The service ends before this image was read: whoever waits goes on without a result."""
        self.dropped = True
        self._done.set()

    def abandon(self) -> Optional[Result]:
        """Nobody waits any more; the result, should it have come at the last moment."""
        with self._lock:
            self.abandoned = self._result is None
            return self._result

    def wait(self, seconds: float) -> Optional[Result]:
        """The result, or None when it is not there after ``seconds``, or was dropped."""
        self._done.wait(max(seconds, 0.0))
        return self._result


class JobQueue:
    """First in, first out; never more than ``capacity`` at once."""

    def __init__(self, capacity: int, now: Callable[[], float] = time.monotonic) -> None:
        self.capacity = capacity
        self.now = now
        self._queue: "queue.Queue[ReadJob]" = queue.Queue(capacity)

    def offer(self, path: str, name: str, plain: bool = False, arrived: Optional[float] = None) -> Optional[ReadJob]:
        """The job, or None where the queue is full: the caller has to say so, or to wait. It arrives now by default."""
        job = ReadJob(path, name, self.now() if arrived is None else arrived, plain)
        try:
            self._queue.put_nowait(job)
        except queue.Full:
            return None
        return job

    def take(self, wait_s: float) -> Optional[ReadJob]:
        """The next job, or None when none came within ``wait_s`` seconds."""
        try:
            return self._queue.get(wait_s > 0, wait_s or None)
        except queue.Empty:
            return None

    def length(self) -> int:
        """How many wait now."""
        return self._queue.qsize()
