"""Keeps one reading process alive and gives it the images that wait, one at a time.

Every request to the process has a time limit, and the supervisor announces beforehand for how long it may be silent
(ServiceStatus.busy), which is what the watchdog measures. A process that hangs or dies is restarted, a bounded number
of times.
"""

import logging
import threading
from typing import Callable, Dict, Optional

from ocr_app.core.errors import OcrError, ReaderFailed, ServiceError
from ocr_app.core.logs import fields
from ocr_app.line.health import health_file, reasons
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.reading.job_reader import JobReader
from ocr_app.line.reading.jobs import JobQueue
from ocr_app.line.reading.process import MARGIN_S, ReadingProcess
from ocr_app.line.reading.restarts import RestartBudget
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.workers.child import Child

LOG = logging.getLogger(__name__)
DRAIN_S = 12.0  # docker stop gives 20 s
_TAKE_S = 0.2


class Supervisor:
    """``warm_image``: path of the image for the first readings; ``build``: builds engines, None not to build.

    ``seat``: number of the process among those of the service; ``stop``: the event that ends all of them.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        status: ServiceStatus,
        jobs: JobQueue,
        warm_image: str,
        build: Optional[Callable[[], None]] = None,
        seat: int = 0,
        stop: Optional[threading.Event] = None,
    ) -> None:
        self._limits, self._seat = settings.limits, seat
        self._status, self._jobs, self._build = status, jobs, build
        self._process = ReadingProcess(settings, status, warm_image, seat)
        self._reader = JobReader(settings, status, jobs, self._child_exited)
        self._restarts = RestartBudget(settings.limits.restarts, jobs.now)
        self._last_problem = ""
        self.stop = stop if stop is not None else threading.Event()
        self.error: Optional[OcrError] = None

    def run(self) -> None:
        """Until ``stop``. An error that waiting does not mend ends it, and is then in ``error``."""
        try:
            while not self.stop.is_set():
                if self._process.exited():
                    self._record_exit()
                child = self._process.serving()
                if child is None:
                    self._open()
                else:
                    self._serve_one(child, _TAKE_S)
            self._drain()
        except OcrError as error:
            self.error = error
        except Exception as error:
            self.error = ServiceError("the service failed: {}: {}".format(type(error).__name__, error))
            raise
        finally:
            self._busy(0.0)
            self.stop.set()
            self._drop_waiting()
            self._process.close()

    @property
    def _source(self) -> str:
        """What reports the reasons of this process."""
        return "reader {}".format(self._seat)

    def _enter(self, state: str, info: Optional[Dict[str, str]] = None) -> None:
        self._status.enter(state, info, self._seat)

    def _busy(self, seconds: float) -> None:
        self._status.busy(seconds + MARGIN_S, self._seat)

    def _drop_waiting(self) -> None:
        job = self._jobs.take(0.0)
        while job is not None:
            job.drop()
            job = self._jobs.take(0.0)

    # --- the process -----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """A warm reading process; or a pause where it cannot be had yet. Raises OcrError where waiting is useless."""
        self._enter(health_file.STARTING)
        try:
            info = self._process.start()
        except OcrError as error:
            self._process.close()
            self._handle_open_error(error)
            return
        self._last_problem = ""
        self._reader.info = info
        self._status.degraded.set(self._source, ())
        self._enter(health_file.READING, info)
        LOG.info("reader opened", extra=fields(**info))

    def _handle_open_error(self, error: OcrError) -> None:
        """Reports the error, then waits or builds. Raises the error where neither helps."""
        reason = reasons.of_error(error)
        if isinstance(error, ReaderFailed):
            self._record_restart(error)
            self._pause(min(1.0, self._limits.retry_s))
            return
        if not reason:
            raise error
        self._status.degraded.set(self._source, [reason])
        self._log_problem("reader not opened", error)
        if self._build is not None and reason in ("engine_missing", "engine_stale"):
            self._enter(health_file.BUILDING)
            self._busy(self._limits.building_s)
            self._build()
            return
        self._pause(self._limits.retry_s)

    def _pause(self, seconds: float) -> None:
        self._busy(seconds)
        self.stop.wait(seconds)

    def _record_exit(self) -> None:
        """The process ended while nothing was asked of it, so that no image has to pay for that."""
        self._enter(health_file.STARTING)
        self._record_restart(ReaderFailed("the reading process died while it waited", code="crashed"))

    def _child_exited(self, error: ReaderFailed) -> None:
        """While it read. One restart too many ends the service only after this image has its result."""
        self._enter(health_file.STARTING)
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
        child = self._process.serving()
        while self._jobs.length() and self._jobs.now() < until and child is not None:
            self._serve_one(child, 0.0)
            child = self._process.serving()

    def _serve_one(self, child: Child, wait_s: float) -> None:
        self._busy(2 * self._limits.reading_s)
        self._reader.prepare(child)
        if child.ended:
            return
        job = self._jobs.take(wait_s)
        if job is not None and not job.abandoned:
            self._reader.process(job, child)
