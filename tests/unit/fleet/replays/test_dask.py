"""Processes of Dask on this computer: what happens without their environment. tests/envs starts them for real."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from fleet.core.errors import ReplayMeasureError
from fleet.replays import dask
from fleet.replays.dask import LoopbackCluster


def test_without_the_environment_the_command_that_builds_it_is_named(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(dask, "python_of", lambda name, root: tmp_path / "absent")
    with pytest.raises(ReplayMeasureError, match="cluster is not built") as error, LoopbackCluster(tmp_path, 1):
        pass
    assert "./inv envs --name cluster" in str(error.value)


def test_a_scheduler_that_does_not_start_is_named(tmp_path: Path, monkeypatch) -> None:
    """This Python has no Dask, so that the process ends at once."""
    monkeypatch.setattr(dask, "python_of", lambda name, root: Path(sys.executable))
    with pytest.raises(ReplayMeasureError, match="does not start"), LoopbackCluster(tmp_path / "c", 1):
        pass
    assert "No module named" in (tmp_path / "c" / "scheduler-0.log").read_text()
