"""Every frame of the source is a part; where parts come too fast, the source waits, or its old frames give way."""

import threading
from typing import Optional

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.parts.pipeline import PartPipeline
from ocr_app.line.sources.contract import CapturedFrame

_POLL_S = 0.05


class EveryFrame:
    """``take`` is called by the thread of the source; it returns when the part has begun: the source waits."""

    def __init__(self, pipeline: PartPipeline, status: ServiceStatus, stop: threading.Event) -> None:
        self._pipeline, self._status, self._stop = pipeline, status, stop

    def take(self, frame: CapturedFrame) -> None:
        """Begins a part once there is room for it. A frame that comes while the service stops stays with the source."""
        if self._pipeline.wait_for_room(self._stop):
            self._status.count("frames", "part")
            self._pipeline.begin(frame.captured, frame)


class LatestFrame:
    """The newest frame becomes a part when there is room for one; those that it replaces are dropped and counted."""

    def __init__(self, pipeline: PartPipeline, status: ServiceStatus, stop: threading.Event) -> None:
        self._pipeline, self._status, self._stop = pipeline, status, stop
        self._changed = threading.Condition()
        self._newest: Optional[CapturedFrame] = None

    def take(self, frame: CapturedFrame) -> None:
        """Never waits."""
        with self._changed:
            if self._newest is not None:
                self._status.count("frames", "dropped")
                self._newest.leave()
            self._newest = frame
            self._changed.notify_all()

    def run(self) -> None:
        """The body of a thread, until the service stops."""
        while self._pipeline.wait_for_room(self._stop):
            with self._changed:
                if self._newest is None:
                    self._changed.wait(_POLL_S)
                frame, self._newest = self._newest, None
            if frame is not None:
                self._status.count("frames", "part")
                self._pipeline.begin(frame.captured, frame)
