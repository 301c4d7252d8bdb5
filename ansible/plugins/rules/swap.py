"""Rules of the role swap: one file of the right size, used now and after a reboot; zram as decided."""

from __future__ import annotations

from typing import Any

from .model import Observed, Rule, Settings

MIB = 1048576
HEADER = 4096  # the first page of the file is its header, which the kernel does not count
ZRAM = "nvzramconfig.service"


def rules(observed: Observed, settings: Settings) -> list[Rule]:
    """The promises of the role."""
    path, size_mib = settings.text("swap_file"), settings.number("swap_size_mib")
    file, rows = observed.file("file"), _in_use(observed, path)
    fstab = line(settings) in observed.file("fstab").text.splitlines()
    wanted_zram = settings.switch("swap_zram")
    return [
        Rule(
            "swap.file",
            f"{file.size // MIB} MiB, mode {file.mode}" if file.exists else f"no {path}",
            f"{size_mib} MiB, mode 0600",
        ),
        Rule("swap.active", f"{_active_mib(rows)} MiB" if rows else "not in use", f"{size_mib} MiB"),
        Rule("swap.fstab", f"{'a line' if fstab else 'no line'} for {path}", f"a line for {path}"),
        Rule("swap.zram", "on" if _zram_on(observed) else "off", "on" if wanted_zram else "off"),
    ]


def work(observed: Observed, settings: Settings) -> dict[str, Any]:
    """What converge.yml and reset.yml have to know."""
    rows = _in_use(observed, settings.text("swap_file"))
    file, size_mib = observed.file("file"), settings.number("swap_size_mib")
    whole = file.size == size_mib * MIB and file.mode == "0600" and _active_mib(rows) == size_mib
    return {
        "make": not whole,
        "active": bool(rows),
        "used_mib": int(rows[0][2]) // MIB if rows else 0,
        "line": line(settings),
        "free": [] if settings.switch("swap_zram") else _zram_devices(observed),
    }


def room(observed: Observed, settings: Settings) -> list[Rule]:
    """Whether the disk has room for the file; what an old file takes is free again."""
    size_mib, reserve_mib = settings.number("swap_size_mib"), settings.number("swap_reserve_mib")
    room_mib = (observed.free_mb("home") * 1000000 + observed.file("file").size) // MIB - reserve_mib
    return [
        Rule(
            "swap.room",
            f"room for {room_mib} MiB beside a reserve of {reserve_mib} MiB",
            f"{size_mib} MiB in {observed.folder('home')}",
            holds=room_mib >= size_mib,
            next="free some space (apt clean, docker system prune), or make swap_size_mib smaller",
        )
    ]


def line(settings: Settings) -> str:
    """The line of /etc/fstab; nofail: a node that lost power while the file was made starts without a failed unit."""
    return f"{settings.text('swap_file')} none swap sw,nofail 0 0"


def _rows(observed: Observed) -> list[list[str]]:
    return [row.split() for row in observed.command("active").out.splitlines()]


def _in_use(observed: Observed, path: str) -> list[list[str]]:
    """Rows (name, bytes, bytes used) of the swap file, at most one."""
    return [row for row in _rows(observed) if row[0] == path]


def _active_mib(rows: list[list[str]]) -> int:
    return (int(rows[0][1]) + HEADER) // MIB if rows else 0


def _zram_devices(observed: Observed) -> list[str]:
    return [row[0] for row in _rows(observed) if row[0].startswith("/dev/zram")]


def _zram_on(observed: Observed) -> bool:
    return bool(_zram_devices(observed)) or observed.unit(ZRAM).enabled == "enabled"
