"""Work of the role hardening: what is closed, how the login is tried, and what is refused without a key."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from rules import hardening

from tests.unit.ansible.answers import command, judged, settings


def plan(**changed: Any) -> dict[str, Any]:
    return hardening.plan(settings("hardening", **changed))


def test_everything_is_closed_by_default() -> None:
    found = plan()
    assert found["ssh"].splitlines() == [
        *("PasswordAuthentication no", "ChallengeResponseAuthentication no", "PermitRootLogin no", "X11Forwarding no")
    ]
    assert found["firewall"] and found["upgrades"]


def test_what_is_skipped_is_not_done() -> None:
    found = plan(hardening_skip=["hardening.firewall", "hardening.ssh_keys_only", "hardening.upgrades"])
    assert not found["firewall"] and not found["upgrades"]
    assert found["ssh"] == "PermitRootLogin no\nX11Forwarding no"
    assert plan(hardening_skip=list(hardening.SSH_LINES))["ssh"] == ""


def test_the_login_uses_no_connection_that_is_open() -> None:
    words = shlex.split(plan()["login"])
    assert words[0] == "ssh" and words[-2:] == ["n1", "true"] and "ControlPath=none" in words and "Port=22" in words
    assert "-i" not in words


def test_the_login_has_the_connection_settings_of_the_inventory() -> None:
    words = shlex.split(
        plan(
            ansible_host="10.0.0.7",
            ansible_user="nano",
            ansible_port=2222,
            ansible_ssh_private_key_file="/my keys/id",
            ansible_ssh_common_args="-F /x",
        )["login"]
    )
    assert words[-2:] == ["nano@10.0.0.7", "true"] and "Port=2222" in words
    assert words[words.index("-i") + 1] == "/my keys/id" and words[words.index("-F") + 1] == "/x"


@pytest.mark.parametrize(
    "answer, found",
    [(command(), "a key logs in"), (command("", 255, "refused"), "refused"), (command("", 1), "no login")],
)
def test_nothing_is_closed_without_a_key(answer: dict[str, Any], found: str) -> None:
    seen = {"commands": {"login": answer}}
    rule = judged("hardening", seen, subject="key", ansible_user="nano", ansible_host="h")["hardening.key"]
    assert rule["found"] == found and rule["holds"] is (found == "a key logs in")
    assert rule["next"].startswith("ssh-copy-id nano@h, or name the key")


def test_without_a_user_the_advice_has_a_blank_to_fill_in() -> None:
    rule = judged("hardening", {"commands": {"login": command("", 1)}}, subject="key")["hardening.key"]
    assert rule["next"].startswith("ssh-copy-id USER@n1,")
