"""Runs commands side by side, a few at a time, and prints what each one printed as a whole when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_LOOK_S = 0.2  # how often the processes are asked whether they have ended
_PATIENCE_S = 90.0  # after Ctrl-C; a suite of virtual boards removes them first

Say = Callable[[str], None]


@dataclass(frozen=True)
class SuitePart:
    """One process. ``seconds`` is what it may take; the longest start first, and nothing else depends on it."""

    name: str
    command: tuple[str, ...]
    seconds: float = 0.0


@dataclass(frozen=True)
class PartOutcome:
    """How a part ended: exit code (128 + N after signal N), seconds of the clock, seconds of processor time."""

    part: SuitePart
    code: int
    seconds: float
    processor_s: float


@dataclass(frozen=True)
class _RunningPart:
    part: SuitePart
    process: subprocess.Popen[bytes]
    log: Path
    since: float


def run(
    parts: Iterable[SuitePart], slots: int, folder: Path, environ: Mapping[str, str], cwd: Path, say: Say
) -> list[PartOutcome]:
    """Run every part, ``slots`` at a time; a part that fails stops no other. Returns the outcomes as they ended.

    The output of a part goes to ``folder``/NAME.log and is printed when the part ends. On an exception, Ctrl-C for
    example, the parts that run are told to end by SIGINT, and are waited for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (
        signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    ):  # a shell's job in the background, whose parts would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    waiting = sorted(parts, key=lambda part: -part.seconds)
    running: list[_RunningPart] = []
    outcomes: list[PartOutcome] = []
    try:
        while waiting or running:
            while waiting and len(running) < slots:
                running.append(_start(waiting.pop(0), folder, environ, cwd))
                say(f"-- {running[-1].part.name}: started")
            for one in list(running):
                if (outcome := _ended(one)) is not None:
                    running.remove(one)
                    outcomes.append(outcome)
                    ended = "passed" if outcome.code == 0 else f"FAILED (exit code {outcome.code})"
                    _show(one, f"{ended} in {outcome.seconds:.0f} s", say)
            time.sleep(_LOOK_S)
    finally:
        _interrupt(running, say)
    return outcomes


def _start(part: SuitePart, folder: Path, environ: Mapping[str, str], cwd: Path) -> _RunningPart:
    path = folder / f"{part.name}.log"
    with path.open("wb") as output:
        process = subprocess.Popen(
            part.command, cwd=cwd, env=dict(environ), stdin=subprocess.DEVNULL, stdout=output,
            stderr=subprocess.STDOUT, start_new_session=True,  # a terminal's Ctrl-C would reach it a second time
        )  # fmt: skip
    return _RunningPart(part, process, path, time.monotonic())


def _ended(one: _RunningPart) -> PartOutcome | None:
    """The outcome of a part, None while it runs. Processor time is its own and that of children it waited for."""
    pid, status, usage = os.wait4(one.process.pid, os.WNOHANG)
    if not pid:
        return None
    code = os.waitstatus_to_exitcode(status)
    one.process.returncode = code  # or Popen would wait for a process that is gone
    return PartOutcome(
        one.part,
        code if code >= 0 else 128 - code,
        time.monotonic() - one.since,
        usage.ru_utime + usage.ru_stime,
    )


def _show(one: _RunningPart, ended: str, say: Say) -> None:
    say(f"\n== {one.part.name}: {ended}\n$ {' '.join(one.part.command)}")
    say(one.log.read_text(encoding="utf-8", errors="replace").rstrip())


def _interrupt(running: list[_RunningPart], say: Say) -> None:
    """SIGINT to each, and SIGKILL to those that are still there after some time."""
    for one in running:
        one.process.send_signal(signal.SIGINT)
    limit = time.monotonic() + _PATIENCE_S
    for one in running:
        try:
            one.process.wait(max(0.1, limit - time.monotonic()))
        except subprocess.TimeoutExpired:
            one.process.kill()
            one.process.wait()
        _show(one, "cut off", say)
