"""Building engines: one at a time, under a memory budget, with services out of the way; never inside a service.

Each engine is a step of its own: what is in the cache already is left alone, what fails or is killed leaves nothing
behind that could be loaded, and the next run goes on where this one ended.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Tuple

from ocr_app.core import files
from ocr_app.core.errors import BuildError, EngineError, OcrError, from_json
from ocr_app.core.paths import HOME
from ocr_app.engines import key
from ocr_app.engines.building import memory, services
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.engines.building.reference import WORK, ReferenceSpec
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import EngineIdentity
from ocr_app.engines.settings import settings

THERE, BUILT, FAILED = "there", "built", "failed"
_POLL_S = 0.2
Say = Callable[[str], None]


class BuildRequest(NamedTuple):
    """What to build and how. ``rebuild``: also what is stale, foreign, truncated or tampered with.

    ``services``: stopped while building. ``every_s``: between two words of progress. ``root`` replaces "/" in tests.
    """

    jobs: List[BuildJob]
    target: str
    folder: str
    exports: str
    plans: str
    places: List[str]
    limit: int
    workspace_mb: int
    threads: int
    rebuild: bool
    services: Tuple[str, ...]
    every_s: float = 10.0
    root: str = "/"


class BuildOutcome(NamedTuple):
    """``name`` of the engine, None where there is none; ``status``: there, built or failed."""

    title: str
    name: Optional[str]
    status: str
    seconds: float
    error: Optional[OcrError]


def build(order: BuildRequest, say: Say) -> List[BuildOutcome]:
    """Every job of the order; one that fails does not keep the others from being built.

    Raises BuildError: busy, or a service that does not stop or start.
    """
    cache = Cache(order.folder)
    os.makedirs(os.path.join(order.folder, WORK), exist_ok=True)
    with cache.lock(), _ends_in_order():
        _clean(cache, say)
        measured = [_measured(order, job, say) for job in order.jobs]
        wanted = [(job, parts) for job, parts in measured if isinstance(parts, EngineIdentity)]
        missing = {job.title for job, parts in wanted if not _is_there(cache, parts, order.rebuild)}
        with services.stopped(order.services if missing else (), os.path.join(order.folder, WORK), say):
            return [_outcome(order, cache, job, parts, job.title in missing, say) for job, parts in measured]


@contextmanager
def _ends_in_order() -> Iterator[None]:
    """SIGTERM ends the block as an exception does, so that services start again."""

    def stop(number: int, frame: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def _clean(cache: Cache, say: Say) -> None:
    """Removes what builds that were cut off have left."""
    for name in cache.leftovers():
        say("removing {}: an earlier build was cut off".format(name))
        os.remove(os.path.join(cache.folder, name))
    work = os.path.join(cache.folder, WORK)
    for name in os.listdir(work):
        if name.endswith(files.PART):
            os.remove(os.path.join(work, name))


def _measured(order: BuildRequest, job: BuildJob, say: Say) -> Tuple[BuildJob, Any]:
    """The parts of the engine that is wanted, or the error that keeps them from being known."""
    try:
        answer = _child(order, job, "measure", "{}: reading the calibration images".format(job.title), None, say)
        return job, key.from_json(answer["parts"])
    except OcrError as error:
        return job, error


def _is_there(cache: Cache, parts: EngineIdentity, rebuild: bool) -> bool:
    """Whether nothing is to be done: there is a whole engine, or one that is refused and not to be rebuilt."""
    try:
        cache.read(parts)
        return True
    except EngineError as error:
        return error.code != "missing" and not rebuild


def _outcome(order: BuildRequest, cache: Cache, job: BuildJob, parts: Any, missing: bool, say: Say) -> BuildOutcome:
    start = time.monotonic()
    try:
        if isinstance(parts, OcrError):
            raise parts
        status = BUILT if missing else THERE
        if missing:
            _make(order, job, say)
        cache.read(parts)
        name: Optional[str] = key.name_of(parts)
        error: Optional[OcrError] = None
    except OcrError as failed:
        name, status, error = None, FAILED, failed
    return BuildOutcome(job.title, name, status, time.monotonic() - start, error)


def _make(order: BuildRequest, job: BuildJob, say: Say) -> None:
    own = settings()
    needed = memory.needed_mb(order.target, job.path, order.workspace_mb, own)
    memory.check(job.title, needed, own["floor_mb"], order.root)
    times = _times(order)
    expected = times.get(_title(order, job))
    start = time.monotonic()
    answer = _child(order, job, "make", "building {}".format(job.title), expected, say)
    for note in answer["notes"]:
        say("{}: {}".format(job.title, note))
    times[_title(order, job)] = round(time.monotonic() - start, 1)
    files.write_whole(_times_path(order), json.dumps(times).encode("utf-8"))


def _title(order: BuildRequest, job: BuildJob) -> str:
    return "{} {}".format(job.title, order.target)


def _times_path(order: BuildRequest) -> str:
    return os.path.join(order.folder, WORK, "seconds.json")


def _times(order: BuildRequest) -> Dict[str, float]:
    """How long each build took the last time, s."""
    try:
        with open(_times_path(order), encoding="utf-8") as stream:
            return {str(title): float(seconds) for title, seconds in json.load(stream).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def _child(
    order: BuildRequest, job: BuildJob, step: str, words: str, expected: Optional[float], say: Say
) -> Dict[str, Any]:
    """Runs one step in a process of its own and watches it. Raises the child's error, BuildError (killed, memory)."""
    with tempfile.TemporaryDirectory(prefix="engine-") as folder:
        answer = os.path.join(folder, "answer.json")
        spec = ReferenceSpec(
            step, job.entry.name, job.precision, order.target, order.exports, order.plans, order.places, order.limit,
            order.workspace_mb, order.threads, order.folder, answer,
        )  # fmt: skip
        path = os.path.join(folder, "spec.json")
        with open(path, "w", encoding="utf-8") as stream:
            json.dump(spec._asdict(), stream)
        child = subprocess.Popen(
            [sys.executable, "-m", "ocr_app.engines.building.child", path], env=_environment(order)
        )
        try:
            _watch(child, order, job, words, expected, say)
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
        return _answer(child.returncode, answer, job)


