"""Virtual Nanos for the slow suite `fleet`: one fleet of two nodes for the whole run, under a name of its own."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from fleet.core.errors import VirtualFleetUnavailable
from fleet.virtual import lifecycle, nodes
from fleet.virtual.settings import Fleet

HERE = Path(__file__).parent
KEEP = "OCR_KEEP_FLEET"  # set: nodes of an earlier run are used again, and stay after it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder belongs to the slow suite `fleet`."""
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.fleet)


@dataclass(frozen=True)
class VirtualNano:
    """A node, over ssh (as Ansible comes in) or past it (as root, when ssh is what is tested)."""

    fleet: Fleet
    number: int

    @property
    def name(self) -> str:
        return self.fleet.host(self.number)

    @property
    def container(self) -> str:
        return self.fleet.container(self.number)

    def ssh(self, command: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Run a command as the user `nano`."""
        line = ["ssh", "-F", str(self.fleet.folder / "ssh_config"), "-o", "BatchMode=yes", *options, self.name, command]
        return subprocess.run(line, capture_output=True, text=True, check=False, timeout=180)

    def root(self, command: str) -> str:
        """Run a command as root; it has to succeed. Returns what it printed."""
        return nodes.run_in(self.fleet, self.number, "bash", "-c", command)

    def fails(self, command: str) -> str:
        """Run a command as root that has to fail; returns all that it printed."""
        text = nodes.run_in(
            self.fleet, self.number, "bash", "-c", f"({command}) 2>&1 && echo IT-SUCCEEDED", check=False
        )
        assert "IT-SUCCEEDED" not in text, text
        return text

    def reboot(self) -> None:
        """A reboot from inside, waited for."""
        before = self.root("cat /proc/sys/kernel/random/boot_id")
        nodes.run_in(self.fleet, self.number, "systemctl", "reboot", check=False)
        for _ in range(120):
            found = nodes.run_in(self.fleet, self.number, "cat", "/proc/sys/kernel/random/boot_id", check=False)
            if len(found) == len(before) and found != before:
                break
            time.sleep(0.5)
        nodes.wait_ready(self.fleet, self.number)


def require_virtual_fleet() -> None:
    """Skip where no virtual fleet can run; where CI=true nothing is skipped."""
    try:
        lifecycle.check()
    except VirtualFleetUnavailable as error:
        if os.environ.get("CI", "").lower() in ("1", "true", "yes"):
            raise
        pytest.skip(f"virtual Nanos cannot run here: {error}")


@pytest.fixture(scope="session")
def virtual_fleet() -> Iterator[Fleet]:
    """A fleet of two nodes, blank unless OCR_KEEP_FLEET is set."""
    require_virtual_fleet()
    fleet = Fleet("test")
    lifecycle.up(fleet, 2, recreate=not os.environ.get(KEEP))
    yield fleet
    if not os.environ.get(KEEP):
        lifecycle.down(fleet)


@pytest.fixture(scope="session")
def first(virtual_fleet: Fleet) -> VirtualNano:
    return VirtualNano(virtual_fleet, 1)


@pytest.fixture(scope="session")
def second(virtual_fleet: Fleet) -> VirtualNano:
    return VirtualNano(virtual_fleet, 2)
