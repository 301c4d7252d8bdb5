"""How a role's module and settings are found."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
import yaml
from rules import loading

from tests.unit.ansible.answers import ROOT, settings

ROLES = sorted(path.name for path in (ROOT / "ansible" / "roles").iterdir())


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_module(role: str) -> None:
    assert loading.module_of(role).__doc__


def test_a_role_without_a_module_is_a_fault_of_the_role() -> None:
    with pytest.raises(loading.BadRule, match=r"the role nothing has no module ansible/plugins/rules/nothing\.py"):
        loading.judge("nothing", "rules", {}, settings("swap"))


def test_an_unknown_subject_is_a_fault_of_the_role() -> None:
    with pytest.raises(loading.BadRule, match=r"swap\.py has no function rum"):
        loading.judge("swap", "rum", {}, settings("swap"))


def test_settings_are_the_defaults_of_the_role_and_what_all_share() -> None:
    known = {"swap_file": "{{ x }}", "swap_observed": "never read", "fleet_bundle": "", "other": "never read"}
    found = loading.settings_of("swap", known, lambda text: f"<{text}>", {"more": 1})
    assert found.values == {"swap_file": "<{{ x }}>", "fleet_bundle": "<>"} and found.given == {"more": 1}


def test_a_role_without_work_has_none() -> None:
    assert loading.work_of("preflight", {}, settings("preflight")) == {}


def test_a_role_that_is_switched_off_says_so() -> None:
    assert loading.off("paddle", settings("paddle", paddle_enabled=True, fleet_profile="full")) == ""
    assert loading.off("swap", settings("swap")) == ""
    lean = settings("paddle", paddle_enabled="False", fleet_profile="lean")
    assert loading.off("paddle", lean) == "off: paddle_enabled is false (profile lean)"
    own = settings("paddle", paddle_enabled=False, fleet_profile="full")
    assert loading.off("paddle", own) == "off: paddle_enabled is false"
    with pytest.raises(loading.BadRule, match="expected full or lean"):
        loading.off("paddle", settings("paddle", fleet_profile="fat"))


def test_the_profile_full_is_the_default_and_switches_everything_of_the_thesis_on() -> None:
    given = yaml.safe_load((ROOT / "ansible" / "group_vars" / "nanos.yml").read_text())
    assert given["fleet_profile"] == "full"
    switched = {name for name, value in given.items() if value == "{{ fleet_profile == 'full' }}"}
    roles = [path.parents[1].name for path in (ROOT / "ansible" / "roles").glob("*/defaults/main.yml")]
    off = {f"{role}_enabled" for role in roles if settings(role).values.get(f"{role}_enabled") is False}
    assert switched == off - {"headless_enabled"} and len(switched) == 5


LATER = {"fleet_l4t": "r36.4", "fleet_board": "orin-nano"}


def test_a_host_that_says_nothing_is_a_nano_with_jetpack_4_6() -> None:
    found = settings("swap")
    assert (found.series.name, found.board.id) == ("r32.7", "nano")


def test_board_and_release_are_those_of_the_inventory() -> None:
    found = settings("swap", **LATER)
    assert (found.series.python, found.board.capability) == ("3.10", "8.7")
    assert settings("swap", fleet_l4t="r35").board.id == "xavier-nx"


@pytest.mark.parametrize(
    "said, words",
    [
        ({"fleet_l4t": "r34"}, "no series of L4T called 'r34'.*expected r32.7, r35"),
        ({"fleet_board": "tx2"}, "no board called 'tx2'.*expected nano"),
        ({"fleet_l4t": "r35", "fleet_board": "nano"}, "found nano with r35; expected xavier-nx, orin-nano, agx-orin"),
    ],
)
def test_what_the_table_does_not_have_is_refused(said: dict[str, str], words: str) -> None:
    with pytest.raises(loading.BadRule, match=words):
        settings("swap", **said)


@pytest.mark.parametrize("role", ["python37", "opencv_cuda", "pytorch", "easyocr", "paddle"])
def test_a_role_of_jetpack_4_is_off_on_a_later_board_whatever_the_profile_and_says_why(role: str) -> None:
    found = settings(role, fleet_profile="full", **{role + "_enabled": True}, **LATER)
    assert not found.switch(role + "_enabled")
    assert loading.off(role, found) == f"off on L4T r36.4: {found.series.off[role]}"


def test_power_modes_that_nobody_knows_switch_the_role_off() -> None:
    unknown = settings("power_mode", fleet_l4t="r35", fleet_board="orin-nano")
    assert "Orin Nano 8 GB with L4T r35 are not known" in loading.off("power_mode", unknown)
    assert loading.off("power_mode", settings("power_mode", **LATER)) == ""


def test_the_table_of_releases_is_read_before_ansible_forks() -> None:
    """Each task of each host is a process of its own, which would read and check it again."""
    lines = "from rules import loading; from fleet.boards import table; print(table.load.cache_info().currsize)"
    paths = os.pathsep.join([str(loading.ROLES.parent / "plugins"), str(loading.ROLES.parents[1])])
    environ = dict(os.environ, PYTHONPATH=paths)
    done = subprocess.run([sys.executable, "-c", lines], env=environ, capture_output=True, text=True, check=True)
    assert done.stdout == "1\n"
