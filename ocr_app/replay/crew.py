"""Several processes of this computer read the pictures; one that is lost costs time, and no picture."""

import collections
import queue
import threading
from typing import Callable, Deque, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import ReplayError
from ocr_app.replay.pictures import ReplayPicture
from ocr_app.replay.seat import ReplaySeat, SeatBroke, row_of
from ocr_app.replay.state import Row

ATTEMPTS = 3
MOST_IN_A_ROW = 12
"""Processes that may be lost in a row, without a picture read in between, before the replay stops."""
_END_S = 20.0


class _Answer(NamedTuple):
    """Of one picture: its row, or why a process was lost over it (``broke``), or what nothing can mend (``error``)."""

    picture: ReplayPicture
    row: Optional[Row] = None
    broke: str = ""
    error: Optional[BaseException] = None


class Losses:
    """Counts lost processes, and how often each picture has been tried. ``lost``: all of them so far."""

    def __init__(self, attempts: int) -> None:
        self._attempts, self._tried, self._in_a_row = attempts, {}, 0  # type: int, Dict[int, int], int
        self.lost = 0

    def attempt(self, picture: ReplayPicture) -> int:
        """Which time it is read next, from 1."""
        return self._tried.get(picture.place, 0) + 1

    def read(self, picture: ReplayPicture) -> None:
        """A picture has its row."""
        self._tried.pop(picture.place, None)
        self._in_a_row = 0

    def broke(self, picture: ReplayPicture, why: str) -> Optional[Row]:
        """A process was lost over a picture: None to read it again, or its row where that was tried often enough.

        Raises ReplayError when too many are lost in a row.
        """
        self.lost += 1
        self._in_a_row += 1
        if self._in_a_row >= MOST_IN_A_ROW:
            found = "{} reading processes were lost in a row, last: {}".format(self._in_a_row, why)
            raise ReplayError(found, "processes that live", "look at memory and at {}".format(picture.path))
        tried = self._tried[picture.place] = self.attempt(picture)
        if tried < self._attempts:
            return None
        del self._tried[picture.place]
        problem = "{} reading processes were lost over it, the last one: {}".format(tried, why)
        return row_of(picture, picture.before, None, problem, tried, 0.0)


class LocalCrew:
    """``processes`` seats, each in a thread of its own, which only waits for its processes."""

    def __init__(self, open_seat: Callable[[], ReplaySeat], processes: int, attempts: int = ATTEMPTS) -> None:
        self._losses = Losses(attempts)
        self._todo: "queue.Queue[Optional[Tuple[ReplayPicture, int]]]" = queue.Queue()
        self._answers: "queue.Queue[_Answer]" = queue.Queue()
        self._bound = 2 * processes
        self._stop = threading.Event()
        self._seats = [open_seat() for _ in range(processes)]
        self._threads = [threading.Thread(target=self._serve, args=(seat,), daemon=True) for seat in self._seats]

    @property
    def lost(self) -> int:
        """How many processes were lost so far."""
        return self._losses.lost

    def info(self) -> Dict[str, str]:
        """What describes the reader; empty before it is open."""
        return next((seat.info for seat in self._seats if seat.info), {})

    def pids(self) -> List[int]:
        """The ids of the reading processes, for messages and tests."""
        return [pid for seat in self._seats for pid in seat.pids()]

    def read_all(self, pictures: Iterator[ReplayPicture]) -> Iterator[Row]:
        """One row for each picture, in the order in which they are read.

        Raises OcrError where reading cannot go on: a reader that cannot be opened, or processes that do not live.
        """
        again: Deque[ReplayPicture] = collections.deque()
        under_way = 0
        for thread in self._threads:
            thread.start()
        try:
            while True:
                while under_way < self._bound:
                    picture = again.popleft() if again else next(pictures, None)
                    if picture is None:
                        break
                    self._todo.put((picture, self._losses.attempt(picture)))
                    under_way += 1
                if not under_way:
                    return
                answer = self._answers.get()
                under_way -= 1
                row = self._settled(answer)
                if row is None:
                    again.append(answer.picture)
                else:
                    yield row
        finally:
            self._end()

    def _settled(self, answer: _Answer) -> Optional[Row]:
        """The row of a picture, None where it has to be read again."""
        if answer.error is not None:
            raise answer.error
        if answer.row is None:
            return self._losses.broke(answer.picture, answer.broke)
        self._losses.read(answer.picture)
        return answer.row

    def _serve(self, seat: ReplaySeat) -> None:
        while not self._stop.is_set():
            found = self._todo.get()
            if found is None:
                break
            self._answers.put(self._read(seat, *found))
        seat.close()

    @staticmethod
    def _read(seat: ReplaySeat, picture: ReplayPicture, attempt: int) -> _Answer:
        try:
            return _Answer(picture, seat.read(picture, attempt))
        except SeatBroke as error:
            return _Answer(picture, broke=error.why)
        except Exception as error:  # the thread that waits raises it
            return _Answer(picture, error=error)

    def _end(self) -> None:
        """Waits for the pictures that are being read, whose rows are not used; their processes end with this one."""
        self._stop.set()
        for _ in self._threads:
            self._todo.put(None)
        for thread in self._threads:
            thread.join(_END_S)
