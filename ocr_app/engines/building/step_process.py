"""Runs one step of a build in a process of its own and watches it: progress, memory, and how it ended."""

import json
import os
import subprocess
import sys
import tempfile
import time
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

from ocr_app.core.errors import BuildError, from_json
from ocr_app.core.paths import HOME
from ocr_app.engines.building import memory
from ocr_app.engines.building.jobs import BuildJob, settings
from ocr_app.engines.building.reference import StepRequest

_POLL_S = 0.2
Report = Callable[[str], None]


class BuildRequest(NamedTuple):
    """What to build and how. ``rebuild``: also what is stale, foreign, truncated or tampered.

    ``calibration``: data sets; ``limit`` images of each. ``services``: stopped during the build. ``every_s``: interval
    of progress messages. ``root`` replaces "/" in tests.
    """

    jobs: List[BuildJob]
    target: str
    folder: str
    exports: str
    plans: str
    calibration: List[str]
    limit: int
    workspace_mb: int
    threads: int
    rebuild: bool
    services: Tuple[str, ...]
    every_s: float = 10.0
    root: str = "/"


def run_step(
    request: BuildRequest, job: BuildJob, step: str, title: str, expected_s: Optional[float], report: Report
) -> Dict[str, Any]:
    """The answer of the step ("measure" or "make"). ``expected_s``: how long it took the last time.

    Raises the error that the step answered with, or BuildError (killed, memory).
    """
    with tempfile.TemporaryDirectory(prefix="engine-") as folder:
        answer = os.path.join(folder, "answer.json")
        child = _start(_step_request(request, job, step, answer), os.path.join(folder, "request.json"))
        try:
            _watch(child, request, job, title, expected_s, report)
        finally:
            if child.poll() is None:
                child.kill()
            child.wait()
        return _answer(child.returncode, answer, job)


def _step_request(request: BuildRequest, job: BuildJob, step: str, answer: str) -> StepRequest:
    return StepRequest(
        step,
        job.spec.name,
        job.precision,
        request.target,
        request.exports,
        request.plans,
        request.calibration,
        request.limit,
        request.workspace_mb,
        request.threads,
        request.folder,
        answer,
    )


def _start(step: StepRequest, path: str) -> "subprocess.Popen[bytes]":
    with open(path, "w", encoding="utf-8") as stream:
        json.dump(step._asdict(), stream)
    command = [sys.executable, "-m", "ocr_app.engines.building.child", path]
    return subprocess.Popen(command, env=_environment(step.threads))


def _environment(threads: int) -> Dict[str, str]:
    """Environment variables with which the child imports this copy of the package."""
    paths = [HOME] + [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
    return dict(os.environ, PYTHONPATH=os.pathsep.join(paths), OMP_NUM_THREADS=str(threads))


def _watch(
    child: "subprocess.Popen[bytes]",
    request: BuildRequest,
    job: BuildJob,
    title: str,
    expected_s: Optional[float],
    report: Report,
) -> None:
    """Waits until the child ends and reports progress. Raises BuildError (memory) when memory runs out."""
    start = reported = time.monotonic()
    usual = "the last time it took about {:.0f} s".format(expected_s) if expected_s else "for the first time here"
    report("{} ({})".format(title, usual))
    while child.poll() is None:
        memory.check_floor(job.title, settings()["floor_mb"], request.root)
        time.sleep(_POLL_S)
        if time.monotonic() - reported >= request.every_s:
            reported = time.monotonic()
            report("{}: {:.0f} s ({})".format(title, reported - start, usual))


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
