"""The support archive of one node."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from fleet.core.errors import NodeReportError
from fleet.release import deployment, support
from fleet.rollout.request import DeployRequest


def test_the_archive_of_a_node_is_fetched_with_the_play(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def play(name: str, settings: Path, request: DeployRequest) -> int:
        found = json.loads(settings.read_text())
        assert (name, request.inventory, found["support_host"]) == ("support", "fleet.ini", "nano-1")
        Path(found["support_out"]).write_bytes(b"x" * 2000)
        return 0

    monkeypatch.setattr(deployment, "play", play)
    said: list[str] = []
    path = support.fetch("nano-1", "fleet.ini", tmp_path, said.append)
    assert path.name.startswith("nano-1-") and path.parent == tmp_path
    assert "2 kB" in said[0] and "check it before you pass it on" in said[0]


def test_a_node_without_an_archive_is_an_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "play", lambda *_: 4)
    with pytest.raises(NodeReportError, match=r"no archive of nano-1 \(exit code 4\)"):
        support.fetch("nano-1", out=tmp_path)


def test_a_host_has_to_be_named(tmp_path: Path) -> None:
    with pytest.raises(NodeReportError, match="no host named"):
        support.fetch("", out=tmp_path)
