"""How far a replay is: exact numbers, and the time that is left at the rate of the last minute."""

import collections
import sys
import time
from typing import Callable, Deque, Optional, TextIO, Tuple

_WINDOW_S = 60.0
_TERMINAL_S, _FILE_S = 1.0, 30.0


class ReplayProgress:
    """``done`` of ``total`` pictures have a row; those of an earlier run count as done, and not for the rate."""

    def __init__(self, total: int, done: int, now: Callable[[], float] = time.monotonic) -> None:
        self.total, self.done, self._now = total, done, now
        self._start = now()
        self._times: Deque[Tuple[float, int]] = collections.deque([(self._start, done)])

    def count(self, done: int) -> None:
        """``done`` pictures have a row now."""
        self.done = done
        now = self._now()
        self._times.append((now, done))
        while len(self._times) > 2 and now - self._times[0][0] > _WINDOW_S:
            self._times.popleft()

    @property
    def left(self) -> int:
        """Pictures without a row."""
        return self.total - self.done

    def rate(self) -> Optional[float]:
        """Pictures a second during the last minute, None before the first one."""
        first, last = self._times[0], self._times[-1]
        took = last[0] - first[0]
        return (last[1] - first[1]) / took if took > 0 and last[1] > first[1] else None

    def seconds(self) -> float:
        """Since this run began."""
        return self._now() - self._start

    def line(self) -> str:
        """``120 of 200 pictures (60.0 %), 80 left, 4.1 a second, 20 s left``."""
        share = 100.0 * self.done / self.total if self.total else 100.0
        text = "{} of {} pictures ({:.1f} %), {} left".format(self.done, self.total, share, self.left)
        rate = self.rate()
        if rate is None or not self.left:
            return text
        return text + ", {:.3g} a second, {} left".format(rate, duration(self.left / rate))


def duration(seconds: float) -> str:
    """``45 s``, ``12 min``, ``3 h 20 min`` or ``2 d 5 h``."""
    whole = int(round(seconds))
    if whole < 90:
        return "{} s".format(whole)
    if whole < 5400:
        return "{} min".format(int(round(whole / 60.0)))
    hours, minutes = divmod(int(round(whole / 60.0)), 60)
    return "{} h {} min".format(hours, minutes) if hours < 48 else "{} d {} h".format(*divmod(hours, 24))


class ProgressLine:
    """Shows the progress on a stream: in place on a terminal, a line twice a minute otherwise."""

    def __init__(self, progress: ReplayProgress, stream: Optional[TextIO] = None) -> None:
        self._progress, self._stream = progress, sys.stderr if stream is None else stream
        self._in_place = self._stream.isatty()
        self._every = _TERMINAL_S if self._in_place else _FILE_S
        self._shown = -1

    def show(self, is_last: bool = False) -> None:
        """Shows it if it is time to."""
        due = int(self._progress.seconds() / self._every)
        if due <= self._shown and not is_last:
            return
        self._shown = due
        start, end = ("\r\x1b[K", "\n" if is_last else "") if self._in_place else ("", "\n")
        self._stream.write(start + self._progress.line() + end)
        self._stream.flush()
