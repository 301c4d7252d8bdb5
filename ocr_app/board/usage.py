"""The cost of a run, from /proc: wall time, CPU time with children, load of other processes, peak memory."""

import os
import resource
import sys
import time
from typing import Dict, List, NamedTuple, Optional

_TICKS = os.sysconf("SC_CLK_TCK")
_KB = 1024.0


class UsageSnapshot(NamedTuple):
    """Seconds since fixed moments; only differences of two snapshots are meaningful. None without /proc."""

    wall_s: float
    own_cpu_s: float
    machine_cpu_s: Optional[float]
    load: Optional[List[float]]


def snapshot() -> UsageSnapshot:
    """The current state. ``own_cpu_s`` covers this process, its ended children and its living descendants."""
    return UsageSnapshot(time.perf_counter(), _own_cpu(), machine_cpu(), _load())


def spent(before: UsageSnapshot, after: UsageSnapshot) -> Dict[str, Optional[float]]:
    """Seconds and cores between two snapshots.

    ``own_cores`` and ``other_cores`` are mean numbers of busy cores: of this process with its children, and of
    everything else on the machine, including time stolen by a hypervisor.
    """
    wall = max(after.wall_s - before.wall_s, 1e-9)
    own = after.own_cpu_s - before.own_cpu_s
    other: Optional[float] = None
    if before.machine_cpu_s is not None and after.machine_cpu_s is not None:
        other = round(max(after.machine_cpu_s - before.machine_cpu_s - own, 0.0) / wall, 3)
    return {"wall_s": round(wall, 3), "cpu_s": round(own, 3), "own_cores": round(own / wall, 3), "other_cores": other}


def peak_memory_mb() -> Dict[str, Optional[float]]:
    """Peak resident memory in MiB of this process (ru_maxrss), and of its largest child, living or ended, or None."""
    children = [resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / _unit()]
    children += [peak_of(pid) for pid in _descendants()]
    largest = max(children)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _unit()
    return {"self": round(own, 1), "child": round(largest, 1) if largest > 0 else None}


def _unit() -> float:
    return _KB * _KB if sys.platform == "darwin" else _KB  # getrusage(2): bytes on macOS, KiB on Linux


def _own_cpu() -> float:
    times = os.times()
    living = sum(cpu_of(pid) for pid in _descendants())
    return times.user + times.system + times.children_user + times.children_system + living


def machine_cpu() -> Optional[float]:
    """Busy seconds of all cores since boot: user, nice, system, irq, softirq, steal of proc(5)'s cpu line."""
    try:
        with open("/proc/stat") as stream:
            fields = [int(field) for field in stream.readline().split()[1:9]]
    except (OSError, ValueError):
        return None
    return (sum(fields) - fields[3] - fields[4]) / _TICKS if len(fields) == 8 else None


def _load() -> Optional[List[float]]:
    try:
        return [round(value, 2) for value in os.getloadavg()]
    except OSError:
        return None


def _stat(pid: int) -> List[str]:
    """The fields of /proc/PID/stat from the state on. The name of a process may contain spaces and brackets."""
    try:
        with open("/proc/{}/stat".format(pid)) as stream:
            return stream.read().rpartition(")")[2].split()
    except OSError:
        return []


def cpu_of(pid: int, ended_children: bool = True) -> float:
    """CPU seconds of a living process, with those of the children that it waited for; 0 if it cannot be read."""
    fields = _stat(pid)
    return sum(int(field) for field in fields[11 : 15 if ended_children else 13]) / _TICKS if len(fields) > 14 else 0.0


def _descendants() -> List[int]:
    """The living descendants of this process."""
    try:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
    except OSError:
        return []
    parents = {pid: int(fields[1]) for pid, fields in ((pid, _stat(pid)) for pid in pids) if fields}
    found = [os.getpid()]
    for parent in found:
        found.extend(pid for pid, its_parent in parents.items() if its_parent == parent)
    return found[1:]


def peak_of(pid: int) -> float:
    """The peak resident memory of a living process in MiB (VmHWM of proc(5)); 0 if it cannot be read."""
    try:
        with open("/proc/{}/status".format(pid)) as stream:
            peaks = [line.split()[1] for line in stream if line.startswith("VmHWM:")]
    except OSError:
        return 0.0
    return round(int(peaks[0]) / _KB, 1) if peaks else 0.0
