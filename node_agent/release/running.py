"""Starts the release that has to run: from Docker's store or, when that is broken, from the archive on the disk."""

import logging
from typing import Any, Dict, Optional

from node_agent.errors import HostError, ReleaseRefused, ReleaseUnavailable
from node_agent.logs import log_event
from node_agent.release import slots
from node_agent.release.agent import Agent

Release = Dict[str, Any]
LOGGER = logging.getLogger(__name__)


def ensure(agent: Agent, release: Optional[Release]) -> None:
    """Make ``release`` run; stop the application where it is None. Raises ReleaseUnavailable when that fails."""
    if release is None:
        agent.host.stop_app()
    elif agent.host.running() != release["id"]:
        ensure_image(agent, release)
        start(agent, release)


def start(agent: Agent, release: Release) -> None:
    """Start a release whose image is in the store; when that fails, once more with a fresh copy of the image."""
    try:
        agent.host.start_app(release)
    except HostError as error:
        _warn("start_failed", release, error)
        _repair(agent)
        agent.host.remove_image(release["image_id"])
        ensure_image(agent, release)
        agent.host.start_app(release)


def ensure_image(agent: Agent, release: Release) -> None:
    """Have the image in Docker's store; a broken store is repaired and filled from the verified archive."""
    if not agent.host.docker_works():
        _repair(agent)
    if agent.host.has_image(release["image_id"]):
        return
    try:
        load(agent, release)
    except HostError as error:
        _warn("image_load_failed", release, error)
        _repair(agent)
        load(agent, release)


def _warn(event: str, release: Release, error: HostError) -> None:
    log_event(LOGGER, logging.WARNING, event, release=release["version"], reason=error.found)


def load(agent: Agent, release: Release) -> None:
    """Load the archive after comparing it with the manifest. Raises ReleaseUnavailable, HostError."""
    try:
        manifest = slots.load(agent.disk, release["id"])
        member = next(member for member in manifest.members if member.path == manifest.image)
        slots.check_file(agent.disk, release["id"], member)
    except ReleaseRefused as error:
        raise ReleaseUnavailable(
            "release {} is not in Docker's store, and its archive is not sound: {}".format(
                release["version"], error.found
            ),
            "one of the two",
            "python3 -m node_agent rollback --reason ..., or stage a release again",
        )
    agent.host.load_image(slots.image_path(manifest))
    if not agent.host.has_image(release["image_id"]):
        raise HostError("Docker loaded the archive, but image {} is missing".format(release["image_id"][:19]))


def _repair(agent: Agent) -> None:
    agent.host.repair_docker()
    agent.try_record("healed", what="docker")
    if not agent.host.docker_works():
        raise ReleaseUnavailable("Docker does not work, even with an empty store", "", "journalctl -u docker")
