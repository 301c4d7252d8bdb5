"""What a request can ask of the service, without HTTP: read an image, read the challenge set, report."""

import logging
import os
import tempfile
import threading
from typing import Any, Callable, Dict, Optional

from ocr_app.core import names
from ocr_app.core.errors import OcrError
from ocr_app.core.logs import Throttle, fields
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.inputs.challenge_run import run_challenge
from ocr_app.line.journal import rows
from ocr_app.line.reading import final_verdict
from ocr_app.line.reading.jobs import JobQueue, ReadJob, Result
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.line.sources.pushed import PushedSource

LOG = logging.getLogger(__name__)
MAX_NAME = 200
_LOG_EVERY_S = 10.0
_LOOK_S = 0.1


class RequestRefused(Exception):
    """A request that is not carried out, and why. ``status``: of HTTP; ``code``: the label in the metrics; ``allowed``:
    the methods that the path has, where the method is wrong.
    """

    allowed = ""

    def __init__(
        self, status: int, code: str, found: str, expected: str = "", retry_after_s: Optional[int] = None
    ) -> None:
        self.status, self.code, self.found, self.expected = status, code, found, expected
        self.retry_after_s = retry_after_s
        super(RequestRefused, self).__init__(found)


class Intake:
    """For use by several threads. ``sequence`` gives the last number of the heartbeat."""

    def __init__(
        self,
        settings: ServiceSettings,
        status: ServiceStatus,
        jobs: JobQueue,
        release: str,
        sequence: Callable[[], int],
        stopped: Callable[[], bool],
        line: Optional[PushedSource] = None,
        fire: Optional[Callable[[], None]] = None,
    ) -> None:
        """``line``: the source of a live line whose frames are these images; each one is a part then. ``fire``: the
        trigger of a live line that requests fire.
        """
        self._line, self._fire = line, fire
        self.status, self.release, self.sequence = status, release, sequence
        self.max_bytes = settings.image.max_bytes
        self._settings, self._jobs, self._stopped = settings, jobs, stopped
        self._lock = threading.Lock()
        self._count = 0
        self._challenge_lock = threading.Lock()
        self._refusals, self._losses = Throttle(_LOG_EVERY_S), Throttle(_LOG_EVERY_S)

    def read_bytes(self, data: bytes, name: str) -> Result:
        """The result line of an image. Raises RequestRefused: not ready, queue full, no answer in time."""
        self._check_ready()
        name = self._named(name)
        if self._line is not None:
            return self._part(self._line, data, name)
        handle, path = tempfile.mkstemp(prefix="ocr-app-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
        except OSError as error:
            os.remove(path)
            found = "cannot store the image: {}".format(error.strerror)
            raise RequestRefused(507, "no-room", found, "room in /tmp") from error
        try:
            return self._wait(self._offer(path, name))
        finally:
            os.remove(path)

    def _part(self, line: PushedSource, data: bytes, name: str) -> Result:
        """The part that the image became, as the journal has it. Its limit begins with its arrival."""
        pushed = line.push(data, name)
        if pushed is None:
            raise RequestRefused(503, "queue-full", "too many parts are under way", "fewer images per second", 1)
        until = self._jobs.now() + self._settings.http.answer_s
        row = None
        while row is None and self._jobs.now() < until and not self._stopped():
            row = pushed.wait(_LOOK_S)
        if row is not None:
            return dict(rows.to_json(row), image=name)
        if self._stopped():
            raise RequestRefused(503, "stopping", "the service stopped before this image was read", "ask again", 5)
        self.output_lost(name, "no result in time")
        raise RequestRefused(504, "no-answer", "no verdict in time; the history has it", "a larger --answer", 1)

    def trigger(self) -> None:
        """A part is there; its verdict goes to the outputs. Raises RequestRefused without such a line."""
        if self._fire is None:
            raise RequestRefused(404, "no-trigger", "no line that requests trigger", "trigger.kind: http")
        self._fire()

    def _check_ready(self) -> None:
        status = self.status.snapshot()
        if not status.ready:
            reasons = " ({})".format(", ".join(status.degraded)) if status.degraded else ""
            found = "not ready: {}{}".format(status.state, reasons)
            raise RequestRefused(503, "not-ready", found, "state reading; GET /ready", 1)

    def _offer(self, path: str, name: str) -> ReadJob:
        job = self._jobs.offer(path, name)
        if job is None:
            found = "the queue is full: {} images wait".format(self._jobs.capacity)
            raise RequestRefused(503, "queue-full", found, "fewer images per second, or a larger --queue", 1)
        return job

    def _wait(self, job: ReadJob) -> Result:
        """The result; at the deadline the image is rejected, whether it is being read by then or not."""
        deadline_ms = self._settings.recipe.deadline_ms
        limit_s = self._settings.http.answer_s if deadline_ms is None else deadline_ms / 1000.0
        result = job.wait(job.arrived + limit_s - self._jobs.now()) or job.abandon()
        if result is not None:
            return result
        if job.dropped:
            raise RequestRefused(503, "stopping", "the service stopped before this image was read", "ask again", 5)
        if deadline_ms is None:
            self.output_lost(job.name, "no result in time")
            raise RequestRefused(504, "no-answer", "not read within {:g} s".format(limit_s), "a larger --answer", 1)
        return self._reject(job, limit_s)

    def _reject(self, job: ReadJob, limit_s: float) -> Result:
        self.status.count("deadline_missed")
        self.status.degraded.record_event("deadline_missed")
        self.status.count("readings", final_verdict.FAIL)
        info = self.status.snapshot().info
        line = final_verdict.rejected_result(job.name, "deadline-missed", info, limit_s * 1000.0)
        return final_verdict.with_degraded(line, self.status.degraded.current())

    def _named(self, name: str) -> str:
        with self._lock:
            self._count += 1
            return names.shown(name[:MAX_NAME]) or "image-{}".format(self._count)

    def challenge(self) -> Dict[str, Any]:
        """Reads the challenge set; one at a time. Raises RequestRefused where there is none, or it cannot be read."""
        if not self._settings.recipe.challenge:
            raise RequestRefused(404, "no-challenge", "no challenge set", "--challenge FOLDER")
        self._check_ready()
        if not self._challenge_lock.acquire(False):
            raise RequestRefused(409, "challenge-runs", "the challenge set is being read", "one at a time", 5)
        try:
            return run_challenge(self._settings, self.status, self._jobs, self._stopped)
        except OcrError as error:
            raise RequestRefused(500, "challenge", error.found, error.expected) from error
        finally:
            self._challenge_lock.release()

    def metrics(self) -> str:
        """The metrics in the text format of Prometheus."""
        snapshot = self.status.snapshot()
        return self.status.metrics.text(snapshot, self._jobs.length(), self._jobs.capacity, self.release)

    def record_refusal(self, refused: RequestRefused) -> None:
        """Counts each refusal, and logs one per code every ten seconds."""
        self.status.count("refused", refused.code)
        with self._lock:
            held_back = self._refusals.admit(refused.code)
        if held_back is not None:
            LOG.warning("request refused", extra=fields(code=refused.code, found=refused.found, held_back=held_back))

    def output_lost(self, name: str, why: str) -> None:
        """A result could not be handed over: counted, degraded for a minute, and logged every ten seconds."""
        self.status.count("output_lost")
        self.status.degraded.record_event("output_lost")
        with self._lock:
            held_back = self._losses.admit(why)
        if held_back is not None:
            LOG.warning("result lost", extra=fields(image=name, why=why, held_back=held_back))
