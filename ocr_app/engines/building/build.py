"""Builds engines: one at a time, within a memory budget, with services stopped; never inside a service.

Every engine is a separate step. An engine that the cache already has is not built again, a build that fails or is
killed leaves nothing behind that could be loaded, and the next run continues where this one ended.
"""

import json
import os
import signal
import time
from contextlib import contextmanager
from typing import Any, Dict, Iterator, List, NamedTuple, Optional, Union

from ocr_app.core import files
from ocr_app.core.errors import EngineError, OcrError
from ocr_app.engines import key
from ocr_app.engines.building import memory, services, step_process
from ocr_app.engines.building.jobs import BuildJob, settings
from ocr_app.engines.building.reference import WORK
from ocr_app.engines.building.step_process import BuildRequest, Report
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import EngineIdentity

THERE, BUILT, FAILED = "there", "built", "failed"
IdentityOrError = Union[EngineIdentity, OcrError]


class BuildOutcome(NamedTuple):
    """``name`` of the engine, None where there is none; ``status``: there, built or failed."""

    title: str
    name: Optional[str]
    status: str
    seconds: float
    error: Optional[OcrError]


def build(request: BuildRequest, report: Report) -> List[BuildOutcome]:
    """Every job of the request; one that fails does not keep the others from being built.

    Raises BuildError: busy, or a service that does not stop or start.
    """
    cache = Cache(request.folder)
    os.makedirs(os.path.join(request.folder, WORK), exist_ok=True)
    with cache.lock(), sigterm_raises():
        _clean(cache, report)
        measured = [(job, _measure(request, job, report)) for job in request.jobs]
        known = [(job, identity) for job, identity in measured if isinstance(identity, EngineIdentity)]
        missing = {job.title for job, identity in known if not _is_there(cache, identity, request.rebuild)}
        with services.stopped(request.services if missing else (), os.path.join(request.folder, WORK), report):
            return [_outcome(request, cache, job, identity, job.title in missing, report) for job, identity in measured]


@contextmanager
def sigterm_raises() -> Iterator[None]:
    """SIGTERM ends the block as an exception does, so that services start again."""

    def stop(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _clean(cache: Cache, report: Report) -> None:
    """Removes what interrupted builds have left."""
    for name in cache.leftovers():
        report("removing {}: an earlier build was interrupted".format(name))
        os.remove(os.path.join(cache.folder, name))
    work = os.path.join(cache.folder, WORK)
    for name in os.listdir(work):
        if name.endswith(files.PART):
            os.remove(os.path.join(work, name))


def _measure(request: BuildRequest, job: BuildJob, report: Report) -> IdentityOrError:
    """The identity of the engine to build, or the error that keeps it from being known."""
    title = "{}: reading the calibration images".format(job.title)
    try:
        return key.from_json(step_process.run_step(request, job, "measure", title, None, report)["parts"])
    except OcrError as error:
        return error


def _is_there(cache: Cache, identity: EngineIdentity, rebuild: bool) -> bool:
    """Whether nothing is to be done: the engine is whole, or it is refused and must not be rebuilt."""
    try:
        cache.read(identity)
        return True
    except EngineError as error:
        return error.code != "missing" and not rebuild


def _outcome(
    request: BuildRequest, cache: Cache, job: BuildJob, identity: IdentityOrError, missing: bool, report: Report
) -> BuildOutcome:
    start = time.monotonic()
    try:
        if isinstance(identity, OcrError):
            raise identity
        if missing:
            _make(request, job, report)
        cache.read(identity)
    except OcrError as error:
        return BuildOutcome(job.title, None, FAILED, time.monotonic() - start, error)
    status = BUILT if missing else THERE
    return BuildOutcome(job.title, key.name_of(identity), status, time.monotonic() - start, None)


def _make(request: BuildRequest, job: BuildJob, report: Report) -> None:
    limits = settings()
    needed = memory.needed_mb(request.target, job.path, request.workspace_mb, limits)
    memory.check(job.title, needed, limits["floor_mb"], request.root)
    times, title = _times(request), "{} {}".format(job.title, request.target)
    start = time.monotonic()
    answer = step_process.run_step(request, job, "make", "building {}".format(job.title), times.get(title), report)
    for note in answer["notes"]:
        report("{}: {}".format(job.title, note))
    times[title] = round(time.monotonic() - start, 1)
    files.write_whole(_times_path(request), json.dumps(times).encode("utf-8"))


def _times_path(request: BuildRequest) -> str:
    return os.path.join(request.folder, WORK, "seconds.json")


def _times(request: BuildRequest) -> Dict[str, float]:
    """How long each build took the last time, in seconds."""
    try:
        with open(_times_path(request), encoding="utf-8") as stream:
            return {str(title): float(seconds) for title, seconds in json.load(stream).items()}
    except (OSError, ValueError, AttributeError):
        return {}
