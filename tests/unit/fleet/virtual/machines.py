"""A fleet, and a machine that can run it."""

import pytest

from fleet.virtual import docker
from fleet.virtual.settings import Fleet

ALL = "CapBnd:\t000001ffffffffff\n"


@pytest.fixture
def fleet(tmp_path):
    return Fleet(root=tmp_path)


@pytest.fixture
def able(tmp_path, monkeypatch):
    """A machine that can run the fleet."""
    status = tmp_path / "status"
    status.write_text(ALL)
    monkeypatch.setattr(docker, "_STATUS", status)
    monkeypatch.setattr(docker.os, "geteuid", lambda: 0)
    monkeypatch.setattr(docker.shutil, "which", lambda tool: "/usr/bin/" + tool)
    monkeypatch.setattr(docker, "answers", lambda: True)
    return status
