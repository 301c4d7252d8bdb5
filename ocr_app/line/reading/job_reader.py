"""Reads one waiting image with the reading process, and gives its result the final verdict."""

import logging
from typing import Any, Callable, Dict

from ocr_app.core.errors import ReaderFailed
from ocr_app.core.logs import fields
from ocr_app.line.health import platform
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.reading import expected_values, final_verdict
from ocr_app.line.reading.jobs import JobQueue, ReadJob, Result
from ocr_app.line.settings import ServiceSettings
from ocr_app.workers.child import Child

LOG = logging.getLogger(__name__)


class JobReader:
    """For the supervisor's thread alone.

    ``info`` describes the open reader. ``on_exit`` is called with the error when the reading process has ended, before
    the image gets its result, so that the result and the state of the service already show it.
    """

    def __init__(
        self,
        settings: ServiceSettings,
        status: ServiceStatus,
        jobs: JobQueue,
        on_exit: Callable[[ReaderFailed], None],
    ) -> None:
        self._recipe, self._limit_s = settings.recipe, settings.limits.reading_s
        self._status, self._jobs, self._on_exit = status, jobs, on_exit
        self.info: Dict[str, str] = {}

    def process(self, job: ReadJob, child: Child) -> None:
        """Reads ``job`` and hands its result over."""
        result = self._result(job, child)
        if job.finish(final_verdict.with_degraded(result, self._status.degraded.current())):
            self._count(result, self._elapsed_ms(job))

    def _result(self, job: ReadJob, child: Child) -> Result:
        deadline = None if job.plain else self._recipe.deadline_ms
        waited = self._elapsed_ms(job)
        if deadline is not None and waited >= deadline:
            return final_verdict.rejected_result(job.name, "deadline-missed", self.info, waited)
        expected = expected_values.current(self._recipe)
        self._status.degraded.set("expected", [expected_values.STALE] if expected.problem else [])
        request: Dict[str, Any] = {"expected": {} if job.plain else expected.values, "trust_clock": self._clock()}
        request["deadline_ms"] = None if deadline is None else deadline - waited
        result = self._ask(job, child, request)
        if not job.plain:
            result = self._held(result, bool(expected.problem))
        return final_verdict.within_deadline(result, self._elapsed_ms(job), deadline)

    def _held(self, result: Result, stale: bool) -> Result:
        """Nothing passes on stale expectations, or while the challenge set does not pass."""
        if stale:
            result = final_verdict.hold(result, "expected-value-stale")
        if "challenge_failed" in self._status.degraded.current():
            result = final_verdict.hold(result, "challenge-failed")
        return result

    def _ask(self, job: ReadJob, child: Child, request: Dict[str, Any]) -> Result:
        try:
            answer = child.ask("read", self._limit_s, dict, path=job.path, **request)
            return final_verdict.with_name(answer, job.path, job.name)
        except ReaderFailed as error:
            if child.ended:
                self._on_exit(error)
            return final_verdict.failed_result(job.name, error, self.info, self._elapsed_ms(job))

    def _count(self, result: Result, elapsed_ms: float) -> None:
        self._status.count("readings", result["verdict"])
        self._status.record_latency(elapsed_ms)
        LOG.debug("image read", extra=fields(image=result["image"], verdict=result["verdict"], ms=round(elapsed_ms, 1)))
        if "deadline-missed" in result["reasons"]:
            self._status.count("deadline_missed")
            self._status.degraded.record_event("deadline_missed")

    def _clock(self) -> bool:
        clock = self._recipe.clock
        return clock == "always" or (clock == "synced" and platform.clock_synced())

    def _elapsed_ms(self, job: ReadJob) -> float:
        return (self._jobs.now() - job.arrived) * 1000.0
