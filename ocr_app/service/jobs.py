"""Work that waits: a queue of bounded length, and what is known of each image on its way."""

import queue
import threading
import time
from typing import Any, Callable, Dict, Optional

Result = Dict[str, Any]
"""A result line (schema nano-ocr/result/1)."""


class Job:
    """One image. ``path`` is read, ``name`` stands in the result; ``arrived`` is on the monotonic clock.

    ``plain``: read as the gate reads a challenge set: no expected values, no deadline.
    """

    def __init__(self, path: str, name: str, arrived: float, plain: bool = False) -> None:
        self.path = path
        self.name = name
        self.arrived = arrived
        self.plain = plain
        self.result: Optional[Result] = None
        self.abandoned = False
        self._done = threading.Event()

    def finish(self, result: Result) -> None:
        """The result is there; whoever waits goes on."""
        self.result = result
        self._done.set()

    def wait(self, seconds: float) -> Optional[Result]:
        """The result, or None when it is not there after ``seconds``."""
        self._done.wait(max(seconds, 0.0))
        return self.result


class Jobs:
    """First in, first out; never more than ``capacity`` at once."""

    def __init__(self, capacity: int, now: Callable[[], float] = time.monotonic) -> None:
        self.capacity = capacity
        self.now = now
        self._queue: "queue.Queue[Job]" = queue.Queue(capacity)

    def offer(self, path: str, name: str, plain: bool = False) -> Optional[Job]:
        """The job, or None where the queue is full: the caller has to say so, or to wait."""
        job = Job(path, name, self.now(), plain)
        try:
            self._queue.put_nowait(job)
        except queue.Full:
            return None
        return job

    def take(self, wait_s: float) -> Optional[Job]:
        """The next job, or None when none came within ``wait_s`` seconds."""
        try:
            return self._queue.get(wait_s > 0, wait_s or None)
        except queue.Empty:
            return None

    def length(self) -> int:
        """How many wait now."""
        return self._queue.qsize()
