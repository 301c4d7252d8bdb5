"""What goes wrong in a soak test: the broker is killed, the reading process is killed, the disk is full."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet.core.errors import LiveLineError
from fleet.live import usage
from fleet.live.broker import LoopbackBroker
from fleet.live.process import LineProcess

_BLOCK = 1 << 16


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[bool]:
    """A file system of its own at ``folder``, in memory; False where only the ordinary disk can be had (not root)."""
    folder.mkdir(parents=True, exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    try:
        yield mounted
    finally:
        if mounted:
            subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(folder: Path) -> Path:
    """A file that takes everything that is free in a file system; returns it."""
    path = folder / "ballast"
    with path.open("ab", buffering=0) as stream:
        size = _BLOCK
        while size:
            try:
                stream.write(b"\0" * size)
            except OSError:
                size //= 2
    return path


def free_bytes(folder: Path) -> int:
    """What anybody may still write in a file system."""
    about = os.statvfs(folder)
    return about.f_bavail * about.f_frsize


class LineFaults:
    """Faults that take turns; each returns when it is over. ``small``: whether the journal is on a small disk."""

    def __init__(self, line: LineProcess, broker: LoopbackBroker, small: bool, hold_s: float = 5.0) -> None:
        self._line, self._broker, self._hold_s = line, broker, hold_s
        self.counts: dict[str, int] = {}
        self._turns: list[tuple[str, Callable[[], None]]] = [
            ("broker killed", self._kill_broker),
            ("reading process killed", self._kill_reader),
            ("broker stopped", self._stop_broker),
        ]
        if small:
            self._turns.append(("disk full", self._fill_disk))

    def next(self) -> str:
        """Lets the next thing go wrong; returns what it was."""
        name, work = self._turns[sum(self.counts.values()) % len(self._turns)]
        work()
        self.counts[name] = self.counts.get(name, 0) + 1
        return name

    def _kill_broker(self) -> None:
        self._broker.kill()
        time.sleep(self._hold_s)
        self._broker.start()

    def _stop_broker(self) -> None:
        self._broker.stop()
        time.sleep(self._hold_s)
        self._broker.start()

    def _kill_reader(self) -> None:
        if self._line.process is not None:
            for child in usage.children_of(self._line.process.pid)[:1]:
                os.kill(child, signal.SIGKILL)

    def _fill_disk(self) -> None:
        """Again and again, because the line makes room: it removes pictures, and moves its log into the journal.

        Raises LiveLineError where the disk was not full.
        """
        until = time.monotonic() + self._hold_s
        ballast = fill(self._line.journal)
        try:
            if free_bytes(self._line.journal):
                raise LiveLineError("the disk could not be filled", "no free byte", str(self._line.journal))
            while time.monotonic() < until:
                time.sleep(0.05)
                fill(self._line.journal)
        finally:
            ballast.unlink()
