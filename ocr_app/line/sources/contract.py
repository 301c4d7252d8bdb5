"""The contract of a source of frames."""

import abc
from typing import Any, Callable, NamedTuple, Optional


class CameraLost(Exception):
    """The source cannot be opened, or delivers nothing any more; opening it again may help."""


class CapturedFrame(NamedTuple):
    """One frame. ``data``: an image file; ``name``: what the source calls it.

    ``captured``: seconds of the monotonic clock when it was taken, or when it was first seen where the source does not
    say more. ``key`` tells a frame that is still there after a restart from any other; empty where nothing is.
    ``on_part`` is called once the frame belongs to a part that is written down, or is not wanted; ``on_verdict`` with
    the row of the journal when that part is decided.
    """

    data: bytes
    name: str
    captured: float
    key: str = ""
    on_part: Optional[Callable[[], None]] = None
    on_verdict: Optional[Callable[[Any], None]] = None

    def leave(self) -> None:
        """Tells the source that the frame is a part, or is not wanted."""
        if self.on_part is not None:
            self.on_part()


class FrameSource(abc.ABC):
    """For one thread."""

    @abc.abstractmethod
    def open(self) -> None:
        """Opens the source, also again after it was closed. Raises CameraLost."""

    @abc.abstractmethod
    def next(self, wait_s: float) -> Optional[CapturedFrame]:
        """The next frame, or None when none came within ``wait_s`` seconds. Raises CameraLost."""

    @abc.abstractmethod
    def close(self) -> None:
        """Gives up what ``open`` took; never raises."""

    @property
    def ended(self) -> bool:
        """Whether no frame will ever come again, because the source is at its end and not lost."""
        return False

    def take_dropped(self) -> int:
        """How many frames the source had to drop since this was last asked, because the line took none."""
        return 0

    @abc.abstractmethod
    def check(self) -> str:
        """What the source is, in words, after a look that changes nothing. Raises CameraLost."""
