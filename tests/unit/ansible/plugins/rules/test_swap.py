"""Work of the role swap: when the file is made anew, what is taken out of use, and whether there is room."""

from __future__ import annotations

from typing import Any

import pytest
from rules import swap
from rules.model import Observed

from tests.unit.ansible.answers import command, file, judged, settings, unit

FULL = 6442450944
ROW = "/mnt/nano-ocr.swap 6442446848 1048576"


def observed(rows: str = ROW, size: int = FULL, mode: str = "0600", free_mb: int = 9000) -> dict[str, Any]:
    return {
        "commands": {"active": command(rows)},
        "files": {"file": file(size=size, mode=mode), "fstab": file("")},
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
        (observed(rows="/mnt/nano-ocr.swap 1044480 0"), True),
    ],
    ids=["whole", "not in use", "another size", "larger", "another mode", "in use with another size"],
)
def test_the_file_is_made_anew_unless_it_is_whole_and_in_use(seen: dict[str, Any], make: bool) -> None:
    assert work(seen)["make"] is make


def test_what_is_in_use_is_told_in_mib() -> None:
    assert (work(observed())["active"], work(observed())["used_mib"]) == (True, 1)
    assert (work(observed(rows=""))["active"], work(observed(rows=""))["used_mib"]) == (False, 0)


def test_zram_is_freed_only_when_it_is_not_wanted() -> None:
    seen = observed(rows="/dev/zram0 518905856 0\n/dev/zram1 518905856 0")
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
    "rows, enabled, found",
    [
        (ROW, "disabled", "off"),
        (ROW, "enabled", "on"),  # it comes back at the next start
        (ROW + "\n/dev/zram0 518905856 0", "disabled", "on"),  # it is in use until the next start
        (ROW + "\n/dev/zram0 518905856 0", "enabled", "on"),
    ],
)
def test_zram_is_off_only_when_it_is_neither_used_nor_enabled(rows: str, enabled: str, found: str) -> None:
    seen = observed(rows=rows)
    seen["units"]["nvzramconfig.service"] = unit(enabled=enabled)
    rule = judged("swap", seen)["swap.zram"]
    assert (rule["found"], rule["holds"]) == (found, found == "off")
    assert judged("swap", seen, swap_zram="true")["swap.zram"]["holds"] is (found == "on")
