"""What virtual nodes get: the profile that they were started with, and what it means for their inventory."""

from __future__ import annotations

from typing import Any

from fleet.core.files import write_whole
from fleet.virtual.settings import Fleet, settings

FILE = "profile"


def name_of(fleet: Fleet) -> str:
    """The profile that was asked for, else that of the nodes that are there, else the usual one."""
    path = fleet.folder / FILE
    kept = path.read_text().strip() if path.is_file() else ""
    usual: str = settings()["profile"]
    return fleet.profile or kept or usual


def remember(fleet: Fleet) -> None:
    """Keep the profile for the next `up` of this fleet."""
    fleet.folder.mkdir(parents=True, exist_ok=True)
    write_whole(fleet.folder / FILE, name_of(fleet) + "\n")


def host_of(profile: str) -> dict[str, Any]:
    """The variables of each node. Truth values are written as Ansible reads them in a line of a host."""
    found: dict[str, Any] = settings()["profiles"][profile]["host"]
    return found
