"""The loop that keeps a source open: it opens it again with a growing pause, and says when the camera is lost."""

import logging
import threading
import time
from typing import Callable

from ocr_app.core.logs import fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.settings.production import SourceSettings
from ocr_app.line.sources.contract import CameraLost, CapturedFrame, FrameSource

LOG = logging.getLogger(__name__)
_WAIT_S = 0.1


class CaptureLoop:
    """``take`` gets every frame; it may hold the loop up where the source waits. ``may_begin``: whether to open yet."""

    def __init__(
        self,
        source: FrameSource,
        settings: SourceSettings,
        status: ServiceStatus,
        take: Callable[[CapturedFrame], None],
        may_begin: Callable[[], bool] = lambda: True,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._source, self._settings, self._status, self._take, self._now = source, settings, status, take, now
        self._may_begin = may_begin
        self._pause_s = settings.retry_s
        self.lost = False

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``, or until the source is at its end."""
        while not stop.is_set() and not self._may_begin():
            stop.wait(_WAIT_S)
        while not stop.is_set():
            try:
                self._status.count("source_openings")
                self._source.open()
                self._deliver(stop)
                return
            except CameraLost as error:
                self._report_lost(str(error))
                stop.wait(self._pause_s)
                self._pause_s = min(2.0 * self._pause_s, self._settings.retry_most_s)
            finally:
                self._source.close()

    def _deliver(self, stop: threading.Event) -> None:
        """Raises CameraLost, also when no frame comes for too long."""
        last, limit_s = self._now(), self._settings.silent_s
        while not stop.is_set():
            frame = self._source.next(_WAIT_S)
            for _ in range(self._source.take_dropped()):
                self._status.count("frames", "dropped")
            if frame is not None:
                self._report_found()
                self._take(frame)
                last = self._now()
            elif self._source.ended:
                LOG.info("the source is at its end")
                return
            elif limit_s and self._now() - last > limit_s:
                raise CameraLost("no frame for {:g} s".format(limit_s))

    def _report_lost(self, why: str) -> None:
        self._status.degraded.set("camera", ["camera_lost"])
        if not self.lost:
            LOG.warning("camera lost", extra=fields(why=why, retry_s=self._pause_s))
        self.lost = True

    def _report_found(self) -> None:
        if self.lost:
            LOG.info("camera found again")
        self.lost = False
        self._pause_s = self._settings.retry_s
        self._status.degraded.set("camera", ())
