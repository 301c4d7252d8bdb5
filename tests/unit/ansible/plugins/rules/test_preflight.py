"""Work of the role preflight: which release a board has, and which sources it has to reach."""

from __future__ import annotations

import socket
import subprocess
from typing import Any

import pytest
from rules import preflight

from tests.unit.ansible.answers import command, file, judged, settings


def test_with_a_bundle_no_source_is_tried() -> None:
    assert preflight.plan(settings("preflight", fleet_bundle="/bundle"))["sources"][4:] == []
    assert preflight.plan(settings("preflight"))["sources"][4:] == ["repo.download.nvidia.com:443"]


def test_only_sources_that_do_not_answer_are_printed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        there = f"127.0.0.1:{server.getsockname()[1]}"
        argv = preflight.plan(settings("preflight", preflight_sources=["127.0.0.1:9", there]))["sources"]
        done = subprocess.run(argv, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["127.0.0.1:9"]


LINES = {
    "32.7.1": "# R32 (release), REVISION: 7.1, GCID: 1, BOARD: t210ref, EABI: aarch64",
    "32.7.6": "# R32 (release), REVISION: 7.6, GCID: 1, BOARD: t210ref, EABI: aarch64",
    "34.1.1": "# R34 (release), REVISION: 1.1, GCID: 1, BOARD: t186ref, EABI: aarch64",
    "35.6.4": "# R35 (release), REVISION: 6.4, GCID: 1, BOARD: t186ref, EABI: aarch64",
    "36.4.3": "# R36 (release), REVISION: 4.3, GCID: 1, BOARD: generic, EABI: aarch64",
    "39.2.0": "# R39 (release), REVISION: 2.0, GCID: 1, BOARD: generic, EABI: aarch64",
    "": "",
}
MODELS = {
    "nano": "NVIDIA Jetson Nano Developer Kit",
    "xavier-nx": "NVIDIA Jetson Xavier NX Developer Kit",
    "orin-nano": "NVIDIA Jetson Orin Nano Engineering Reference Developer Kit Super",
    "agx-thor": "NVIDIA Jetson AGX Thor Developer Kit",
}


def seen(l4t: str, board: str, python: str = "3.6") -> dict[str, Any]:
    commands = {name: command() for name in ("kernel_log", "sources")}
    commands.update(user=command("0"), machine=command("aarch64"), python=command(f"Python {python}.1"))
    return {
        "files": {"model": file(MODELS.get(board, board)), "release": file(LINES[l4t])},
        "commands": commands,
        "disks": {"root": {"path": "/", "free_mb": 14000}},
        "memory": {"total_mb": 4156},
    }


def unfit(l4t: str, board: str, python: str = "3.6", **said: str) -> dict[str, dict[str, Any]]:
    rules = judged("preflight", seen(l4t, board, python), {"interpreter": "/usr/bin/python3"}, **said)
    return {name.partition(".")[2]: rule for name, rule in rules.items() if not rule["holds"] and not rule["hint"]}


@pytest.mark.parametrize(
    "l4t, board, python, said",
    [
        ("32.7.1", "nano", "3.6", {}),
        ("32.7.6", "nano", "3.6", {"fleet_l4t": "r32.7", "fleet_board": "nano"}),
        ("35.6.4", "xavier-nx", "3.8", {"fleet_l4t": "r35"}),
        ("36.4.3", "orin-nano", "3.10", {"fleet_l4t": "r36.4", "fleet_board": "orin-nano"}),
        ("39.2.0", "agx-thor", "3.12", {"fleet_l4t": "r39", "fleet_board": "agx-thor"}),
    ],
)
def test_a_board_is_what_the_inventory_says(l4t: str, board: str, python: str, said: dict[str, str]) -> None:
    assert unfit(l4t, board, python, **said) == {}


def test_a_board_of_another_release_is_told_which_variables_to_set() -> None:
    rules = unfit("36.4.3", "orin-nano", "3.10")
    assert set(rules) == {"board", "release", "python"}
    assert "fleet_board=orin-nano" in rules["board"]["next"]
    assert rules["release"]["found"] == "L4T 36.4.3 (JetPack 6.2)" and "fleet_l4t=r36.4" in rules["release"]["next"]
    assert rules["release"]["expected"] == "L4T 32.7.1 to 32.7.6 (JetPack 4.6.1 to 4.6.6)"


@pytest.mark.parametrize("said", [{"fleet_l4t": "r35"}, {"fleet_l4t": "r39", "fleet_board": "orin-nano"}])
def test_an_unknown_release_is_refused_with_the_known_ones(said: dict[str, str]) -> None:
    rule = unfit("34.1.1", "xavier-nx", "3.8", **said)["release"]
    assert rule["found"] == "L4T 34.1.1"
    for known in ("L4T 32.7.1 to 32.7.6", "L4T 35.6.4 (JetPack 5.1.6)", "L4T 39.2.0 (JetPack 7.2)"):
        assert known in rule["next"]


def test_a_nano_of_another_series_starts_from_the_image() -> None:
    assert "SD card image of JetPack 4.6.1" in unfit("34.1.1", "nano")["release"]["next"]
    assert unfit("", "nano")["release"]["found"] == "no /etc/nv_tegra_release"


def test_a_machine_that_is_no_known_board_is_refused_by_name() -> None:
    rule = unfit("32.7.6", "Raspberry Pi 4 Model B")["board"]
    assert rule["found"] == "Raspberry Pi 4 Model B" and "out of the inventory" in rule["next"]
    assert all(name in rule["next"] for name in ("Jetson Nano 4 GB", "Jetson Xavier NX", "Jetson AGX Thor"))


def test_the_python_is_that_of_the_release() -> None:
    rule = unfit("36.4.3", "orin-nano", "3.11", fleet_l4t="r36.4")["python"]
    assert rule["expected"] == "Python 3.10 at /usr/bin/python3" and "/usr/bin/python3.10" in rule["next"]
