"""The profile of virtual nodes: asked for, kept for the next `up`, and what it means for each host."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from fleet.core.errors import VirtualFleetError
from fleet.core.files import ROOT
from fleet.virtual import access, profiles
from fleet.virtual.settings import Fleet, settings


def test_it_is_lean_until_another_one_is_asked_for_and_then_kept(tmp_path: Path) -> None:
    assert profiles.name_of(Fleet(root=tmp_path)) == "lean"
    profiles.remember(Fleet(root=tmp_path, profile="full"))
    assert profiles.name_of(Fleet(root=tmp_path)) == "full"
    assert profiles.name_of(Fleet(root=tmp_path, profile="lean")) == "lean"


def test_a_profile_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(VirtualFleetError, match="no profile called 'fat'"):
        Fleet(root=tmp_path, profile="fat")


def test_what_no_virtual_board_can_have_is_a_variable_of_the_host(tmp_path: Path) -> None:
    """A group's variable would lose against group_vars beside the playbooks; "false" would be a text that is true."""
    text = access.inventory(Fleet(root=tmp_path, profile="full"), [1])
    line = next(line for line in text.splitlines() if line.startswith("nano-1 "))
    assert " fleet_profile=full " in line and " opencv_cuda_enabled=False" in line and " paddle_gpu=False" in line
    lean = access.inventory(Fleet(root=tmp_path, profile="lean"), [1])
    assert "fleet_profile=lean\n" in lean and "paddle" not in lean


def test_every_variable_of_a_profile_is_one_of_a_role() -> None:
    known: set[str] = set()
    for path in (ROOT / "ansible" / "roles").glob("*/defaults/main.yml"):
        known |= set(yaml.safe_load(path.read_text()) or {})
    for name in settings()["profiles"]:
        assert set(profiles.host_of(name)) <= known
