"""Work that waits: a queue of bounded length, and what is known about each image in it."""

import queue
import threading
import time
from typing import Any, Callable, Dict, Optional

from ocr_app.line.reading.setup import LineSetup

Result = Dict[str, Any]
"""A result line (schema nano-ocr/result/3)."""


class ReadJob:
    """One image. ``path`` is read, ``name`` is written in the result; ``arrived`` is a time of the monotonic clock.

    ``plain``: read as the gate reads a challenge set, without expected values and without a deadline. ``setup``: what
    it is judged by, None for what the settings say. ``aside``: only to see what would be read, so that nobody waits
    for it within a deadline, and nothing counts it.
    """

    def __init__(
        self,
        path: str,
        name: str,
        arrived: float,
        plain: bool = False,
        setup: Optional[LineSetup] = None,
        aside: bool = False,
    ) -> None:
        self.path = path
        self.name = name
        self.arrived = arrived
        self.plain = plain
        self.setup = setup
        self.aside = aside
        self.dropped = False
        self.abandoned = False
        self._result: Optional[Result] = None
        self._done = threading.Event()
        self._lock = threading.Lock()

    def finish(self, result: Result) -> bool:
        """Hands the result to the thread that waits; False when that has given up."""
        with self._lock:
            if not self.abandoned:
                self._result = result
            self._done.set()
            return not self.abandoned

    def drop(self) -> None:
        """The service stops before this image was read: the thread that waits goes on without a result."""
        self.dropped = True
        self._done.set()

    def abandon(self) -> Optional[Result]:
        """Gives up waiting; returns the result if it came at the last moment."""
        with self._lock:
            self.abandoned = self._result is None
            return self._result

    def wait(self, seconds: float) -> Optional[Result]:
        """The result, or None when it is not there after ``seconds``, or was dropped."""
        self._done.wait(max(seconds, 0.0))
        return self._result


class JobQueue:
    """First in, first out; never more than ``capacity`` at once.

    ``setup``: what images are judged by from now on, None for what the settings say.
    """

    def __init__(self, capacity: int, now: Callable[[], float] = time.monotonic) -> None:
        self.capacity = capacity
        self.now = now
        self.setup: Optional[LineSetup] = None
        self._queue: "queue.Queue[ReadJob]" = queue.Queue(capacity)

    def offer(self, path: str, name: str, plain: bool = False, arrived: Optional[float] = None) -> Optional[ReadJob]:
        """The job, or None when the queue is full: the caller then refuses or waits. It arrives now by default."""
        job = ReadJob(path, name, self.now() if arrived is None else arrived, plain, None if plain else self.setup)
        return self._put(job)

    def offer_aside(self, path: str, name: str, setup: Optional[LineSetup]) -> Optional[ReadJob]:
        """A job that only shows what ``setup`` would make of an image, or what is read without any; None when anything
        else waits.
        """
        return self._put(ReadJob(path, name, self.now(), setup=setup, aside=True)) if not self.length() else None

    def _put(self, job: ReadJob) -> Optional[ReadJob]:
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
        """How many jobs wait now."""
        return self._queue.qsize()
