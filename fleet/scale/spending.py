"""What a command and all that it started spent on this machine: processor time, memory, and nothing of the boards.

Masters of ssh outlive a play and belong to nobody then. So the process that measures becomes their reaper (Linux,
PR_SET_CHILD_SUBREAPER), ends them, and has their time in its own account of children.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import FleetScaleError
from fleet.virtual.docker import run_docker

_PROC = Path("/proc")
_CGROUPS = Path("/sys/fs/cgroup")
_REAPER = 36  # PR_SET_CHILD_SUBREAPER, linux/prctl.h
_EVERY_S = 0.25


@dataclass
class Spent:
    """Seconds of the clock, of the processor (with all children, and at most MiB at once), and those of the boards.

    ``code`` is what the measured function returned. Memory is shared out (PSS), so that what forks share counts once.
    """

    wall_s: float = 0.0
    control_s: float = 0.0
    boards_s: float = 0.0
    peak_mib: float = 0.0
    code: int = 0


def measure(work: Callable[[], int], containers: list[str]) -> Spent:
    """Call ``work``, which runs commands, and measure it beside ``containers``. Raises FleetScaleError."""
    if ctypes.CDLL(None, use_errno=True).prctl(_REAPER, 1, 0, 0, 0):
        raise FleetScaleError("this system does not let a process reap what others leave", "Linux 3.4 or later")
    boards = [account_of(name) for name in containers]
    before, spent = _children_s(), Spent()
    start = time.monotonic()
    with _watched(spent, boards):
        spent.code = work()
        spent.wall_s = time.monotonic() - start
    _end_children()
    spent.control_s = _children_s() - before
    spent.boards_s = sum(board.used_s for board in boards)
    return spent


def _children_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass
class BoardAccount:
    """Seconds of the processor that one container used. It counts from 0 again when a board restarts."""

    file: Path
    used_s: float = 0.0
    last_s: float = 0.0

    def look(self) -> None:
        """Add what was used since the last look."""
        now_s = self._now_s()
        self.used_s += now_s - self.last_s if now_s >= self.last_s else now_s
        self.last_s = now_s

    def _now_s(self) -> float:
        with contextlib.suppress(OSError):
            text = self.file.read_text()
            return int(text.split()[1]) / 1e6 if self.file.name == "cpu.stat" else int(text) / 1e9
        return 0.0  # between two starts


def account_of(container: str) -> BoardAccount:
    """The account of a container, from now on. Raises FleetScaleError where control groups keep none."""
    pid = run_docker("inspect", "--format", "{{.State.Pid}}", container)
    for line in (_PROC / pid / "cgroup").read_text().splitlines():
        _, kinds, path = line.split(":", 2)
        old, new = _CGROUPS / "cpuacct" / path.lstrip("/") / "cpuacct.usage", _CGROUPS / path.lstrip("/") / "cpu.stat"
        file = old if "cpuacct" in kinds.split(",") else new if not kinds else None
        if file and file.is_file():
            account = BoardAccount(file)
            account.look()
            account.used_s = 0.0
            return account
    raise FleetScaleError(f"{container} has no account of processor time", "a control group cpuacct, or cgroup v2")


@contextmanager
def _watched(spent: Spent, boards: list[BoardAccount]) -> Iterator[None]:
    """Look at the memory of all children, and at the boards, four times a second."""
    done = threading.Event()

    def watch() -> None:
        while not done.wait(_EVERY_S):
            spent.peak_mib = max(spent.peak_mib, sum(memory_mib(pid) for pid in offspring(os.getpid())))
            for board in boards:
                board.look()

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()
        for board in boards:
            board.look()


def offspring(pid: int) -> list[int]:
    """The children of a process, theirs, and so on."""
    parents: dict[int, list[int]] = {}
    for entry in _PROC.iterdir():
        if entry.name.isdigit():
            with contextlib.suppress(OSError):
                parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
                parents.setdefault(parent, []).append(int(entry.name))
    found, left = [], [pid]
    while left:
        below = parents.get(left.pop(), [])
        found += below
        left += below
    return found


def memory_mib(pid: int) -> float:
    """Memory of a process in MiB, its share of what it shares; 0 when it is gone."""
    with contextlib.suppress(OSError):
        for line in (_PROC / str(pid) / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1]) / 1024
    return 0.0


def _end_children() -> None:
    """End what the command left (masters of ssh), and take it into the account."""
    for pid in offspring(os.getpid()):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)
