"""Frames that programs of this computer send with POST /read; each one waits for the verdict of its part."""

import queue
import threading
import time
from typing import Any, Callable, Optional

from ocr_app.line.sources.contract import CapturedFrame, FrameSource


class PushedFrame:
    """A frame on its way, and the answer to it."""

    def __init__(self, data: bytes, name: str, captured: float) -> None:
        self.data, self.name, self.captured = data, name, captured
        self._row: Any = None
        self._done = threading.Event()

    def answer(self, row: Any) -> None:
        """The part is decided; ``row`` is that of the journal."""
        self._row = row
        self._done.set()

    def wait(self, seconds: float) -> Any:
        """The row, None when it is not there after ``seconds``."""
        self._done.wait(max(0.0, seconds))
        return self._row


class PushedSource(FrameSource):
    """``push`` is called by the threads of HTTP, everything else by the one that captures."""

    def __init__(self, capacity: int, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._queue: "queue.Queue[PushedFrame]" = queue.Queue(capacity)

    def push(self, data: bytes, name: str) -> Optional[PushedFrame]:
        """None when too many frames wait: the caller refuses it, and nothing is lost in silence."""
        frame = PushedFrame(data, name, self._now())
        try:
            self._queue.put_nowait(frame)
        except queue.Full:
            return None
        return frame

    def open(self) -> None:
        """There is nothing to open."""

    def next(self, wait_s: float) -> Optional[CapturedFrame]:
        try:
            pushed = self._queue.get(True, wait_s)
        except queue.Empty:
            return None
        return CapturedFrame(pushed.data, pushed.name, pushed.captured, on_verdict=pushed.answer)

    def close(self) -> None:
        """There is nothing to close."""

    def check(self) -> str:
        return "frames by POST /read"
