"""Starts, checks, describes and removes a virtual fleet."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable

from fleet.core.errors import VirtualFleetError
from fleet.virtual import access, docker, image, nodes, profiles, releases, supplies, wheels
from fleet.virtual.settings import Fleet, node_address, settings

log = logging.getLogger(__name__)

Say = Callable[[str], None]


def up(fleet: Fleet, count: int, recreate: bool = False, say: Say = log.info) -> None:
    """Start nodes 1 to ``count`` and log in to each. Existing nodes are kept."""
    if not 1 <= count <= settings()["most_nodes"]:
        raise VirtualFleetError(f"--nodes {count}", f"1 to {settings()['most_nodes']}")
    docker.require(fleet.folder.parent, fleet.arch)
    if recreate:
        nodes.remove(fleet)
    present = nodes.existing(fleet)
    _refuse_others(fleet, present)
    if not present:
        docker.probe()
    profiles.remember(fleet)
    releases.remember(fleet)
    images = [(kind, *image.ensure(fleet, say, kind)) for kind in _kinds(fleet, count)]
    wheels.ensure(fleet, say)
    nodes.make_network(fleet)
    for kind, _, repository in images:
        nodes.start_repository(fleet, repository, kind)
    _start(fleet, count, {kind.text: node for kind, node, _ in images}, present, say)
    _open(fleet, say)


def check(fleet: Fleet | None = None) -> None:
    """Check, before anything is built, whether virtual Nanos can run here. Raises VirtualFleetUnavailable."""
    fleet = fleet or Fleet()
    docker.require(fleet.folder.parent, fleet.arch)
    docker.probe()


def _kinds(fleet: Fleet, count: int) -> list[releases.Kind]:
    """The kinds of nodes 1 to ``count``, one of each series and board."""
    return list({kind.text: kind for kind in (releases.kind_of(fleet, n) for n in range(1, count + 1))}.values())


def _refuse_others(fleet: Fleet, present: list[nodes.VirtualNode]) -> None:
    for node in present:
        wanted = image.tags(fleet, releases.kind_of(fleet, node.number))[0]
        if node.image != wanted:
            step = f"./inv fleet up --recreate --name {fleet.name} (all changes to the nodes are lost)"
            raise VirtualFleetError("there are nodes of an older image, or of another release", wanted, step)


def _start(fleet: Fleet, count: int, images: dict[str, str], present: list[nodes.VirtualNode], say: Say) -> None:
    states = {node.number: node.state for node in present}
    for number in range(1, count + 1):
        if number not in states:
            kind = releases.kind_of(fleet, number)
            say(f"{fleet.host(number)}: starting, {node_address(fleet, number)}, {kind.text}")
            nodes.start(fleet, number, images[kind.text], kind)
        elif states[number] != "running":
            say(f"{fleet.host(number)}: was {states[number]}, starting again")
            docker.run_docker("start", fleet.container(number))
        else:
            say(f"{fleet.host(number)}: running")


def _open(fleet: Fleet, say: Say) -> None:
    """Wait for every node, add the key, write the files, log in once."""
    running = [node.number for node in nodes.existing(fleet) if node.state == "running"]
    key = access.make_key(fleet)
    for number in running:
        nodes.wait_ready(fleet, number)
        supplies.put(fleet, number, say)
        access.admit(fleet, number, key)
    access.write_files(fleet, running)
    for number in running:
        access.log_in(fleet, number)
    say(f"{len(running)} nodes are ready: ./inv provision --inventory {fleet.inventory}")


def status(fleet: Fleet, say: Say = print) -> None:
    """One line per node: state, address, whether all units run, power mode, reboots."""
    if not docker.answers():
        say("no Docker engine answers, so no virtual fleet is running")
        return
    present = nodes.existing(fleet)
    say(f"fleet {fleet.name}: {len(present)} nodes" + (f", inventory {fleet.inventory}" if present else ""))
    for node in present:
        address = node_address(fleet, node.number)
        kind = releases.kind_of(fleet, node.number).text
        say(f"  {fleet.host(node.number):<8} {kind:<16} {node.state:<10} {address:<15} {_inside(fleet, node)}")


def _inside(fleet: Fleet, node: nodes.VirtualNode) -> str:
    if node.state != "running":
        return ""
    system = nodes.run_in(fleet, node.number, "systemctl", "is-system-running", check=False)
    mode = nodes.run_in(fleet, node.number, "nvpmodel", "-q", check=False).splitlines()
    return f"{system}, {mode[0] if mode else 'no power mode'}, {node.boots} reboots"


def down(fleet: Fleet, say: Say = log.info) -> None:
    """Remove the fleet's containers, volumes, network and files, and the engine if `up` started it. Images are kept."""
    if docker.answers():
        removed = nodes.remove(fleet)
        say(f"removed: {', '.join(removed)}" if removed else f"fleet {fleet.name}: nothing to remove")
        if docker.stop_if_ours(fleet.folder.parent):
            say("stopped the Docker engine that `up` had started")
    for name in (
        "inventory.ini",
        "known_hosts",
        "ssh_config",
        "id_ed25519",
        "id_ed25519.pub",
        profiles.FILE,
        releases.FILE,
    ):
        (fleet.folder / name).unlink(missing_ok=True)


def shell(fleet: Fleet, number: int) -> None:
    """Open a shell in a node over ssh, as Ansible does; replaces this process."""
    config = fleet.folder / "ssh_config"
    if not config.exists():
        raise VirtualFleetError(f"fleet {fleet.name} has no nodes", "", f"./inv fleet up --name {fleet.name}")
    os.execvp("ssh", ["ssh", "-F", str(config), fleet.host(number)])
