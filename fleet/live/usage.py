"""Memory and open files of a process and its children over time, and how they change."""

from __future__ import annotations

import contextlib
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_MB = 1 << 20


@dataclass(frozen=True)
class UsageSample:
    """A process at a moment. ``at``: seconds; memory in MB; ``children_mb``: of all its children together."""

    at: float
    memory_mb: float
    files: int
    children_mb: float


def sample(pid: int, at: float) -> UsageSample | None:
    """The process now; None when it is gone."""
    try:
        files = len(os.listdir(_PROC / str(pid) / "fd"))
        own = _memory_mb(pid)
    except OSError:
        return None
    children = 0.0
    for child in children_of(pid):
        with contextlib.suppress(OSError):
            children += _memory_mb(child)
    return UsageSample(at, own, files, children)


def children_of(pid: int) -> list[int]:
    """The processes that this one has started, of all its threads."""
    found = []
    for path in (_PROC / str(pid) / "task").glob("*/children"):
        with contextlib.suppress(OSError):
            found += [int(word) for word in path.read_text(encoding="ascii").split()]
    return sorted(found)


def _memory_mb(pid: int) -> float:
    pages = int((_PROC / str(pid) / "statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / _MB


def slope_per_hour(samples: Sequence[tuple[float, float]]) -> float:
    """By how much a value grows in an hour, by least squares over (seconds, value); 0 for fewer than two moments."""
    if len({at for at, _ in samples}) < 2:
        return 0.0
    found = statistics.linear_regression([at / 3600.0 for at, _ in samples], [value for _, value in samples])
    return float(found.slope)


def change(values: Sequence[float], share: float = 0.2) -> tuple[float, float]:
    """The medians of the first and of the last ``share`` of the values."""
    many = max(1, int(share * len(values)))
    return statistics.median(values[:many]), statistics.median(values[-many:])
