"""How a role's module and settings are found."""

from __future__ import annotations

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
