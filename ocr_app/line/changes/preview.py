"""What a setup would make of the last pictures before it is armed: read by the line's own reader, between parts."""

import collections
import os
import tempfile
import threading
import time
from typing import Callable, Deque, Dict, List, NamedTuple, Optional, Sequence, Tuple

from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.reading.jobs import JobQueue, Result
from ocr_app.line.reading.setup import LineSetup

MOST, MOST_BYTES = 12, 24 << 20
LIMIT_S = 20.0
_POLL_S = 0.02
_MOST_TEXTS = 64
_QUERY = (
    "SELECT number, verdict, picture FROM parts WHERE picture != '' AND verdict IS NOT NULL AND number < ?"
    " AND reasons NOT LIKE '%\"crashed\"%' AND reasons NOT LIKE '%\"hung\"%' ORDER BY number DESC LIMIT ?"
)
_BROKE = {"crashed", "hung"}


class KeptFrame(NamedTuple):
    """A part, the verdict that it has, and the bytes of its frame."""

    number: int
    verdict: str
    data: bytes


class RecentFrames:
    """The last frames, passes too, of which the journal may keep no pictures. For use by several threads."""

    def __init__(self, journal: PartJournal, folder: str) -> None:
        self._journal, self._folder = journal, folder
        self._lock = threading.Lock()
        self._kept: Deque[KeptFrame] = collections.deque()

    def view(self, row: PartRow, data: bytes, result: Optional[Result]) -> None:
        """The next part; never waits. A frame that broke the reader is not kept: it would break it again."""
        if not data or len(data) > MOST_BYTES or _BROKE & set(row.reasons):
            return
        with self._lock:
            self._kept.append(KeptFrame(row.number, row.verdict or "", data))
            while len(self._kept) > MOST or sum(len(frame.data) for frame in self._kept) > MOST_BYTES:
                self._kept.popleft()

    def last(self, most: int = MOST) -> List[KeptFrame]:
        """The newest first; where too few came since the start, then those whose pictures the journal keeps."""
        with self._lock:
            found = list(self._kept)[::-1][:most]
        below = found[-1].number if found else 1 << 62
        for number, verdict, picture in self._journal.ask_beside(_QUERY, (below, most - len(found))):
            data = self._read(picture)
            if data:
                found.append(KeptFrame(number, verdict, data))
        return found

    def of(self, number: int) -> Optional[KeptFrame]:
        """The frame of a part among the last ones, None where it has none."""
        return next((frame for frame in self.last() if frame.number == number), None)

    def _read(self, picture: str) -> bytes:
        try:
            with open(os.path.join(self._folder, picture), "rb") as stream:
                return stream.read(MOST_BYTES + 1)[:MOST_BYTES]
        except OSError:
            return b""


class PreviewRow(NamedTuple):
    """A part: what it was, and what it would be, with text and reasons. Both results are None where it was not read."""

    number: int
    before: str
    verdict: Optional[str]
    text: str
    reasons: Tuple[str, ...]


class SetupPreview:
    """``under_way``: parts without a verdict; the preview reads only while there are none, one picture at a time."""

    def __init__(self, frames: RecentFrames, jobs: JobQueue, under_way: Callable[[], int], folder: str) -> None:
        self.frames, self._jobs, self._under_way, self._folder = frames, jobs, under_way, folder
        self._lock = threading.Lock()
        self._texts: Dict[int, Tuple[str, ...]] = {}

    def run(self, setup: LineSetup, limit_s: float = LIMIT_S) -> Optional[List[PreviewRow]]:
        """The last pictures, the newest first; those for which there was no time have no verdict.

        None while another preview runs. A part that comes meanwhile waits for one reading at most.
        """
        if not self._lock.acquire(False):
            return None
        try:
            until = time.monotonic() + limit_s
            return [self._row(frame, setup, until) for frame in self.frames.last()]
        finally:
            self._lock.release()

    def texts(self, numbers: Sequence[int], limit_s: float = LIMIT_S) -> Optional[Dict[int, Tuple[str, ...]]]:
        """What is read in some of the last pictures without a recipe, by the number of the part; those that were read
        before are not read again. None while a preview runs.
        """
        if not self._lock.acquire(False):
            return None
        try:
            until = time.monotonic() + limit_s
            for frame in self.frames.last():
                if frame.number in numbers and frame.number not in self._texts:
                    result = self._read(frame, None, until)
                    if result is not None:
                        self._texts[frame.number] = _texts_of(result)
            while len(self._texts) > _MOST_TEXTS:
                self._texts.pop(min(self._texts))
            return {number: self._texts[number] for number in numbers if number in self._texts}
        finally:
            self._lock.release()

    def _row(self, frame: KeptFrame, setup: LineSetup, until: float) -> PreviewRow:
        result = self._read(frame, setup, until)
        if result is None:
            return PreviewRow(frame.number, frame.verdict, None, "", ())
        verdict = "fail" if result["verdict"] == "error" else result["verdict"]
        return PreviewRow(frame.number, frame.verdict, verdict, result["text"], tuple(result["reasons"]))

    def _read(self, frame: KeptFrame, setup: Optional[LineSetup], until: float) -> Optional[Result]:
        try:
            handle, path = tempfile.mkstemp(prefix="preview-", dir=self._folder)
            with os.fdopen(handle, "wb") as stream:
                stream.write(frame.data)
        except OSError:
            return None
        try:
            return self._wait(path, setup, until)
        finally:
            os.remove(path)

    def _wait(self, path: str, setup: Optional[LineSetup], until: float) -> Optional[Result]:
        job = None
        while job is None:
            if time.monotonic() >= until:
                return None
            job = self._jobs.offer_aside(path, os.path.basename(path), setup) if not self._under_way() else None
            if job is None:
                time.sleep(_POLL_S)
        return job.wait(max(0.1, until - time.monotonic())) or job.abandon()


def _texts_of(result: Result) -> Tuple[str, ...]:
    return tuple(line["text"] for line in result["lines"] if line["text"].strip())


def counted(rows: List[PreviewRow]) -> Dict[str, int]:
    """How many would pass, would not, and were not read."""
    passes = sum(row.verdict == "pass" for row in rows)
    unread = sum(row.verdict is None for row in rows)
    return {"pass": passes, "fail": len(rows) - passes - unread, "unread": unread}
