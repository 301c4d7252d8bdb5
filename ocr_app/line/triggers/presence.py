"""A cheap look at every frame: is a part in place? One part for each time that the picture leaves the empty line.

Frames are compared at an eighth of their size in grey. A part is there when the picture differs from the empty line
(a slow average of pictures without a part) and holds still; the next part needs the line to look empty in between.
"""

from typing import Any, Callable, Optional

import numpy as np

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.settings.production import TriggerSettings
from ocr_app.line.sources.contract import CapturedFrame

_EMPTY_SHARE = 0.05  # of the newest picture in the average of the empty line
_MOST_SIDE = 160


class PresenceGate:
    """For the thread of the source. ``take``: what gets the frame of each part; other frames are counted as skipped."""

    def __init__(self, settings: TriggerSettings, status: ServiceStatus, take: Callable[[CapturedFrame], None]) -> None:
        self._level, self._still = settings.presence_level, settings.presence_still
        self._status, self._next = status, take
        self._empty: Optional[Any] = None
        self._last: Optional[Any] = None
        self._is_taken = False

    def take(self, frame: CapturedFrame) -> None:
        """Looks at one frame. One that is no image counts as skipped: it shows no part."""
        small = small_grey(frame.data)
        if small is None or not self._shows_new_part(small):
            self._status.count("frames", "skipped")
            frame.leave()
            return
        self._next(frame)

    def _shows_new_part(self, small: Any) -> bool:
        """The first picture, and any of another size, is taken for the empty line."""
        last, self._last = self._last, small
        if self._empty is None or self._empty.shape != small.shape or last is None:
            self._empty, self._is_taken = small, False
            return False
        present = difference(small, self._empty) >= self._level
        if not present:
            self._is_taken = False
            self._empty = (1.0 - _EMPTY_SHARE) * self._empty + _EMPTY_SHARE * small
            return False
        if self._is_taken or difference(small, last) > self._still:
            return False
        self._is_taken = True
        return True


def difference(one: Any, other: Any) -> float:
    """The average difference in grey levels."""
    return float(np.abs(one - other).mean())


def small_grey(data: bytes) -> Optional[Any]:
    """The picture in grey, float32, at an eighth of its size and at most 160 pixels wide; None for what is no image."""
    import cv2

    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8) if data else None
    if pixels is None:
        return None
    height, width = pixels.shape[:2]
    if max(height, width) > _MOST_SIDE:
        scale = _MOST_SIDE / max(height, width)
        size = (max(1, int(width * scale)), max(1, int(height * scale)))
        pixels = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    return np.asarray(pixels, np.float32)
