"""Reads the challenge set with the reader that serves, and degrades the service while the set does not pass."""

import logging
import threading
import time
from typing import Any, Callable, Dict, List, Optional

from ocr_app.core.errors import OcrError
from ocr_app.core.logs import fields
from ocr_app.line import challenge
from ocr_app.line.health import health_file
from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.reading.jobs import JobQueue, ReadJob, Result
from ocr_app.line.settings.service import ServiceSettings

LOG = logging.getLogger(__name__)
_POLL_S = 0.05
_WAIT_S = 0.2


def prove_at_start(
    settings: ServiceSettings, status: ServiceStatus, jobs: JobQueue, stop: threading.Event, runtime: str
) -> None:
    """Reads the set once a reader is warm; the service is ready only after that, whatever the outcome."""
    while not status.serving:
        if stop.wait(0.1):
            return
    try:
        record = run_challenge(settings, status, jobs, stop.is_set)
        _write_results(runtime, record["results"])
        if record["passed"]:
            LOG.info("challenge passed", extra=fields(images=record["images"]))
        else:
            LOG.error("challenge failed", extra=fields(differences="; ".join(record["differences"][:5])))
    except OcrError as error:
        LOG.error("challenge not read", extra=fields(found=error.found, expected=error.expected))
    finally:
        status.set_proving(False)


def _write_results(folder: str, results: List[Result]) -> None:
    """challenge.jsonl next to health.json: the result lines, as `ocr-app read --jsonl` gives them to the gate."""
    try:
        health_file.write_lines(folder, results)
    except OSError as error:
        LOG.error("cannot write challenge.jsonl", extra=fields(folder=folder, error=error.strerror))


def run_challenge(
    settings: ServiceSettings, status: ServiceStatus, jobs: JobQueue, stopped: Callable[[], bool]
) -> Dict[str, Any]:
    """Reads the set and reports what differs; the service is degraded by challenge_failed until the set passes.

    Raises ServiceError, UsageError for a set that is not complete.
    """
    try:
        loaded = challenge.load(settings.recipe.challenge)
        limit_s = settings.http.answer_s * len(loaded.images)
        results = read_all(jobs, loaded.images, limit_s, stopped)
        wrong = challenge.differences(results, loaded.expected)
    except OcrError:
        status.degraded.set("challenge", ["challenge_failed"])
        raise
    passed = not wrong
    status.degraded.set("challenge", [] if passed else ["challenge_failed"])
    status.count("challenges", "passed" if passed else "failed")
    return {"passed": passed, "images": len(loaded.expected), "differences": wrong, "results": results}


def read_all(jobs: JobQueue, paths: List[str], limit_s: float, stopped: Callable[[], bool]) -> List[Result]:
    """Results of ``paths``, read as the gate reads them. Waits for room in the queue; fewer results when stopped."""
    results: List[Result] = []
    until = time.monotonic() + limit_s

    def over() -> bool:
        return stopped() or time.monotonic() >= until

    for path in paths:
        job = _offered(jobs, path, over)
        result = _waited(job, over) if job is not None else None
        if result is None:
            break
        results.append(result)
    return results


def _offered(jobs: JobQueue, path: str, over: Callable[[], bool]) -> Optional[ReadJob]:
    while not over():
        job = jobs.offer(path, path, plain=True)
        if job is not None:
            return job
        time.sleep(_POLL_S)
    return None


def _waited(job: ReadJob, over: Callable[[], bool]) -> Optional[Result]:
    while not (job.dropped or over()):
        result = job.wait(_WAIT_S)
        if result is not None:
            return result
    return None
