"""The disk: what is written, and replaced, survives a power cut as promised."""

import inspect

import pytest
from simulation.disk import SURVIVAL, PowerCut, SimDisk, Steps

from node_agent.store import Disk, LocalDisk

DERIVED = {"read", "write", "replace"}
METHODS = sorted(name for name, _ in inspect.getmembers(Disk, inspect.isfunction))


@pytest.mark.parametrize("kind", [LocalDisk, SimDisk])
def test_every_method_is_implemented(kind):
    assert [name for name in METHODS if getattr(kind, name) is getattr(Disk, name)] == sorted(DERIVED)


def disk_with(data):
    disk = SimDisk(Steps())
    disk.write("file", data)
    disk.steps.arm(None)
    return disk


@pytest.mark.parametrize("survival", SURVIVAL)
def test_a_replaced_file_holds_the_old_or_the_new_contents_after_a_power_cut(survival):
    counted = disk_with(b"old")
    counted.replace("file", b"new")
    for step in range(len(counted.steps.names)):
        disk = disk_with(b"old")
        disk.steps.arm(step)
        with pytest.raises(PowerCut):
            disk.replace("file", b"new")
        disk.after_cut(survival)
        assert disk.read("file") in (b"old", b"new"), step
    counted.after_cut(survival)
    assert counted.read("file") == b"new"


@pytest.mark.parametrize("survival", SURVIVAL)
def test_a_written_file_survives(survival):
    disk = disk_with(b"data")
    disk.after_cut(survival)
    assert disk.read("file") == b"data"
