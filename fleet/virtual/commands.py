"""The verbs of `./inv fleet` that concern virtual fleets: up, status, down, shell."""

from __future__ import annotations

from fleet.core.errors import VirtualFleetError
from fleet.virtual import lifecycle
from fleet.virtual.settings import Fleet, machine_arch

VERBS = ("up", "status", "down", "shell")


def run(
    verb: str, count: int, name: str, arch: str, node: int, recreate: bool, profile: str = "", releases: str = ""
) -> None:
    """Run one verb. Raises VirtualFleetError or VirtualFleetUnavailable."""
    fleet = Fleet(
        name, arch=arch or machine_arch(), profile=profile, releases=tuple(releases.split(",")) if releases else ()
    )
    if verb == "up":
        lifecycle.up(fleet, count, recreate)
    elif verb == "status":
        lifecycle.status(fleet)
    elif verb == "down":
        lifecycle.down(fleet)
    elif verb == "shell":
        lifecycle.shell(fleet, node)
    else:
        raise VirtualFleetError(f"no verb {verb!r}", ", ".join(VERBS), "./inv fleet up --nodes 3")
