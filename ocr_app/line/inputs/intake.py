"""What a request may want of the service, without HTTP: an image read, the challenge set put, how it goes."""

import os
import tempfile
import threading
from typing import Any, Callable, Dict, List, Optional

from ocr_app.core.errors import OcrError
from ocr_app.line import challenge
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.inputs.jobs import JobQueue, ReadJob, Result
from ocr_app.line.reading import final_verdict
from ocr_app.line.reading.supervisor import put
from ocr_app.line.settings import Serving

LONGEST_NAME = 200


class RequestRefused(Exception):
    """A request that is not done, and why. ``status``: of HTTP; ``code``: the label in the metrics."""

    def __init__(
        self, status: int, code: str, found: str, expected: str = "", retry_after_s: Optional[int] = None
    ) -> None:
        self.status, self.code, self.found, self.expected = status, code, found, expected
        self.retry_after_s = retry_after_s
        super(RequestRefused, self).__init__(found)


class Intake:
    """For use by several threads. ``sequence``: the heartbeat's last number."""

    def __init__(
        self,
        settings: Serving,
        status: ServiceStatus,
        jobs: JobQueue,
        release: str,
        sequence: Callable[[], int],
        stopped: Callable[[], bool],
    ) -> None:
        self.settings, self.status, self.jobs, self.release = settings, status, jobs, release
        self.sequence, self.stopped = sequence, stopped
        self.max_bytes = settings.reading.max_bytes
        self._lock = threading.Lock()
        self._count = 0
        self._challenge_lock = threading.Lock()

    def read_bytes(self, data: bytes, name: str) -> Result:
        """The result line of an image. Raises Refused: not ready, queue full, no answer in time."""
        self._check_ready()
        name = self._name(name)
        handle, path = tempfile.mkstemp(prefix="ocr-app-")
        try:
            with os.fdopen(handle, "wb") as stream:
                stream.write(data)
        except OSError as error:
            os.remove(path)
            raise RequestRefused(
                507, "no-room", "cannot keep the image: {}".format(error.strerror), "room in /tmp"
            ) from error
        try:
            return self._answered(self._offered(path, name))
        finally:
            os.remove(path)

    def _check_ready(self) -> None:
        found = self.status.snapshot()
        if not found.ready:
            reasons = ", ".join(found.degraded)
            words = "not ready: {}{}".format(found.state, " (" + reasons + ")" if reasons else "")
            raise RequestRefused(503, "not-ready", words, "state reading; GET /ready", 1)

    def _offered(self, path: str, name: str) -> ReadJob:
        job = self.jobs.offer(path, name)
        if job is None:
            words = "{} images wait, and that is all the room there is".format(self.jobs.capacity)
            raise RequestRefused(503, "queue-full", words, "fewer images a second, or --queue", 1)
        return job

    def _answered(self, job: ReadJob) -> Result:
        """The result; at the deadline the image is rejected, whether it is being read by then or not."""
        deadline_ms = self.settings.reading.deadline_ms
        limit_s = self.settings.answer_s if deadline_ms is None else deadline_ms / 1000.0
        result = job.wait(job.arrived + limit_s - self.jobs.now()) or job.abandon()
        if result is not None:
            return result
        if job.dropped:
            raise RequestRefused(503, "stopping", "the service ended before this image was read", "ask again", 5)
        if deadline_ms is None:
            self.output_lost()
            raise RequestRefused(504, "no-answer", "not read within {:g} s".format(limit_s), "--answer-s", 1)
        self.status.count("deadline_missed")
        self.status.degraded.happened("deadline_missed")
        self.status.count("readings", final_verdict.FAIL)
        line = final_verdict.rejected(job.name, "deadline-missed", self.status.snapshot().info, limit_s * 1000.0)
        return final_verdict.degraded(line, self.status.degraded.reasons())

    def output_lost(self) -> None:
        """A result could not be handed over."""
        self.status.count("output_lost")
        self.status.degraded.happened("output_lost")

    def _name(self, name: str) -> str:
        with self._lock:
            self._count += 1
            return name[:LONGEST_NAME] or "image-{}".format(self._count)

    def challenge(self) -> Dict[str, Any]:
        """Puts the challenge set; one at a time. Raises Refused where there is none, or it cannot be read."""
        if not self.settings.challenge:
            raise RequestRefused(404, "no-challenge", "no challenge set", "--challenge FOLDER")
        self._check_ready()
        if not self._challenge_lock.acquire(False):
            raise RequestRefused(409, "challenge-runs", "the challenge set is being read", "one at a time", 5)
        try:
            return put_challenge(self.settings, self.status, self.jobs, self.stopped)
        except OcrError as error:
            raise RequestRefused(500, "challenge", error.found, error.expected) from error
        finally:
            self._challenge_lock.release()


def put_challenge(
    settings: Serving, status: ServiceStatus, jobs: JobQueue, stopped: Callable[[], bool]
) -> Dict[str, Any]:
    """Reads the set and says what differs; degraded by challenge_failed until it was read as it has to be.

    Raises ServiceError, UsageError for a set that is not whole.
    """
    try:
        wanted = challenge.load(settings.challenge)
        limit_s = settings.answer_s * len(wanted.images)
        results = put(jobs, wanted.images, limit_s, stopped)
        wrong: List[str] = challenge.differences(results, wanted.expected)
    except OcrError:
        status.degraded.hold("challenge", ["challenge_failed"])
        raise
    passed = not wrong
    status.degraded.hold("challenge", [] if passed else ["challenge_failed"])
    status.count("challenges", "passed" if passed else "failed")
    return {"passed": passed, "images": len(wanted.expected), "differences": wrong, "results": results}
