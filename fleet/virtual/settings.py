"""The settings of virtual fleets: settings.toml, a fleet's name, and everything that follows from both."""

from __future__ import annotations

import platform
import re
import zlib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from fleet.core.errors import VirtualFleetError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml

IMAGE = ROOT / "tests" / "fleet" / "image"
DEFAULT_NAME = "virtual"


@cache
def settings() -> dict[str, Any]:
    """Contents of settings.toml."""
    return load_toml(Path(__file__).with_name("settings.toml"))


def machine_arch() -> str:
    """Debian's name of this machine's architecture."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


@dataclass(frozen=True)
class Fleet:
    """One virtual fleet on this machine. Several can run at the same time under different names.

    ``arch`` is Debian's name: amd64 or arm64. ``folder`` holds the files for its users. Without ``profile``, the nodes
    keep the profile that they were started with; so with ``releases``, SERIES:BOARD for the nodes in turn.
    """

    name: str = DEFAULT_NAME
    root: Path = ROOT
    arch: str = field(default_factory=machine_arch)
    profile: str = ""
    releases: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.profile and self.profile not in settings()["profiles"]:
            raise VirtualFleetError(f"no profile called {self.profile!r}", ", ".join(settings()["profiles"]))
        if not re.fullmatch(r"[a-z][a-z0-9-]{0,30}", self.name):
            raise VirtualFleetError(f"invalid name of a fleet: {self.name!r}", "lower-case letters, digits and dashes")

    @property
    def folder(self) -> Path:
        """The folder of inventory.ini, known_hosts, ssh_config and the key."""
        return self.root / "build" / "fleet" / self.name

    @property
    def inventory(self) -> Path:
        """The Ansible inventory that `up` writes."""
        return self.folder / "inventory.ini"

    @property
    def network(self) -> str:
        """Name of the Docker network."""
        return f"nano-ocr-{self.name}"

    @property
    def subnet(self) -> str:
        """The addresses, which depend only on the name."""
        third = 16 + zlib.crc32(self.name.encode()) % 239
        text: str = settings()["network"].format(third=third)
        return text

    def address(self, last: int) -> str:
        """The address that ends in ``last``."""
        return self.subnet.replace("0/24", str(last))

    def host(self, number: int) -> str:
        """Name of a node in the inventory: nano-1, nano-2, ..."""
        return f"nano-{number}"

    def container(self, number: int) -> str:
        """Name of a node's container."""
        return f"{self.network}-{number}"

    @property
    def repository(self) -> str:
        """Name of the container that serves the apt repository."""
        return f"{self.network}-repository"

    @property
    def label(self) -> str:
        """The label of everything that belongs to this fleet."""
        return f"{settings()['label']}={self.name}"


def node_address(fleet: Fleet, number: int) -> str:
    """Address of a node, counted from 1."""
    return fleet.address(settings()["first_host"] + number - 1)