def _environment(order: BuildRequest) -> Dict[str, str]:
    """The child imports this very package."""
    paths = [HOME] + [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    return dict(os.environ, PYTHONPATH=os.pathsep.join(paths), OMP_NUM_THREADS=str(order.threads))


def _watch(child: Any, order: BuildRequest, job: BuildJob, words: str, expected: Optional[float], say: Say) -> None:
    """Until the child ends; says how long it has been, stops it when memory runs out."""
    start = said = time.monotonic()
    usual = "about {:.0f} s the last time".format(expected) if expected else "never done here before"
    say("{} ({})".format(words, usual))
    while child.poll() is None:
        memory.check_floor(job.title, settings()["floor_mb"], order.root)
        time.sleep(_POLL_S)
        if time.monotonic() - said >= order.every_s:
            said = time.monotonic()
            say("{}: {:.0f} s ({})".format(words, said - start, usual))


def _answer(code: int, path: str, job: BuildJob) -> Dict[str, Any]:
    try:
        with open(path, encoding="utf-8") as stream:
            answer: Dict[str, Any] = json.load(stream)
    except (OSError, ValueError):
        how = "was killed by signal {}".format(-code) if code < 0 else "ended with exit code {}".format(code)
        found = "the build of {} {}".format(job.title, how)
        next_step = "dmesg | grep -i oom; lower --workspace-mb; add swap; then run it again"
        raise BuildError(found, "an engine", next_step, "killed")
    if "error" in answer:
        raise from_json(answer["error"])
    return answer
