"""Work of the role swap: when the file is made anew, what is taken out of use, and whether there is room."""

from __future__ import annotations

from typing import Any

import pytest
from rules import swap
from rules.model import Observed

from tests.unit.ansible.answers import command, file, judged, settings, unit

FULL = 6442450944
ROW = "/mnt/nano-ocr.swap 6442446848 1048576 -2"
ZRAM = "/dev/zram0 518905856 0 5\n/dev/zram1 518905856 0 5"


def observed(rows: str = ROW, size: int = FULL, mode: str = "0600", free_mb: int = 9000) -> dict[str, Any]:
    return {
        "commands": {"active": command(rows), "mount": command("/ /dev/mmcblk0p1")},
        "files": {
            "file": file(size=size, mode=mode),
            "fstab": file(""),
            "swappiness": file("60\n"),
            "sysctl": file("vm.swappiness = 60\n"),
        },
        "units": {"nvzramconfig.service": unit()},
        "disks": {"home": {"path": "/mnt", "free_mb": free_mb}},
    }


def work(seen: dict[str, Any], **changed: Any) -> dict[str, Any]:
    return swap.work(Observed(seen), settings("swap", **changed))


@pytest.mark.parametrize(
    "seen, make",
    [
        (observed(), False),
        (observed(rows=""), True),
        (observed(size=4096), True),
        (observed(size=2 * FULL), True),
        (observed(mode="0644"), True),
        (observed(rows="/mnt/nano-ocr.swap 1044480 0 -2"), True),
    ],
    ids=["whole", "not in use", "another size", "larger", "another mode", "in use with another size"],
)
def test_the_file_is_made_anew_unless_it_is_whole_and_in_use(seen: dict[str, Any], make: bool) -> None:
    assert work(seen)["make"] is make


def test_what_is_in_use_is_told_in_mib() -> None:
    assert (work(observed())["active"], work(observed())["used_mib"]) == (True, 1)
    assert (work(observed(rows=""))["active"], work(observed(rows=""))["used_mib"]) == (False, 0)


def test_zram_is_freed_only_when_it_is_not_wanted() -> None:
    seen = observed(rows=ZRAM)
    assert work(seen)["free"] == ["/dev/zram0", "/dev/zram1"]
    assert work(seen, swap_zram="true")["free"] == []


@pytest.mark.parametrize("free_mb, holds", [(0, False), (1074, True), (1073, False)])
def test_room_counts_the_old_file_and_keeps_the_reserve(free_mb: int, holds: bool) -> None:
    rule = judged("swap", observed(free_mb=free_mb), subject="room")["swap.room"]
    assert rule["holds"] is holds and rule["expected"] == "6144 MiB in /mnt"
    assert rule["found"].endswith("beside a reserve of 1024 MiB") and "swap_size_mib smaller" in rule["next"]


def test_the_line_of_fstab_survives_a_missing_file() -> None:
    assert work(observed())["line"] == "/mnt/nano-ocr.swap none swap sw,nofail 0 0"


@pytest.mark.parametrize(
    "rows, enabled, unwanted, wanted",
    [
        (ROW, "disabled", "off", "off"),
        (ROW, "enabled", "on", "enabled, and not in use"),  # it comes back at the next start
        (ROW + "\n" + ZRAM, "disabled", "on", "on until the next start"),
        (ROW + "\n" + ZRAM, "enabled", "on", "on"),
    ],
)
def test_zram_is_as_wanted_only_when_it_is_so_now_and_at_the_next_start(
    rows: str, enabled: str, unwanted: str, wanted: str
) -> None:
    seen = observed(rows=rows)
    seen["units"]["nvzramconfig.service"] = unit(enabled=enabled)
    for zram, found, right in ((False, unwanted, "off"), ("true", wanted, "on")):
        rule = judged("swap", seen, swap_zram=zram)["swap.zram"]
        assert (rule["found"], rule["holds"]) == (found, found == right)


@pytest.mark.parametrize(
    "rows, zram, state",
    [
        (ZRAM, False, "stopped"),
        (ROW, False, "stopped"),
        (ROW + "\n" + ZRAM, True, "started"),
        (ROW, True, "restarted"),  # systemd takes the unit for started although its devices were freed
    ],
)
def test_what_becomes_of_zram(rows: str, zram: bool, state: str) -> None:
    assert work(observed(rows=rows), swap_zram=zram)["zram"] == state


@pytest.mark.parametrize(
    "rows, found",
    [
        (ROW, "one kind of swap"),
        (ZRAM, "one kind of swap"),
        (ROW + "\n" + ZRAM, "zram before the file"),
        (ROW + "\n" + ZRAM.replace("0 5", "0 -3"), "zram -3, file -2"),
        (ROW.replace("-2", "5") + "\n" + ZRAM, "zram 5, file 5"),
        (ROW + "\n/dev/zram0 518905856 0 5\n/dev/zram1 518905856 0 -4", "zram -4, file -2"),
    ],
    ids=["file alone", "zram alone", "zram first", "file first", "side by side", "one device behind the file"],
)
def test_zram_has_to_be_filled_before_the_file(rows: str, found: str) -> None:
    rule = judged("swap", observed(rows=rows))["swap.order"]
    assert rule["found"] == found and rule["holds"] is (found in ("one kind of swap", "zram before the file"))


@pytest.mark.parametrize(
    "now, kept, wanted, found, tell",
    [
        ("60\n", "vm.swappiness = 60\n", 60, "60", False),
        ("60\n", "", 60, "60, not kept", False),
        ("100\n", "vm.swappiness = 100\n", 60, "100, not kept", True),
        ("60\n", "vm.swappiness = 100\n", "100", "60", True),
        ("", "", 60, "unknown, not kept", True),
    ],
)
def test_how_readily_the_kernel_swaps_now_and_after_a_start(
    now: str, kept: str, wanted: Any, found: str, tell: bool
) -> None:
    seen = observed()
    seen["files"].update(swappiness=file(now), sysctl=file(kept, exists=bool(kept)))
    rule = judged("swap", seen, swap_swappiness=wanted)["swap.swappiness"]
    assert (rule["found"], rule["holds"]) == (found, found == str(wanted))
    done = work(seen, swap_swappiness=wanted)
    assert (done["tell_kernel"], done["sysctl"]) == (tell, f"vm.swappiness = {wanted}\n")


def test_a_chosen_disk_that_is_not_mounted_is_refused_before_the_card_is_filled() -> None:
    given = {"swap_disk": "/media/disk", "swap_file": "/media/disk/nano-ocr.swap"}
    rule = judged("swap", observed(), subject="room", **given)["swap.disk"]
    assert (rule["found"], rule["expected"]) == ("/dev/mmcblk0p1 on /", "a disk on /media/disk")
    assert not rule["holds"] and "/etc/fstab" in rule["next"]
    seen = observed()
    seen["commands"]["mount"] = command("/media/disk /dev/sda1")
    assert judged("swap", seen, **given)["swap.disk"]["holds"]
    seen["commands"]["mount"] = command("", 127, "no program findmnt")
    assert judged("swap", seen, **given)["swap.disk"]["found"] == "no program findmnt"
    assert "swap.disk" not in judged("swap", observed())
