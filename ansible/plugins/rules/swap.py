"""Rules of the role swap: one file of the right size, used now and after a reboot; zram as decided, before the file."""

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
        Rule("swap.zram", _zram(observed, wanted_zram), "on" if wanted_zram else "off"),
        _order(observed, settings),
        _swappiness(observed, settings),
        *_disk(observed, settings),
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
        "zram": _state_of_zram(observed, settings),
        "sysctl": f"vm.swappiness = {settings.number('swap_swappiness')}\n",
        "tell_kernel": observed.file("swappiness").text.strip() != str(settings.number("swap_swappiness")),
    }


def room(observed: Observed, settings: Settings) -> list[Rule]:
    """Whether the chosen disk is there and has room for the file; what an old file takes is free again."""
    size_mib, reserve_mib = settings.number("swap_size_mib"), settings.number("swap_reserve_mib")
    room_mib = (observed.free_mb("home") * 1000000 + observed.file("file").size) // MIB - reserve_mib
    return [
        *_disk(observed, settings),
        Rule(
            "swap.room",
            f"room for {room_mib} MiB beside a reserve of {reserve_mib} MiB",
            f"{size_mib} MiB in {observed.folder('home')}",
            holds=room_mib >= size_mib,
            next="free some space (apt clean, docker system prune), or make swap_size_mib smaller",
        ),
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


def _zram(observed: Observed, wanted: bool) -> str:
    """on, off, or what is missing of the wanted state: it has to be in use now, and enabled for the next start."""
    used, enabled = bool(_zram_devices(observed)), observed.unit(ZRAM).enabled == "enabled"
    if not wanted:
        return "on" if used or enabled else "off"
    if used != enabled:
        return "on until the next start" if used else "enabled, and not in use"
    return "on" if used else "off"


def _state_of_zram(observed: Observed, settings: Settings) -> str:
    """The state for systemd: the unit counts as started although its devices were taken out of use."""
    if not settings.switch("swap_zram"):
        return "stopped"
    return "started" if _zram_devices(observed) else "restarted"


def _order(observed: Observed, settings: Settings) -> Rule:
    """The kernel fills the swap of the highest priority first (swapon(8)); L4T gives zram 5, a file has less than 0."""
    ranks = {kind: [int(row[3]) for row in rows] for kind, rows in _by_kind(observed, settings).items()}
    if not all(ranks.values()):
        return Rule("swap.order", "one kind of swap", "zram before the file", holds=True)
    before = min(ranks["zram"]) > max(ranks["file"])
    found = f"zram {min(ranks['zram'])}, file {max(ranks['file'])}"
    return Rule("swap.order", "zram before the file" if before else found, "zram before the file")


def _by_kind(observed: Observed, settings: Settings) -> dict[str, list[list[str]]]:
    zram = [row for row in _rows(observed) if row[0].startswith("/dev/zram")]
    return {"zram": zram, "file": _in_use(observed, settings.text("swap_file"))}


def _swappiness(observed: Observed, settings: Settings) -> Rule:
    wanted = settings.number("swap_swappiness")
    now = observed.file("swappiness").text.strip() or "unknown"
    kept = observed.file("sysctl").text.strip() == f"vm.swappiness = {wanted}"
    return Rule("swap.swappiness", now + ("" if kept else ", not kept"), str(wanted))


def _disk(observed: Observed, settings: Settings) -> list[Rule]:
    """The chosen disk has to be mounted: where it is not, its folder is one of the SD card."""
    wanted, answer = settings.text("swap_disk"), observed.command("mount")
    if not wanted:
        return []
    target, _, source = answer.out.strip().partition(" ")
    found = f"{source.strip()} on {target}" if target else answer.last_error("no answer of findmnt")
    next_step = f"mount the disk on {wanted} at each boot, by a line in /etc/fstab of the board"
    return [Rule("swap.disk", found, f"a disk on {wanted}", holds=target == wanted, next=next_step)]
