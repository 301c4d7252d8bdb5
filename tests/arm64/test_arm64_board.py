"""A virtual board for aarch64: its systemd, ssh, agent and Docker engine run under qemu-user, on Debian's Python.

Slow, and not part of CI; docs/results/arm64-board.log is its output.
"""

from __future__ import annotations

import io
import json
import subprocess
import tarfile
from collections.abc import Iterator

import pytest

from fleet.core.errors import VirtualFleetUnavailable
from fleet.core.files import ROOT
from fleet.virtual import docker, lifecycle
from fleet.virtual.settings import Fleet
from tests.fleet.conftest import VirtualNano

ARCH = "arm64"
AGENT = "PYTHONPATH=/opt/agent python3 -m node_agent"


@pytest.fixture(scope="module")
def board() -> Iterator[VirtualNano]:
    fleet = Fleet("test-arm64", arch=ARCH)
    try:
        docker.require(fleet.folder.parent, ARCH)
    except VirtualFleetUnavailable as error:
        pytest.skip(error.found)
    lifecycle.up(fleet, 1, recreate=True, say=lambda line: print(line.replace(f"{ROOT}/", "")))
    yield VirtualNano(fleet, 1)
    lifecycle.down(fleet, print)


def test_systemd_started_every_unit_of_an_aarch64_board(board: VirtualNano) -> None:
    assert board.root("uname -m") == "aarch64"
    assert board.root("systemctl is-system-running") == "running"
    services = "ssh docker containerd nvpmodel gdm systemd-logind"
    assert board.root(f"systemctl is-active {services}").split() == ["active"] * 6
    assert "REVISION: 7.6" in board.root("cat /etc/nv_tegra_release")
    print(board.root("systemd-analyze time | head -1; python3 -VV"))


def test_it_is_reached_as_ansible_reaches_it(board: VirtualNano) -> None:
    done = board.ssh("whoami; sudo -n whoami; sudo -n dpkg --print-architecture")
    assert done.stdout.split() == ["nano", "root", ARCH], done.stderr


def test_the_agent_reports_its_machine_and_its_release(board: VirtualNano) -> None:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        archive.add(ROOT / "node_agent", "opt/agent/node_agent")
    given = stream.getvalue()
    subprocess.run(["docker", "cp", "-", f"{board.container}:/"], input=given, check=True, capture_output=True)
    report = json.loads(board.root(f"{AGENT} report --json"))
    assert report["host"]["machine"] == "aarch64" and report["status"]["phase"] == "idle"
    print(json.dumps(report["host"]))


def test_its_docker_keeps_images_but_starts_no_container(board: VirtualNano) -> None:
    """What qemu-user cannot do: runc's first process joins namespaces by a clone that it does not emulate."""
    assert "Architecture: aarch64" in board.root("docker info 2>/dev/null")
    board.root("tar -C / -c bin/busybox | docker import - smoke")
    told = board.fails("docker run --rm --network none smoke /bin/busybox true")
    assert "OCI runtime create failed" in told
    print(told.strip().splitlines()[0])


def test_it_comes_back_after_a_reboot(board: VirtualNano) -> None:
    board.reboot()
    assert board.ssh("true").returncode == 0
