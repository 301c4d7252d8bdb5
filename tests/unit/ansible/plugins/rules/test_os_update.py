"""Rules of the role os_update."""

from __future__ import annotations

from typing import Any

import pytest
from rules import os_update
from rules.model import Observed

from tests.unit.ansible.answers import NANO, command, file, judged, package, settings

PINS = NANO.container
LINE = "# R32 (release), REVISION: 7.{}, GCID: 1, BOARD: t210ref, EABI: aarch64, DATE: Sat Feb 19 17:05:08 UTC 2022"
INST = "Inst nvidia-l4t-core [32.7.1-2022] (32.7.6-20241104234540 repo.download.nvidia.com [arm64])\n"


def board(revision: str = "1", free_mb: int = 9000, **changed: Any) -> dict[str, Any]:
    commands = {name: command(changed.get(name, "")) for name in ("locks", "dpkg", "phase")}
    commands["l4t"] = command("nvidia-l4t-core\nnvidia-l4t-bootloader")
    versions = {**PINS, "docker.io": "20.10.7", "containerd": "1.5", "runc": "", **changed.get("packages", {})}
    return {
        "commands": commands,
        "files": {"release": file(LINE.format(revision) if revision else "")},
        "packages": {name: package(version) for name, version in versions.items()},
        "disks": {"root": {"path": "/", "free_mb": free_mb}},
    }


def broken(observed: dict[str, Any], subject: str = "rules", given: dict[str, Any] | None = None) -> dict[str, str]:
    rules = judged("os_update", observed, given, subject)
    return {name.partition(".")[2]: rule["found"] for name, rule in rules.items() if not rule["holds"]}


@pytest.mark.parametrize("revision", ["1", "4", "6"])
def test_every_release_of_the_series_may_be_updated(revision: str) -> None:
    assert broken(board(revision)) == {}


@pytest.mark.parametrize(
    "observed, found",
    [
        (board(""), {"release": "no L4T release"}),
        (board("0"), {"release": "32.7.0"}),
        (board(locks="line-1"), {"line": "locked by line-1"}),
        (board(phase='{"phase": "soaking"}'), {"deployment": "soaking"}),
        (board(free_mb=2499), {"space": "2499 MB free"}),
        (
            board(dpkg="The following packages are half configured"),
            {"dpkg": "The following packages are half configured"},
        ),
    ],
)
def test_a_board_that_may_not_be_updated(observed: dict[str, Any], found: dict[str, str]) -> None:
    assert broken(observed) == found


def test_a_board_with_the_newest_release_needs_no_space_and_no_work() -> None:
    assert broken(board("6", free_mb=1)) == {}
    assert os_update.work(Observed(board("6")), settings("os_update"))["update"] is False


def test_only_packages_of_l4t_are_updated_and_containers_are_held() -> None:
    work = os_update.work(Observed(board()), settings("os_update", os_update_hold=["nvidia-l4t-bootloader"]))
    assert work["packages"] == ["nvidia-l4t-core"] and work["update"] is True
    assert work["hold"] == [*PINS, "docker.io", "containerd", "nvidia-l4t-bootloader"]


@pytest.mark.parametrize(
    "text, found",
    [
        (INST, {}),
        ("", {"candidate": "no newer nvidia-l4t-core"}),
        (INST.replace("32.7.6", "32.7.5"), {"candidate": "32.7.5"}),
        (INST + "Remv cuda-libraries-10-2 [10.2.460-1]\n", {"removes": "cuda-libraries-10-2"}),
        (
            INST + "Inst nvidia-container-toolkit [1.7.0-1] (1.9.0-1 x [arm64])\n",
            {"containers": "nvidia-container-toolkit"},
        ),
    ],
)
def test_what_apt_would_do_is_an_update_of_l4t_and_nothing_else(text: str, found: dict[str, str]) -> None:
    assert broken(board(), "simulated", {"simulated": text}) == found


def test_after_the_update_the_release_is_the_newest_and_the_container_set_the_same() -> None:
    assert broken(board("6"), "after") == {}
    assert broken(board("1"), "after") == {"newest": "32.7.1"}
    other = board("6", packages={"nvidia-container-toolkit": "1.9.0-1"})
    assert broken(other, "after") == {"container_set": "nvidia-container-toolkit 1.9.0-1"}


def test_the_packages_of_l4t_are_asked_of_dpkg() -> None:
    commands = os_update.plan(settings("os_update"))["commands"]
    assert "nvidia-l4t-*" in commands["l4t"][2] and commands["dpkg"] == ["dpkg", "--audit"]


def test_another_series_is_refused_with_the_reason() -> None:
    rules = judged("os_update", board(), fleet_l4t="r36.4")
    assert {name: rule["holds"] for name, rule in rules.items()} == {"os_update.release": False}
    assert "steps of its own" in rules["os_update.release"]["next"]
