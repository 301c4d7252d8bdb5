"""Which keys a board lets in, before and after a rotation; how both are tried."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from rules import rotation

from tests.unit.ansible.answers import command, judged, settings

OLD, NEW = "ssh-ed25519 AAAAold a comment", "ssh-ed25519 AAAAnew"
NODE = {"ansible_host": "10.0.0.7", "ansible_user": "nano", "ansible_ssh_private_key_file": "/k/old key",
        "rotation_ssh_key": "/k/new"}  # fmt: skip


def before(old: int, new: int, halves: tuple[str, str] = (OLD, NEW)) -> dict[str, str]:
    """Broken rule -> what was found."""
    seen = {"old": command(rc=old, err="denied" * bool(old)), "new": command(rc=new, err="unknown" * bool(new)),
            "old_half": command(halves[0]), "new_half": command(halves[1])}  # fmt: skip
    told = judged("rotation", {"commands": seen}, subject="before", **NODE)
    return {name: rule["found"] for name, rule in told.items() if not rule["holds"]}


@pytest.mark.parametrize("old, new", [(0, 255), (255, 0), (0, 0)])
def test_one_key_that_lets_in_is_enough_to_begin(old: int, new: int) -> None:
    assert before(old, new) == {}


def test_a_board_that_lets_in_neither_is_refused() -> None:
    assert before(255, 255) == {"rotation.door": "old key: denied; new key: unknown"}


def test_the_same_key_again_is_refused_whatever_its_comment() -> None:
    assert before(0, 0, (OLD, OLD + " elsewhere")) == {"rotation.keys": "the same key twice"}


@pytest.mark.parametrize(
    "old, new, broken", [(255, 0, []), (0, 0, ["rotation.old_key"]), (255, 1, ["rotation.new_key"])]
)
def test_after_it_only_the_new_key_lets_in(old: int, new: int, broken: list[str]) -> None:
    seen = {"old": command(rc=old), "new": command(rc=new)}
    told = judged("rotation", {"commands": seen}, subject="after", **NODE)
    assert [name for name, rule in told.items() if not rule["holds"]] == broken


def test_each_key_is_tried_alone_and_with_sudo() -> None:
    old, new = rotation.doors(settings("rotation", **NODE))
    assert (old["file"], new["file"]) == ("/k/old key", "/k/new")
    assert old["login"].endswith("-i '/k/old key' nano@10.0.0.7 sudo -n true")
    assert "-o IdentitiesOnly=yes" in new["login"] and "-o ControlPath=none" in new["login"]


@pytest.mark.parametrize("new, file", [(0, "/k/new"), (255, "/k/old key")])
def test_the_way_in_is_the_new_key_where_it_lets_in(new: int, file: str) -> None:
    found: list[dict[str, Any]] = [{"rc": 0}, {"rc": new}]
    assert rotation.way_in(settings("rotation", {"found": found}, **NODE)) == file


def test_the_pattern_finds_the_key_with_options_and_comments_and_no_other(tmp_path: Path) -> None:
    for name in ("a", "b"):
        subprocess.run(
            ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "x y", "-f", str(tmp_path / name)], check=True
        )
    one, other = ((tmp_path / f"{name}.pub").read_text().strip() for name in ("a", "b"))
    pattern = rotation.pattern(settings("rotation", {"half": one}))
    assert re.search(pattern, one) and re.search(pattern, f'from="10.0.0.1" {one}')
    assert not re.search(pattern, other)
