"""The images of a folder, in the order of their names, at a rate: a recorded line, for trials and tests."""

import os
import time
from typing import Callable, List, Optional

from ocr_app.core import names
from ocr_app.imaging.sources import is_image_name
from ocr_app.line.sources.contract import CameraLost, CapturedFrame, FrameSource


class ReplaySource(FrameSource):
    """``rate_hz`` frames in each second; ``repeat``: from the beginning again at the end."""

    def __init__(
        self,
        folder: str,
        rate_hz: float,
        repeat: bool,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._folder, self._interval_s, self._repeat, self._now, self._sleep = folder, 1.0 / rate_hz, repeat, now, sleep
        self._paths: List[str] = []
        self._at = 0
        self._due = 0.0

    def open(self) -> None:
        """Goes on after the frame that came last."""
        self._paths = self._find()
        self._due = self._now()

    def _find(self) -> List[str]:
        try:
            found = sorted(name for name in os.listdir(self._folder) if is_image_name(name))
        except OSError as error:
            raise CameraLost("{}: {}".format(self._folder, error.strerror)) from error
        if not found:
            raise CameraLost("no images in {}".format(self._folder))
        return [os.path.join(self._folder, name) for name in found]

    def next(self, wait_s: float) -> Optional[CapturedFrame]:
        """A frame that is overdue comes at once; what was missed meanwhile is not caught up with in a burst."""
        if self.ended:
            self._sleep(wait_s)
            return None
        left = self._due - self._now()
        if left > 0:
            self._sleep(min(left, wait_s))
            if left > wait_s:
                return None
        path = self._paths[self._at % len(self._paths)]
        self._at += 1
        self._due += self._interval_s
        if self._due < self._now():
            self._due = self._now() + self._interval_s
        try:
            with open(path, "rb") as stream:
                data = stream.read()
        except OSError as error:
            raise CameraLost("{}: {}".format(path, error.strerror)) from error
        return CapturedFrame(data, names.shown(os.path.basename(path)), self._now())

    @property
    def ended(self) -> bool:
        return not self._repeat and bool(self._paths) and self._at >= len(self._paths)

    def close(self) -> None:
        """Nothing is open between two frames."""

    def check(self) -> str:
        return "{} images in {}".format(len(self._find()), self._folder)
