"""Puts into a node what JetPack and Ubuntu bring on a board and stand-in packages hold only as names (profile full)."""

from __future__ import annotations

import tarfile
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from fleet.core.errors import VirtualFleetError
from fleet.virtual import profiles, releases
from fleet.virtual.docker import run_docker
from fleet.virtual.nodes import run_in
from fleet.virtual.settings import Fleet, settings
from fleet.virtual.wheels import Project, project_of
from fleet.wheelhouse.store import index, members
from fleet.wheelhouse.store.manifest import read

Say = Callable[[str], None]
_MARK = "/var/lib/virtual-nano/supplied"
# The library calls itself otherwise inside, so ldconfig would not list it by the name that Paddle asks for.
_SCRIPT = """set -e
{python} "$(echo /tmp/supplies/pip-*.whl)/pip" install --quiet --disable-pip-version-check --no-index --no-deps \\
    --target {packages} $(ls /tmp/supplies/*.whl | grep -v /pip-)
install -D -m 0644 /tmp/supplies/{member} {library}
ln -sf {library} /usr/lib/{member}
rm -r /tmp/supplies
touch {mark}
"""


def put(fleet: Fleet, number: int, say: Say) -> None:
    """Fill the gaps of a node once, if its profile needs that. Raises NotInWheelhouse, VirtualFleetError."""
    wanted = settings()["profiles"][profiles.name_of(fleet)].get("supplies")
    if (
        not wanted
        or not releases.kind_of(fleet, number).is_first
        or run_in(fleet, number, "sh", "-c", f"test -e {_MARK} && echo yes || true") == "yes"
    ):
        return
    project = project_of(fleet)
    if project is None:
        raise VirtualFleetError(f"the profile {profiles.name_of(fleet)} on nodes of {fleet.arch}", "--profile lean")
    say(f"{fleet.host(number)}: adding what JetPack and Ubuntu bring on a board")
    with tempfile.TemporaryDirectory(dir=fleet.folder) as name:
        archive = Path(name) / "supplies.tar"
        with tarfile.open(archive, "w") as stream:
            for path in files_of(project, wanted):
                stream.add(path, f"supplies/{path.name}")
        run_docker("cp", str(archive), f"{fleet.container(number)}:/var/supplies.tar")
    unpack = "tar -C /tmp -xf /var/supplies.tar && rm /var/supplies.tar\n"
    run_in(fleet, number, "sh", "-c", unpack + _SCRIPT.format(mark=_MARK, **wanted))


def files_of(project: Project, wanted: Mapping[str, Any]) -> list[Path]:
    """The wheels, pip itself, and the library. Raises NotInWheelhouse."""
    manifest = read(project.manifest)
    targets = {lock: target for target in manifest.targets.values() for lock in target.locks}
    chosen = index.of_lock(project.wheelhouse, manifest, targets[wanted["lock"]], wanted["lock"])
    tools = index.of_lock(project.wheelhouse, manifest, targets[wanted["pip"]], wanted["pip"])
    pip = [item for item in tools if item.name == "pip"]
    held = members.unpacked(wanted["artefact"], project.wheelhouse, manifest)
    library = Path(held["folder"]) / wanted["member"]
    return [*(project.wheelhouse / item.file for item in [*chosen, *pip]), library]
