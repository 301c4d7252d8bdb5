"""Keeps one reading process alive and gives it the images that wait, one at a time.

Whatever it does with the process has a time limit, and it says beforehand for how long it may be silent
(Status.busy): that is the watchdog's measure. A process that hangs or dies is started again, a bounded number of times.
"""

import collections
import os
import sys
import threading
import time
from typing import Any, Callable, Deque, Dict, List, Optional

from ocr_app.core.errors import OcrError, ReaderFailed, ServiceError
from ocr_app.line import expectations
from ocr_app.line.health import health_file, platform, reasons
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.inputs.jobs import JobQueue, ReadJob, Result
from ocr_app.line.reading import final_verdict
from ocr_app.line.settings import Serving
from ocr_app.workers.child import Child
from ocr_app.workers.environments import child_environ

COMMAND = [sys.executable, "-m", "ocr_app.line.reading.program"]
HELLO_S = 60.0
DRAIN_S = 12.0  # docker stop gives 20 s
WINDOW_S = 600.0  # restarts are counted in this window
_MARGIN_S = 15.0


class Supervisor:
    """``warm``: path of the image for the first readings; ``build``: builds engines, None where that is not wanted."""

    def __init__(
        self,
        settings: Serving,
        status: ServiceStatus,
        jobs: JobQueue,
        warm: str,
        build: Optional[Callable[[], None]] = None,
    ) -> None:
        self._settings, self._status, self._jobs = settings, status, jobs
        self._warm, self._build = warm, build
        self._command = COMMAND
        self._child: Optional[Child] = None
        self._restarts: Deque[float] = collections.deque()
        self._said = ""
        self._info: Dict[str, str] = {}
        self.stop = threading.Event()
        self.error: Optional[OcrError] = None

    def run(self) -> None:
        """Until ``stop``. An error that waiting does not mend ends it and stands in ``error``."""
        try:
            while not self.stop.is_set():
                if self._child is None or self._child.ended or self._died():
                    self._open()
                else:
                    self._serve_one(0.2)
            self._drain()
        except OcrError as error:
            self.error = error
        except Exception as error:
            self.error = ServiceError("the service failed: {}: {}".format(type(error).__name__, error))
            raise
        finally:
            self._status.busy(_MARGIN_S)
            self.stop.set()
            self._drop_rest()
            self._end()

    def _drop_rest(self) -> None:
        job = self._jobs.take(0.0)
        while job is not None:
            job.drop()
            job = self._jobs.take(0.0)

    def _end(self) -> None:
        if self._child is not None:
            self._child.close()
            self._child = None

    # --- the process -----------------------------------------------------------------------------------------------

    def _open(self) -> None:
        """A reading process that is warm; or, where it cannot be had yet, a pause. Raises OcrError for good."""
        self._status.enter(health_file.STARTING)
        try:
            self._start()
        except OcrError as error:
            self._end()
            self._not_opened(error)
            return
        self._said = ""
        self._status.degraded.hold("reader", ())
        self._status.enter(health_file.READING, self._info)

    def _died(self) -> bool:
        """Whether the process died while nothing was asked of it: then no image has to pay for that."""
        assert self._child is not None
        if os.waitid(os.P_PID, self._child.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is None:
            return False
        self._child.end()
        self._status.enter(health_file.STARTING)
        self._count_restart(ReaderFailed("the reading process died while it waited", code="crashed"))
        return True

    def _start(self) -> None:
        settings, wanted = self._settings, self._settings.reading
        self._status.busy(HELLO_S + settings.open_limit_s + _MARGIN_S)
        self._child = Child(self._command, dict(child_environ(wanted.threads), **(settings.environ or {})))
        self._child.hello(HELLO_S)
        names = ("reader", "device", "precision", "threads", "engine", "packs")
        fields = {name: getattr(wanted, name) for name in names}
        limits = [wanted.max_pixels, wanted.max_bytes, wanted.min_side]
        more = dict(fields, recipe=wanted.recipe, preprocess=wanted.preprocess, limits=limits, regions=wanted.regions)
        self._info = self._child.ask("open", settings.open_limit_s, dict, **more)
        self._status.enter(health_file.WARMING_UP, self._info)
        self._status.busy(settings.open_limit_s + _MARGIN_S)
        if self._warm:
            self._child.ask("warm", settings.open_limit_s, bool, path=self._warm)

    def _not_opened(self, error: OcrError) -> None:
        """Says why, then waits or builds. Raises the error where neither helps."""
        reason = reasons.of_error(error)
        if isinstance(error, ReaderFailed):
            self._count_restart(error)
            self._pause(min(1.0, self._settings.retry_s))
            return
        if not reason:
            raise error
        self._status.degraded.hold("reader", [reason])
        self._say(str(error))
        if self._build is not None and reason in ("engine_missing", "engine_stale"):
            self._status.enter(health_file.BUILDING)
            self._status.busy(self._settings.build_limit_s + _MARGIN_S)
            self._build()
            return
        self._pause(self._settings.retry_s)

    def _pause(self, seconds: float) -> None:
        self._status.busy(seconds + _MARGIN_S)
        self.stop.wait(seconds)

    def _count_restart(self, error: OcrError) -> None:
        """Raises ServiceError when the process was started again too often."""
        now = self._jobs.now()
        self._restarts.append(now)
        while now - self._restarts[0] > WINDOW_S:
            self._restarts.popleft()
        self._status.count("reader_restarts")
        self._status.degraded.happened("reader_restarting")
        self._say(str(error))
        if len(self._restarts) > self._settings.restarts:
            found = "the reading process failed {} times in {:.0f} s, last: {}".format(
                len(self._restarts), WINDOW_S, error.found
            )
            raise ServiceError(found, "at most {}".format(self._settings.restarts), error.next_step)

    def _say(self, words: str) -> None:
        if words != self._said:
            print("ocr-app serve: " + words, file=sys.stderr, flush=True)
        self._said = words

    # --- images ----------------------------------------------------------------------------------------------------

    def _drain(self) -> None:
        """What was taken is answered before the end, as far as the time goes."""
        until = self._jobs.now() + DRAIN_S / 2
        while self._jobs.length() and self._jobs.now() < until and self._child is not None and not self._child.ended:
            self._serve_one(0.0)

    def _serve_one(self, wait_s: float) -> None:
        self._status.busy(self._settings.read_limit_s + _MARGIN_S)
        job = self._jobs.take(wait_s)
        if job is not None and not job.abandoned:
            result = self._result(job)
            if job.finish(final_verdict.degraded(result, self._status.degraded.reasons())):
                self._count(result, self._since(job))

    def _result(self, job: ReadJob) -> Result:
        wanted = self._settings.reading
        deadline = None if job.plain else wanted.deadline_ms
        waited = self._since(job)
        if deadline is not None and waited >= deadline:
            return final_verdict.rejected(job.name, "deadline-missed", self._info, waited)
        known = expectations.current(wanted)
        self._status.degraded.hold("expected", [expectations.STALE] if known.problem else [])
        fields: Dict[str, Any] = {"expected": {} if job.plain else known.values, "trust_clock": self._clock()}
        fields["deadline_ms"] = None if deadline is None else deadline - waited
        result = self._ask(job, fields)
        stale = bool(known.problem) and not job.plain
        result = final_verdict.held(result, "expected-value-stale") if stale else result
        if not job.plain and "challenge_failed" in self._status.degraded.reasons():
            result = final_verdict.held(result, "challenge-failed")
        return final_verdict.late(result, self._since(job), deadline)

    def _ask(self, job: ReadJob, fields: Dict[str, Any]) -> Result:
        assert self._child is not None
        try:
            answer = self._child.ask("read", self._settings.read_limit_s, dict, path=job.path, **fields)
            return final_verdict.named(answer, job.path, job.name)
        except ReaderFailed as error:
            if self._child.ended:
                self._status.enter(health_file.STARTING)
                self._restart_later(error)
            return final_verdict.failed(job.name, error, self._info, self._since(job))

    def _restart_later(self, error: OcrError) -> None:
        """Counts the restart; one too many ends the service only after this image has its answer."""
        try:
            self._count_restart(error)
        except ServiceError as final:
            self.error = final
            self.stop.set()

    def _count(self, result: Result, elapsed_ms: float) -> None:
        self._status.count("readings", result["verdict"])
        self._status.took(elapsed_ms)
        if "deadline-missed" in result["reasons"]:
            self._status.count("deadline_missed")
            self._status.degraded.happened("deadline_missed")

    def _clock(self) -> bool:
        clock = self._settings.reading.clock
        return clock == "always" or (clock == "synced" and platform.clock_synced())

    def _since(self, job: ReadJob) -> float:
        return (self._jobs.now() - job.arrived) * 1000.0


def put(jobs: JobQueue, paths: List[str], limit_s: float, stopped: Callable[[], bool]) -> List[Result]:
    """Results of ``paths``, read as the gate reads them; waits for room in the queue. Shorter when stopped."""
    results = []
    until = time.monotonic() + limit_s
    for path in paths:
        job = None
        while job is None and not stopped() and time.monotonic() < until:
            job = jobs.offer(path, path, plain=True)
            if job is None:
                time.sleep(0.05)
        result = None
        while job is not None and result is None and not (job.dropped or stopped()) and time.monotonic() < until:
            result = job.wait(0.2)
        if result is None:
            break
        results.append(result)
    return results
