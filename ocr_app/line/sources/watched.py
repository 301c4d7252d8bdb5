"""A folder that a camera writes images to; each one is a frame, once it did not change between two looks.

A frame leaves the folder when it belongs to a part that is written down. One that was not put away, because the process
ended just then, is recognised by its key, and is no second part.
"""

import collections
import logging
import os
import time
from typing import Callable, Deque, Dict, List, Optional, Set, Tuple

from ocr_app.core import names
from ocr_app.core.logs import fields
from ocr_app.imaging.sources import is_image_name
from ocr_app.line.sources.contract import CameraLost, CapturedFrame, FrameSource

LOG = logging.getLogger(__name__)
TAKEN = "taken"
_LOOK_S = 0.05


class WatchedSource(FrameSource):
    """``after``: "keep" moves a frame to ``taken/``, "delete" removes it; ``known``: whether a key is a part."""

    def __init__(
        self,
        folder: str,
        after: str,
        known: Callable[[str], bool],
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder, self._after, self._known, self._now, self._sleep = folder, after, known, now, sleep
        self._marks: Dict[str, str] = {}
        self._first_seen: Dict[str, float] = {}
        self._given: Set[str] = set()
        self._complete: Deque[str] = collections.deque()

    def open(self) -> None:
        try:
            if self._after == "keep":
                os.makedirs(os.path.join(self._folder, TAKEN), exist_ok=True)
            elif not os.path.isdir(self._folder):
                raise CameraLost("{} is no folder".format(self._folder))
        except OSError as error:
            raise CameraLost("{}: {}".format(self._folder, error.strerror)) from error
        self._marks, self._complete = {}, collections.deque()

    def next(self, wait_s: float) -> Optional[CapturedFrame]:
        until = self._now() + wait_s
        while True:
            if not self._complete:
                self._look()
            while self._complete:
                frame = self._frame(self._complete.popleft())
                if frame is not None:
                    return frame
            if self._now() >= until:
                return None
            self._sleep(_LOOK_S)

    def _look(self) -> None:
        marks: Dict[str, str] = {}
        order: List[Tuple[int, str]] = []
        try:
            with os.scandir(self._folder) as entries:
                for entry in entries:
                    if is_image_name(entry.name) and entry.is_file():
                        status = entry.stat()
                        marks[entry.path] = "{}:{}:{}".format(status.st_ino, status.st_size, status.st_mtime_ns)
                        order.append((status.st_mtime_ns, entry.path))
        except OSError as error:
            raise CameraLost("{}: {}".format(self._folder, error.strerror)) from error
        now = self._now()
        self._first_seen = {mark: self._first_seen.get(mark, now) for mark in marks.values()}
        self._given &= set(self._first_seen)
        for _, path in sorted(order):
            if self._marks.get(path) == marks[path] and marks[path] not in self._given:
                self._complete.append(path)
        self._marks = marks

    def _frame(self, path: str) -> Optional[CapturedFrame]:
        """None where the file is gone or is a part already."""
        mark = self._marks[path]
        name = os.path.basename(path)
        key = "{}|{}".format(names.shown(name), mark)
        self._given.add(mark)
        if self._known(key):
            self._put_away(path)
            return None
        try:
            with open(path, "rb") as stream:
                data = stream.read()
        except FileNotFoundError:
            return None
        except OSError as error:
            LOG.warning("frame not read", extra=fields(frame=names.shown(name), error=error.strerror))
            data = b""
        return CapturedFrame(data, names.shown(name), self._first_seen[mark], key, lambda: self._put_away(path))

    def _put_away(self, path: str) -> None:
        """A file that cannot leave is not looked at again in this run."""
        try:
            if self._after == "delete":
                os.remove(path)
            else:
                os.replace(path, os.path.join(self._folder, TAKEN, os.path.basename(path)))
        except OSError as error:
            found = fields(frame=names.shown(os.path.basename(path)), error=error.strerror)
            LOG.warning("frame stays in its folder", extra=found)

    def close(self) -> None:
        """Nothing is open between two looks."""

    def check(self) -> str:
        if not os.access(self._folder, os.R_OK | os.W_OK | os.X_OK):
            raise CameraLost("{} is no folder that this user may write to".format(self._folder))
        return "the folder {}".format(self._folder)
