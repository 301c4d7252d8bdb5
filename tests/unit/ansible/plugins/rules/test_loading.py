"""How a role's module and settings are found."""

from __future__ import annotations

import pytest
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
