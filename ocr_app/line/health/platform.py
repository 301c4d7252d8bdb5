"""Reasons that the platform itself shows: clock, disk, memory, processor, supply. Read from Linux, without root."""

import ctypes
import os
import re
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

from ocr_app.board.environment import clocks, read_text
from ocr_app.board.supply import is_under_voltage
from ocr_app.board.validity import MIN_CLOCK_SHARE, STEADY_GOVERNORS

CLOCKS_WANTED = "run/nano-ocr/clocks-wanted"
_STA_UNSYNC = 0x0040  # linux/timex.h
_STATUS_AT = 40  # offset of ``status`` in struct timex on 64-bit Linux: int, pad, then four longs


class Bounds(NamedTuple):
    """``folders`` have to keep ``disk_mb`` free; ``memory_mb`` is what one reader needs."""

    folders: Tuple[str, ...] = ()
    disk_mb: int = 500
    memory_mb: int = 150
    root: str = "/"


def clock_synced() -> bool:
    """Whether something synchronises the kernel's clock (adjtimex(2), read only; no wall clock is read)."""
    buffer = ctypes.create_string_buffer(512)  # struct timex, 208 bytes, all zero: nothing is set
    library = ctypes.CDLL(None, use_errno=True)
    if library.adjtimex(buffer) < 0:
        return False
    return not ctypes.c_int.from_buffer(buffer, _STATUS_AT).value & _STA_UNSYNC


def reasons(
    bounds: Bounds,
    synced: Callable[[], bool] = clock_synced,
    statvfs: Callable[[str], Any] = os.statvfs,
) -> List[str]:
    """The reasons that apply now, sorted; what cannot be seen here does not apply."""
    found = [] if synced() else ["clock_unsynced"]
    for folder in bounds.folders:
        found += _of_disk(folder, bounds.disk_mb, statvfs)
    free = free_memory_mb(bounds.root)
    found += ["memory_low"] if free is not None and free < bounds.memory_mb else []
    found += ["throttled"] if is_throttled(bounds.root) else []
    found += ["clocks_free"] if are_clocks_free(bounds.root) else []
    found += ["under_voltage"] if is_under_voltage(bounds.root) else []
    return sorted(set(found))


def _of_disk(folder: str, least_mb: int, statvfs: Callable[[str], Any]) -> List[str]:
    try:
        about = statvfs(folder)
    except OSError:
        return []  # the part that uses the folder reports what is wrong with it
    found = ["disk_low"] if about.f_bavail * about.f_frsize < least_mb << 20 else []
    return found + (["disk_read_only"] if about.f_flag & os.ST_RDONLY else [])


def free_memory_mb(root: str) -> Optional[int]:
    """What is available without swapping: to the machine, and within the container's limit where it has one."""
    line = re.search(r"MemAvailable:\s+(\d+) kB", read_text(root, "proc/meminfo") or "")
    found = [int(line.group(1)) // 1024] if line else []
    for folder, limit, usage in (
        ("sys/fs/cgroup", "memory.max", "memory.current"),
        ("sys/fs/cgroup/memory", "memory.limit_in_bytes", "memory.usage_in_bytes"),
    ):
        texts = [read_text(root, os.path.join(folder, name)) or "" for name in (limit, usage)]
        if all(text.isdigit() for text in texts):
            cache = re.search(r"inactive_file (\d+)", read_text(root, os.path.join(folder, "memory.stat")) or "")
            found.append((int(texts[0]) - int(texts[1]) + int(cache.group(1) if cache else 0)) >> 20)
    return min(found) if found else None


def is_throttled(root: str) -> bool:
    """Whether a clock that should be constant is lower than that; idle clocks are low by design and do not count."""
    own = clocks(root)
    steady = own["locked"] or own["governor"] in STEADY_GOVERNORS
    return bool(steady and own["cur"] and own["max"] and own["cur"] < MIN_CLOCK_SHARE * own["max"])


def are_clocks_free(root: str) -> bool:
    """Whether the board wants its clocks locked, and the processor's is not.

    The unit nano-ocr-clocks of a board makes the file that says so (Ansible's role power_mode) in the folder that the
    container sees as /run/nano-ocr. Where the bounds of the clock cannot be read, nothing is said.
    """
    return os.path.exists(os.path.join(root, CLOCKS_WANTED)) and clocks(root)["locked"] is False
