"""Wheels for virtual Nanos: the locks of the boards for this machine's processor, in a separate wheelhouse."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import VirtualFleetError
from fleet.core.files import ROOT
from fleet.virtual.settings import Fleet, machine_arch, settings
from fleet.wheelhouse import commands
from fleet.wheelhouse.store.index import alone, missing_of_lock
from fleet.wheelhouse.store.manifest import MANIFEST, read

Say = Callable[[str], None]


@dataclass(frozen=True)
class Project:
    """A folder with everything that the wheelhouse needs: manifest, locks, files."""

    folder: Path

    @property
    def manifest(self) -> Path:
        """The manifest of the boards, with other platforms."""
        return self.folder / "wheels" / "manifest.toml"

    @property
    def wheelhouse(self) -> Path:
        """The folder of the files."""
        return self.folder / "wheelhouse"

    @property
    def variables(self) -> dict[str, str]:
        """The Ansible variables that select these files."""
        return {"wheelhouse_manifest": str(self.manifest), "wheelhouse_folder": str(self.wheelhouse)}


def project_of(fleet: Fleet) -> Project | None:
    """The project of these nodes' wheels; None for nodes with another processor, which install no wheels."""
    return Project(fleet.folder.parent / f"wheels-{fleet.arch}") if fleet.arch == machine_arch() else None


def describe(project: Project, arch: str) -> None:
    """Write the manifest for a Debian architecture, and link the locks."""
    processor = settings()["wheels"]["processors"].get(arch)
    if processor is None:
        raise VirtualFleetError(f"there are no wheels for {arch}", ", ".join(settings()["wheels"]["processors"]))
    project.manifest.parent.mkdir(parents=True, exist_ok=True)
    locks = project.folder / "requirements"
    if not locks.is_symlink():
        locks.symlink_to(ROOT / "requirements")
    text = re.sub(r"(linux\w*?)_aarch64", rf"\1_{processor['name']}", MANIFEST.read_text())
    last = f'"linux_{processor["name"]}"'
    more = "".join(f', "{platform}"' for platform in processor["more"])
    text = text.replace(last + "]", last + more + "]")
    if not project.manifest.exists() or project.manifest.read_text() != text:
        project.manifest.write_text(text)


def fetch(project: Project, names: Iterable[str], say: Say) -> None:
    """Fetch missing locks and artefacts into the wheelhouse. Raises ArtefactError."""
    manifest = read(project.manifest)
    sources, locks = commands.select(manifest, names)
    gone = [lock for target, lock in locks if missing_of_lock(project.wheelhouse, manifest, target, lock)]
    if sources or gone:
        commands.fetch(manifest, project.wheelhouse, sources, locks, say)


def ensure(fleet: Fleet, say: Say) -> None:
    """Fetch the wheels that provision.yml installs by default."""
    project = project_of(fleet)
    if project is not None:
        with alone(project.folder / ".lock"):
            describe(project, fleet.arch)
            fetch(project, settings()["wheels"]["locks"], lambda line: say(f"wheels: {line}"))
