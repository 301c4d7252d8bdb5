"""Reads one waiting image with the reading process, and gives its result the final verdict."""

import logging
from typing import Any, Callable, Dict, List, Optional

from ocr_app.core.errors import OcrError, ReaderFailed
from ocr_app.core.logs import fields
from ocr_app.line.health import platform
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.reading import expected_values, final_verdict
from ocr_app.line.reading.jobs import JobQueue, ReadJob, Result
from ocr_app.line.reading.setup import LineSetup
from ocr_app.line.settings.service import ServiceSettings
from ocr_app.workers.child import Child

LOG = logging.getLogger(__name__)
MOST_RECIPES = 4
"""That a reading process knows at a time, beside that of the settings; the one that it learned first goes first."""
NO_RECIPE = ""
"""In place of a digest: lines are read, and not judged."""


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
        self._pupil: Optional[Child] = None
        self._learned: List[str] = []
        self._refused: Dict[str, OcrError] = {}

    def prepare(self, child: Child) -> None:
        """Teaches ``child`` what images are judged by now, so that the first of them need not wait for that."""
        setup = self._jobs.setup
        if setup is None or self._knows(child, setup):
            return
        try:
            self._teach(child, setup)
        except OcrError as error:  # the next image says so in its result
            LOG.warning("recipe not learned", extra=fields(recipe=setup.recipe, found=error.found))
            self._look_after(child, error)

    def _knows(self, child: Child, setup: LineSetup) -> bool:
        return child is self._pupil and setup.digest in self._learned

    def _teach(self, child: Child, setup: LineSetup) -> None:
        """Raises what the process says."""
        if child is not self._pupil:
            self._pupil, self._learned, self._refused = child, [], {}
        forgotten = self._learned[: max(0, len(self._learned) + 1 - MOST_RECIPES)]
        self._learned = self._learned[len(forgotten) :] + [setup.digest]
        try:
            child.ask("learn", self._limit_s, bool, digest=setup.digest, text=setup.text, forgotten=forgotten)
        except OcrError as error:  # it would say the same again; each image that needs this recipe says so
            self._refused[setup.digest] = error
            raise

    def _look_after(self, child: Child, error: OcrError) -> None:
        if child.ended:
            self._on_exit(error if isinstance(error, ReaderFailed) else ReaderFailed(error.found, code=error.code))

    def process(self, job: ReadJob, child: Child) -> None:
        """Reads ``job`` and hands its result over."""
        if job.aside:
            job.finish(self._look_aside(job, child))
            return
        result = self._result(job, child)
        if job.finish(final_verdict.with_degraded(result, self._status.degraded.current())):
            self._count(result, self._elapsed_ms(job))

    def _result(self, job: ReadJob, child: Child) -> Result:
        deadline = None if job.plain else self._recipe.deadline_ms
        waited = self._elapsed_ms(job)
        if deadline is not None and waited >= deadline:
            return final_verdict.rejected_result(job.name, "deadline-missed", self.info, waited)
        expected = expected_values.current(self._recipe, fixed=job.setup.expected if job.setup else None)
        self._status.degraded.set("expected", [expected_values.STALE] if expected.problem else [])
        request: Dict[str, Any] = {"expected": {} if job.plain else expected.values, "trust_clock": self._clock()}
        request["deadline_ms"] = None if deadline is None else deadline - waited
        result = self._ask(job, child, request)
        if not job.plain:
            result = self._held(result, bool(expected.problem))
        return final_verdict.within_deadline(result, self._elapsed_ms(job), deadline)

    def _look_aside(self, job: ReadJob, child: Child) -> Result:
        """What the setup of the job makes of an image now; without a deadline, and without a word about the service.

        Without a setup, it is what is read without a recipe.
        """
        request: Dict[str, Any] = {"trust_clock": self._clock(), "deadline_ms": None, "expected": {}}
        if job.setup is not None:
            request["expected"] = job.setup.expected
        else:
            request.update(recipe=NO_RECIPE, regions=[])
        return self._ask(job, child, request)

    def _held(self, result: Result, stale: bool) -> Result:
        """Nothing passes on stale expectations, or while the challenge set does not pass."""
        if stale:
            result = final_verdict.hold(result, "expected-value-stale")
        if "challenge_failed" in self._status.degraded.current():
            result = final_verdict.hold(result, "challenge-failed")
        return result

    def _ask(self, job: ReadJob, child: Child, request: Dict[str, Any]) -> Result:
        try:
            if job.setup is not None:
                request.update(recipe=job.setup.digest, regions=job.setup.regions)
                if not self._knows(child, job.setup):
                    self._teach(child, job.setup)
                if job.setup.digest in self._refused:
                    raise self._refused[job.setup.digest]
            answer = child.ask("read", self._limit_s, dict, path=job.path, **request)
            return final_verdict.with_name(answer, job.path, job.name)
        except OcrError as error:  # of one image, or of one recipe, which must not end the service
            self._look_after(child, error)
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
