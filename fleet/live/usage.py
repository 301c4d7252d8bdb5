"""Memory and open files of a process and its children over time, and how they change."""

from __future__ import annotations

import contextlib
import itertools
import os
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ocr_app.board.usage import cpu_of, machine_cpu

_PROC = Path("/proc")
_MB = 1 << 20


@dataclass(frozen=True)
class UsageSample:
    """A process at a moment. ``at``: seconds; memory in MB; ``children_mb``: of all its children together.

    ``cpu_s``: processor seconds of the process and its children by process id, for each as long as it has lived.
    ``machine_s``: processor seconds of everything on the computer since its start.
    """

    at: float
    memory_mb: float
    files: int
    children_mb: float
    cpu_s: Mapping[int, float] = field(default_factory=dict)
    machine_s: float = 0.0


def sample(pid: int, at: float) -> UsageSample | None:
    """The process now; None when it is gone."""
    try:
        files = len(os.listdir(_PROC / str(pid) / "fd"))
        own = _memory_mb(pid)
    except OSError:
        return None
    children, cpu = 0.0, {}
    for child in children_of(pid):
        with contextlib.suppress(OSError):
            children += _memory_mb(child)
            cpu[child] = cpu_of(child, ended_children=False)
    cpu[pid] = cpu_of(pid, ended_children=False)
    return UsageSample(at, own, files, children, cpu, machine_cpu() or 0.0)


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


def busy(samples: Sequence[UsageSample]) -> tuple[float, float]:
    """Processor seconds between the first and the last sample: of the process and its children, and of all others.

    What a child took after its last sample is not known and counts as others'.
    """
    own = 0.0
    for before, after in itertools.pairwise(samples):
        own += sum(max(0.0, spent - before.cpu_s.get(pid, 0.0)) for pid, spent in after.cpu_s.items())
    return own, max(0.0, samples[-1].machine_s - samples[0].machine_s - own)


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
