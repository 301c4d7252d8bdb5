"""Runs commands side by side, as many as the processors bear; prints what each one printed when it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

_LOOK_S = 0.2  # how often the processes are asked whether they have ended
_PATIENCE_S = 90.0  # after Ctrl-C; a suite of virtual boards removes them first

Say = Callable[[str], None]


@dataclass(frozen=True)
class SuitePart:
    """One process. ``seconds`` is what it may take, ``cores`` how many processors it then keeps busy on average.

    Processes in containers that it starts count. Both say only what runs when: a wrong number costs time.
    """

    name: str
    command: tuple[str, ...]
    seconds: float = 0.0
    cores: float = 1.0


@dataclass(frozen=True)
class PartOutcome:
    """How a part ended: exit code (128 + N after signal N), seconds of the clock, seconds of processor time.

    Processor time is that of the part and of children that it waited for: no container's. ``busy`` is how many
    processors of the whole machine were busy on average while the part ran; None on a machine without /proc/stat.
    """

    part: SuitePart
    code: int
    seconds: float
    processor_s: float
    busy: float | None = None


@dataclass(frozen=True)
class _RunningPart:
    part: SuitePart
    process: subprocess.Popen[bytes]
    log: Path
    since: float
    busy_s: float | None


@dataclass(frozen=True)
class Room:
    """What parts share: processors, and how many of them may run at once (for memory, and for waits in real time)."""

    cores: float
    most: int

    def takes(self, part: SuitePart, running: Collection[SuitePart]) -> bool:
        """Whether ``part`` may start beside those that run. A part that wants more than there is runs alone."""
        shares = [one.cores for one in running]
        return not shares or (len(shares) < self.most and sum(shares) + part.cores <= self.cores)

    def first(self, waiting: Iterable[SuitePart], running: Collection[SuitePart]) -> SuitePart | None:
        """Of those that may start now, the one with the most work."""
        fitting = [part for part in waiting if self.takes(part, running)]
        return max(fitting, key=lambda part: part.seconds * part.cores, default=None)


def expected_s(parts: Iterable[SuitePart], room: Room) -> float:
    """Seconds until the last part ends, if each takes what it may take."""
    waiting, now = list(parts), 0.0
    running: dict[SuitePart, float] = {}
    while waiting or running:
        while (part := room.first(waiting, running)) is not None:
            waiting.remove(part)
            running[part] = now + part.seconds
        now = min(running.values())
        running = {part: end for part, end in running.items() if end > now}
    return now


def run(
    parts: Iterable[SuitePart], room: Room, folder: Path, environ: Mapping[str, str], cwd: Path, say: Say
) -> list[PartOutcome]:
    """Run every part, as many at once as ``room`` takes. Returns the outcomes as they ended.

    A part that fails stops no other. The output of a part goes to ``folder``/NAME.log and is printed when the part
    ends. On an exception, Ctrl-C for example, the parts that run are told to end by SIGINT, and are waited for.
    """
    folder.mkdir(parents=True, exist_ok=True)
    if (
        signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    ):  # a shell's job in the background, whose parts would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    waiting = list(parts)
    running: list[_RunningPart] = []
    outcomes: list[PartOutcome] = []
    try:
        while waiting or running:
            while (part := room.first(waiting, [one.part for one in running])) is not None:
                waiting.remove(part)
                running.append(_start(part, folder, environ, cwd))
                say(f"-- {part.name}: started")
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
    return _RunningPart(part, process, path, time.monotonic(), machine_busy_s())


def _ended(one: _RunningPart) -> PartOutcome | None:
    """The outcome of a part, None while it runs. Processor time is its own and that of children it waited for."""
    pid, status, usage = os.wait4(one.process.pid, os.WNOHANG)
    if not pid:
        return None
    code = os.waitstatus_to_exitcode(status)
    one.process.returncode = code  # or Popen would wait for a process that is gone
    seconds, busy_s = time.monotonic() - one.since, machine_busy_s()
    busy = None if busy_s is None or one.busy_s is None else (busy_s - one.busy_s) / seconds
    return PartOutcome(one.part, code if code >= 0 else 128 - code, seconds, usage.ru_utime + usage.ru_stime, busy)


def machine_busy_s(stat: Path = Path("/proc/stat")) -> float | None:
    """Seconds that all processors of this machine together have worked since it started; None where Linux is not.

    The first line of /proc/stat is user, nice, system, idle, iowait, irq, softirq, ... in ticks (proc_stat(5)).
    """
    if not stat.exists():
        return None
    user, nice, system, _, _, irq, softirq = map(int, stat.read_text().split("\n", 1)[0].split()[1:8])
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


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
