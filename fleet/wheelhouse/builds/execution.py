"""Runs the stages of a prepared build, watches them, and ends them with this command."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from typing import Any

from fleet.core.errors import WheelBuildFailed
from fleet.wheelhouse.builds.declarations import WheelBuild
from fleet.wheelhouse.builds.machine import BuildPlatform

Say = Callable[[str], None]
_LOOK_S, _HEARTBEAT_S = 0.2, 60.0


def run_stages(made: WheelBuild, platform: BuildPlatform, say: Say) -> None:
    """Run the remaining stages and report each. Raises WheelBuildFailed with the last lines of a failed stage."""
    name = f"nano-ocr-build-{made.spec.name}"
    arguments = [made.python, str(made.folder / "stages.py"), str(made.folder / "spec.json")]
    command = platform.command(arguments, made.folder, name)
    end = time.monotonic() + made.hours * 3600
    with (made.folder / "runner.log").open("w") as log:
        process = subprocess.Popen(
            command, cwd=made.folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
        )
        try:
            _watch(process, made, end, say)
        finally:
            _end(process, platform, name)
    if process.returncode:
        raise _failed(made, f"within {made.hours:g} h" if time.monotonic() >= end else "without an error")


def _watch(process: subprocess.Popen[bytes], made: WheelBuild, end: float, say: Say) -> None:
    shown, beat = "", time.monotonic()
    while process.poll() is None and time.monotonic() < end:
        status = _status(made)
        at = f"{status['stage']} ({status['number']} of {status['of']})"
        if at != shown or time.monotonic() - beat >= _HEARTBEAT_S:
            say(f"{made.spec.name}: {at}" + (f": {_last(made, 1)}" if at == shown else ""))
            shown, beat = at, time.monotonic()
        time.sleep(_LOOK_S)


def _end(process: subprocess.Popen[bytes], platform: BuildPlatform, name: str) -> None:
    """End the whole build with this command; finished stages are kept."""
    if process.poll() is None:
        if platform.image:
            subprocess.run(["docker", "kill", name], capture_output=True, check=False)
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _failed(made: WheelBuild, expected: str) -> WheelBuildFailed:
    status, log = _status(made), made.folder / "build.log"
    if status["number"] == 0:
        words = (made.folder / "runner.log").read_text(errors="replace").strip()[-600:]
        return WheelBuildFailed(
            f"{made.spec.name} did not start: {words}", "a runner that starts", f"see {made.folder}"
        )
    found = (
        f"{made.spec.name} stopped at {status['stage']} ({status['number']} of {status['of']})\n    {_last(made, 6)}"
    )
    return WheelBuildFailed(
        found, f"that stage to end {expected}", f"read {log}, then run this again: it resumes at that stage"
    )


def _status(made: WheelBuild) -> dict[str, Any]:
    try:
        status: dict[str, Any] = json.loads((made.folder / "status.json").read_text())
    except (OSError, ValueError):
        return {"stage": "start", "number": 0, "of": len(made.stages), "state": "running"}
    return status


def _last(made: WheelBuild, count: int) -> str:
    log = made.folder / "build.log"
    lines = log.read_text(errors="replace").strip().splitlines() if log.is_file() else []
    return "\n    ".join(lines[-count:])
