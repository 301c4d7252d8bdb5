"""The containers of a virtual fleet: network, package repository, nodes."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import VirtualFleetError
from fleet.virtual.docker import privileges, run_docker
from fleet.virtual.releases import Kind
from fleet.virtual.settings import Fleet, machine_arch, node_address, settings


@dataclass(frozen=True)
class VirtualNode:
    """A node that exists. ``state`` is Docker's (running, exited, ...); ``image`` is the tag that it was made from."""

    number: int
    state: str
    image: str
    boots: int


def existing(fleet: Fleet) -> list[VirtualNode]:
    """The nodes of this fleet, by number."""
    names = run_docker("ps", "--all", "--filter", f"label={fleet.label}", "--format", "{{.Names}}").split()
    nodes = [_inspect(fleet, name) for name in names if not name.startswith(fleet.repository)]
    return sorted(nodes, key=lambda node: node.number)


def _inspect(fleet: Fleet, name: str) -> VirtualNode:
    found = json.loads(run_docker("inspect", name))[0]
    number = int(name.removeprefix(fleet.network + "-"))
    return VirtualNode(number, found["State"]["Status"], found["Config"]["Image"], found["RestartCount"])


def make_network(fleet: Fleet) -> None:
    """Create the network of the fleet unless it exists."""
    if not run_docker("network", "ls", "--quiet", "--filter", f"name=^{fleet.network}$"):
        run_docker("network", "create", "--subnet", fleet.subnet, "--label", fleet.label, fleet.network)


def start_repository(fleet: Fleet, image: str, kind: Kind) -> None:
    """Start the container that serves the packages of a series; replace it if its image has changed."""
    name = repository_of(fleet, kind)
    found = run_docker("ps", "--all", "--filter", f"name=^{name}$", "--format", "{{.Image}}")
    if found and found != image:
        run_docker("rm", "--force", name)
    if found == image:
        run_docker("start", name)
        return
    options = ["--network", fleet.network, "--ip", fleet.address(kind.repository_number), "--restart", "always"]
    run_docker("run", "--detach", "--name", name, *options, "--label", fleet.label, *_platform(fleet), image)


def repository_of(fleet: Fleet, kind: Kind) -> str:
    """Name of the container that serves the packages of a series."""
    return fleet.repository + ("" if kind.is_first else f"-{kind.series.name}")


def start(fleet: Fleet, number: int, image: str, kind: Kind) -> None:
    """Start a node's container with its own volumes for Docker's data and for swap."""
    name, host = fleet.container(number), fleet.host(number)
    for volume in volumes(fleet, number):
        run_docker("volume", "create", "--label", fleet.label, volume)
    data, swap = volumes(fleet, number)
    arguments = ["--name", name, "--hostname", host, "--label", fleet.label, "--restart", "always"]
    arguments += ["--network", fleet.network, "--ip", node_address(fleet, number)]
    arguments += ["--add-host", f"repository.virtual-nano:{fleet.address(kind.repository_number)}"]
    arguments += privileges()
    arguments += ["--tmpfs", "/run:exec,mode=755", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec,mode=1777"]
    arguments += ["--volume", f"{data}:/var/lib/docker", "--volume", f"{swap}:/mnt", "--env", "container=docker"]
    run_docker("run", "--detach", *arguments, *_platform(fleet), image)


def _platform(fleet: Fleet) -> list[str]:
    return ["--platform", f"linux/{fleet.arch}"]


def volumes(fleet: Fleet, number: int) -> tuple[str, str]:
    """Names of a node's volumes: Docker's data, swap."""
    return f"{fleet.container(number)}-docker", f"{fleet.container(number)}-swap"


def run_in(fleet: Fleet, number: int, *command: str, given: str | None = None, check: bool = True) -> str:
    """Run a command as root inside a node, without ssh; returns its output."""
    return run_docker("exec", "--interactive", fleet.container(number), *command, given=given, check=check)


def wait_ready(fleet: Fleet, number: int) -> None:
    """Wait until systemd has started everything. Raises VirtualFleetError with the units that failed, or the log."""
    patience = settings()["start_timeout_s"] * (1 if fleet.arch == machine_arch() else 5)
    state, limit = "", time.monotonic() + patience
    while time.monotonic() < limit:
        state = run_in(fleet, number, "systemctl", "is-system-running", check=False)
        if state == "running":
            return
        if state == "degraded":
            failed = run_in(fleet, number, "systemctl", "--failed", "--plain", "--no-legend")
            raise VirtualFleetError(f"{fleet.host(number)} started, but these units failed: {failed}", "", _look(fleet))
        time.sleep(1)
    log = run_docker("logs", "--tail", "5", fleet.container(number), check=False)
    raise VirtualFleetError(f"{fleet.host(number)} does not start ({state or 'no systemd'}): {log}", "", _look(fleet))


def _look(fleet: Fleet) -> str:
    return f"./inv fleet shell --name {fleet.name}, then journalctl -b; or ./inv fleet down and up again"


def remove(fleet: Fleet) -> list[str]:
    """Remove everything with the fleet's label; returns the removed names."""
    mine = ["--filter", f"label={fleet.label}"]
    containers = run_docker("ps", "--all", *mine, "--format", "{{.Names}}").split()
    if containers:
        run_docker("stop", "--time", "5", *containers)
        run_docker("rm", "--force", "--volumes", *containers)
    held = run_docker("volume", "ls", *mine, "--format", "{{.Name}}").split()
    for volume in held:
        _free_swap(volume)
        run_docker("volume", "rm", volume)
    networks = run_docker("network", "ls", *mine, "--format", "{{.Name}}").split()
    for network in networks:
        run_docker("network", "rm", network)
    return containers + held + networks


def _free_swap(volume: str) -> None:
    """Release the swap file of a removed container: the kernel keeps it, so the volume could not be deleted."""
    if not volume.endswith("-swap"):
        return
    for path in Path(run_docker("volume", "inspect", "--format", "{{.Mountpoint}}", volume)).iterdir():
        if path.is_file():
            subprocess.run(["swapoff", str(path)], capture_output=True, check=False)
