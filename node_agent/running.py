"""Makes the release run that has to: from Docker's store, or, when that is broken, from the archive on the disk."""

from typing import Any, Dict, Optional

from node_agent import slots
from node_agent.errors import OutsideError, Refused, Unavailable
from node_agent.node import Node

Release = Dict[str, Any]


def ensure(node: Node, release: Optional[Release]) -> None:
    """Make ``release`` run, and nothing where there is none yet. Raises Unavailable when it cannot be had."""
    if release is None:
        node.machine.stop_app()
    elif node.machine.running() != release["id"]:
        ensure_image(node, release)
        start(node, release)


def start(node: Node, release: Release) -> None:
    """Start a release whose image is in the store; once more with a fresh copy of the image when that fails."""
    try:
        node.machine.start_app(release)
    except OutsideError as error:
        node.say("cannot start {}: {}; loading its image anew".format(release["version"], error.found))
        _repair(node)
        node.machine.remove_image(release["image_id"])
        ensure_image(node, release)
        node.machine.start_app(release)


def ensure_image(node: Node, release: Release) -> None:
    """Have the image in Docker's store; heal the store from the verified archive when it is broken."""
    if not node.machine.docker_works():
        _repair(node)
    if node.machine.has_image(release["image_id"]):
        return
    try:
        load(node, release)
    except OutsideError as error:
        node.say("cannot load the image: {}; repairing Docker".format(error.found))
        _repair(node)
        load(node, release)


def load(node: Node, release: Release) -> None:
    """Load the archive after comparing it with the manifest. Raises Unavailable, OutsideError."""
    try:
        made = slots.load(node.disk, release["id"])
        member = next(member for member in made.members if member.path == made.image)
        slots.check_file(node.disk, release["id"], member)
    except Refused as error:
        raise Unavailable(
            "release {} is neither in Docker's store nor sound on the disk: {}".format(release["version"], error.found),
            "one of both",
            "python3 -m node_agent rollback --reason ..., or stage a release again",
        )
    node.machine.load_image(slots.image_path(made))
    if not node.machine.has_image(release["image_id"]):
        raise OutsideError("Docker loaded the archive, but image {} is not there".format(release["image_id"][:19]))


def _repair(node: Node) -> None:
    node.machine.repair_docker()
    node.try_record("healed", what="docker")
    if not node.machine.docker_works():
        raise Unavailable("Docker does not work, even with an empty store", "", "journalctl -u docker")
