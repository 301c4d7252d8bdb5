"""Work of the roles power_mode, headless and time_sync: what they change on a node that is not as it must be."""

from __future__ import annotations

import time
from typing import Any

import pytest
from rules import headless, power_mode, time_sync
from rules.loading import BadRule
from rules.model import Observed

from tests.unit.ansible.answers import command, file, judged, settings, unit


def power(query: str, status: str) -> Observed:
    return Observed({"commands": {"query": command(query)}, "files": {"status": file(status)}})


@pytest.mark.parametrize(
    "query, status, expected",
    [
        ("NV Power Mode: MAXN\n0", "pmode:0000\n", False),
        ("NV Power Mode: 5W\n1", "pmode:0000\n", True),
        ("NV Power Mode: MAXN\n0", "pmode:0001\n", True),
        ("NV Power Mode: MAXN\n0", "", True),
        ("", "pmode:0000\n", True),
    ],
)
def test_the_mode_is_set_unless_it_is_in_force_and_remembered(query: str, status: str, expected: bool) -> None:
    assert power_mode.work(power(query, status), settings("power_mode")) == {"mode": 0, "set_mode": expected}


@pytest.mark.parametrize(
    "said, chosen, mode",
    [
        ({}, "fastest", 0),
        ({}, "1", 1),
        ({"fleet_l4t": "r36.4", "fleet_board": "orin-nano"}, "fastest", 2),
        ({"fleet_l4t": "r35"}, "fastest", 8),
        ({"fleet_l4t": "r35"}, "3", 3),
        ({"fleet_l4t": "r35", "fleet_board": "orin-nano"}, "fastest", None),
    ],
)
def test_the_wanted_mode_is_one_of_the_board(said: dict[str, str], chosen: str, mode: int | None) -> None:
    assert power_mode.wanted(settings("power_mode", power_mode_id=chosen, **said)) == mode


@pytest.mark.parametrize("chosen", ["2", "slow", "-1"])
def test_a_mode_that_the_board_does_not_have_is_refused_with_its_modes(chosen: str) -> None:
    with pytest.raises(BadRule, match=r"fastest or one of 0 \(MAXN\), 1 \(5W\)"):
        power_mode.wanted(settings("power_mode", power_mode_id=chosen))


def test_nothing_is_judged_or_set_where_the_modes_are_not_known() -> None:
    unknown = settings("power_mode", fleet_l4t="r35", fleet_board="orin-nano")
    assert power_mode.rules(Observed({}), unknown) == []
    assert not power_mode.work(power("NV Power Mode: 15W\n0", ""), unknown)["set_mode"]


@pytest.mark.parametrize("rc, found", [(127, "no nvpmodel"), (0, "nvpmodel"), (1, "nvpmodel")])
def test_a_board_without_nvpmodel_is_refused(rc: int, found: str) -> None:
    rule = judged("power_mode", {"commands": {"query": command("", rc)}}, subject="tool")["power_mode.tool"]
    assert rule["found"] == found and "write the SD card image" in rule["next"]


@pytest.mark.parametrize(
    "load, enabled, expected",
    [
        ("loaded", True, {"target": "multi-user.target", "desktop": "stopped"}),
        ("loaded", "false", {"target": "graphical.target", "desktop": "started"}),
        ("not-found", True, {"target": "multi-user.target", "desktop": ""}),
    ],
)
def test_what_becomes_of_the_desktop(load: str, enabled: Any, expected: dict[str, str]) -> None:
    seen = Observed({"units": {"display-manager.service": {**unit(), "load": load}}})
    assert headless.work(seen, settings("headless", headless_enabled=enabled)) == expected


@pytest.mark.parametrize("off_s, expected", [(0, False), (100, False), (-200, True), (200, True)])
def test_the_clock_is_set_only_when_it_is_far_off(off_s: int, expected: bool) -> None:
    seen = Observed({"clock": int(time.time()) + off_s})
    assert time_sync.work(seen, settings("time_sync")) == {"set_clock": expected}
