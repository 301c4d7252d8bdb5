"""Builds on a board of the inventory."""

from __future__ import annotations

from pathlib import Path

from fleet.wheelhouse.builds import boards, declarations
from fleet.wheelhouse.store.manifest import read


def test_on_a_board_the_role_builds_and_brings_the_results(tmp_path: Path) -> None:
    said: list[str] = []
    spec = declarations.specs(read())["pytorch"]
    boards.build(spec, "nano-01", read(), tmp_path, said.append, only_plan=True)
    assert said[0].startswith("cd ansible && ansible-playbook provision.yml --limit nano-01 --tags pytorch -e")
    assert "pytorch_enabled=true" in said[0] and "pytorch_build=true" in said[0]
