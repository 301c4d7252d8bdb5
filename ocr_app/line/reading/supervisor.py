"""Keeps one reading process alive and gives it the images that wait, one at a time.

Every request to the process has a time limit, and the supervisor announces beforehand for how long it may be silent
(ServiceStatus.busy), which is what the watchdog measures. A process that hangs or dies is restarted, a bounded number
of times.
"""

import logging
import os
import sys
import threading
from typing import Any, Callable, Dict, Optional

from ocr_app.core.errors import OcrError, ReaderFailed, ServiceError
from ocr_app.core.logs import fields
from ocr_app.line.health import health_file, reasons
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.reading.job_reader import JobReader
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.reading.restarts import RestartBudget
from ocr_app.line.settings import ServiceSettings
from ocr_app.workers.child import Child
from ocr_app.workers.environments import child_environ

LOG = logging.getLogger(__name__)
COMMAND = [sys.executable, "-m", "ocr_app.line.reading.program"]
HELLO_S = 60.0
DRAIN_S = 12.0  # docker stop gives 20 s
_MARGIN_S = 15.0
_TAKE_S = 0.2


class Supervisor:
    """``warm_image``: path of the image for the first readings; ``build``: builds engines, None not to build."""

    def __init__(
        self,
        settings: ServiceSettings,
        status: ServiceStatus,
        jobs: JobQueue,
        warm_image: str,
        build: Optional[Callable[[], None]] = None,
    ) -> None:
        self._settings, self._limits = settings, settings.limits
        self._status, self._jobs = status, jobs
        self._warm_image, self._build = warm_image, build
        self._command = COMMAND
        self._child: Optional[Child] = None
        self._reader = JobReader(settings, status, jobs, self._child_exited)
        self._restarts = RestartBudget(settings.limits.restarts, jobs.now)
        self._last_problem = ""
        self.stop = threading.Event()
        self.error: Optional[OcrError] = None

    def run(self) -> None:
        """Until ``stop``. An error that waiting does not mend ends it, and is then in ``error``."""
        try:
            while not self.stop.is_set():
                if self._child is None or self._child.ended or self._exited_while_idle(self._child):
                    self._open()
                else:
                    self._serve_one(self._child, _TAKE_S)
            self._drain()
        except OcrError as error:
            self.error = error
        except Exception as error:
            self.error = ServiceError("the service failed: {}: {}".format(type(error).__name__, error))
            raise
        finally:
            self._status.busy(_MARGIN_S)
            self.stop.set()
            self._drop_waiting()
            self._close_child()

    def _drop_waiting(self) -> None:
        job = self._jobs.take(0.0)
        while job is not None:
            job.drop()
            job = self._jobs.take(0.0)

    def _close_child(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None

    # --- the process -----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """A warm reading process; or a pause where it cannot be had yet. Raises OcrError where waiting is useless."""
        self._status.enter(health_file.STARTING)
        try:
            info = self._start()
        except OcrError as error:
            self._close_child()
            self._handle_open_error(error)
            return
        self._last_problem = ""
        self._status.degraded.set("reader", ())
        self._status.enter(health_file.READING, info)
        LOG.info("reader opened", extra=fields(**info))

    def _start(self) -> Dict[str, str]:
        opening_s = self._limits.opening_s
        self._status.busy(HELLO_S + opening_s + _MARGIN_S)
        self._child = Child(self._command, child_environ(self._settings.reader.threads))
        self._child.hello(HELLO_S)
        info: Dict[str, str] = self._child.ask("open", opening_s, dict, **open_request(self._settings))
        self._reader.info = info
        self._status.enter(health_file.WARMING_UP, info)
        self._status.busy(opening_s + _MARGIN_S)
        if self._warm_image:
            self._child.ask("warm", opening_s, bool, path=self._warm_image)
        return info

    def _handle_open_error(self, error: OcrError) -> None:
        """Reports the error, then waits or builds. Raises the error where neither helps."""
        reason = reasons.of_error(error)
        if isinstance(error, ReaderFailed):
            self._record_restart(error)
            self._pause(min(1.0, self._limits.retry_s))
            return
        if not reason:
            raise error
        self._status.degraded.set("reader", [reason])
        self._log_problem("reader not opened", error)
        if self._build is not None and reason in ("engine_missing", "engine_stale"):
            self._status.enter(health_file.BUILDING)
            self._status.busy(self._limits.building_s + _MARGIN_S)
            self._build()
            return
        self._pause(self._limits.retry_s)

    def _pause(self, seconds: float) -> None:
        self._status.busy(seconds + _MARGIN_S)
        self.stop.wait(seconds)

    def _exited_while_idle(self, child: Child) -> bool:
        """Whether the process ended while nothing was asked of it, so that no image has to pay for that."""
        if os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        child.end()
        self._status.enter(health_file.STARTING)
        self._record_restart(ReaderFailed("the reading process died while it waited", code="crashed"))
        return True

    def _child_exited(self, error: ReaderFailed) -> None:
        """While it read. One restart too many ends the service only after this image has its result."""
        self._status.enter(health_file.STARTING)
        try:
            self._record_restart(error)
        except ServiceError as final:
            self.error = final
            self.stop.set()

    def _record_restart(self, error: OcrError) -> None:
        """Raises ServiceError when the process was restarted too often."""
        self._status.count("reader_restarts")
        self._status.degraded.record_event("reader_restarting")
        LOG.warning("reader failed, restarting", extra=fields(code=error.code, found=error.found))
        self._restarts.spend(error)

    def _log_problem(self, event: str, error: OcrError) -> None:
        """Once, however often the reader is tried again with the same outcome."""
        if str(error) != self._last_problem:
            problem = fields(code=error.code, found=error.found, expected=error.expected, next_step=error.next_step)
            LOG.error(event, extra=problem)
        self._last_problem = str(error)

    # --- images ----------------------------------------------------------------------------------------------------

    def _drain(self) -> None:
        """Images that were accepted are read before the end, as far as the time allows."""
        until = self._jobs.now() + DRAIN_S / 2
        while self._jobs.length() and self._jobs.now() < until and self._child is not None and not self._child.ended:
            self._serve_one(self._child, 0.0)

    def _serve_one(self, child: Child, wait_s: float) -> None:
        self._status.busy(self._limits.reading_s + _MARGIN_S)
        job = self._jobs.take(wait_s)
        if job is not None and not job.abandoned:
            self._reader.process(job, child)


def open_request(settings: ServiceSettings) -> Dict[str, Any]:
    """The fields of the verb ``open`` of the reading process."""
    reader, image = settings.reader, settings.image
    return {
        "reader": reader.name,
        "device": reader.device,
        "precision": reader.precision,
        "threads": reader.threads,
        "engine": reader.engine,
        "packs": reader.packs,
        "recipe": settings.recipe.file or None,
        "preprocess": image.preprocess,
        "limits": [image.max_pixels, image.max_bytes, image.min_side],
        "regions": image.regions,
    }
