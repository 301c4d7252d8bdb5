"""Wheels for virtual Nanos: the locks of the boards for this machine's processor, in a separate wheelhouse."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from packaging.utils import parse_wheel_filename

from fleet.core.errors import VirtualFleetError
from fleet.core.files import ROOT
from fleet.environments.mending import with_true_record
from fleet.virtual import profiles, releases
from fleet.virtual.settings import Fleet, machine_arch, settings
from fleet.wheelhouse import commands
from fleet.wheelhouse.store.fetch import run_pip
from fleet.wheelhouse.store.index import alone, missing_of_lock
from fleet.wheelhouse.store.manifest import MANIFEST, read

Say = Callable[[str], None]
_ARTEFACT = "[[artefact]]\n"
_NOTHING: dict[str, list[str]] = {"locks": [], "artefacts": []}
_KEPT = ("name", "licence", "why", "sets")
_UBUNTU = """
[target.virtual-ubuntu]
python = "3.6.15"
abi = "cp36m"
platforms = {platforms}
locks = ["virtual-ubuntu"]
"""  # what Ubuntu brings on a board: see the profile full in settings.toml


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


def describe(project: Project, arch: str, vendors: bool = False) -> None:
    """Write the manifest for a Debian architecture, and link the locks.

    ``vendors``: with the files of vendors as a board has them, by name, instead of those for this processor.
    """
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
    text = _with_others(text.replace(last + "]", last + more + "]"), [] if vendors else processor["artefacts"])
    text += _UBUNTU.format(platforms=_platforms(text))
    if not project.manifest.exists() or project.manifest.read_text() != text:
        project.manifest.write_text(text)


def _platforms(text: str) -> str:
    """The platforms of the boards' Python 3.6, as they stand in the text of a manifest."""
    found = re.search(r"\[target\.nano-py36\][^\[]*platforms = (\[[^\]]*\])", text)
    assert found is not None  # the manifest of this repository has it
    return found[1]


def _with_others(text: str, others: list[dict[str, Any]]) -> str:
    """The text of a manifest with the origins of some artefacts replaced; purpose and licence stay."""
    head, *blocks = text.split(_ARTEFACT)
    replaced = {json.dumps(other["name"]): other for other in others}
    for position, block in enumerate(blocks):
        kept = [line for line in block.splitlines() if line.partition(" = ")[0] in _KEPT]
        other = replaced.pop(kept[0].partition(" = ")[2], None)
        if other is not None:
            new = [f"{key} = {json.dumps(value)}" for key, value in other.items() if key != "name"]
            blocks[position] = "\n".join([*kept, *new]) + "\n\n"
    if replaced:
        raise VirtualFleetError(f"no artefact {', '.join(replaced)} in the manifest", "[[artefact]] of that name")
    return head + "".join(_ARTEFACT + block for block in blocks)


def fetch(project: Project, names: Iterable[str], say: Say) -> None:
    """Fetch missing locks and artefacts into the wheelhouse. Raises ArtefactError."""
    manifest = read(project.manifest)
    sources, locks = commands.select(manifest, names)
    gone = [lock for target, lock in locks if missing_of_lock(project.wheelhouse, manifest, target, lock)]
    if sources or gone:
        commands.fetch(manifest, project.wheelhouse, sources, locks, say)


def _mend(project: Project, arch: str, names: Iterable[str], say: Say) -> None:
    """Make the copies of wheels whose published RECORD is not true. Raises ArtefactError."""
    originals = settings()["wheels"]["processors"][arch]["originals"]
    manifest = read(project.manifest)
    for source in (manifest.source(name) for name in names if name in originals):
        if (project.wheelhouse / source.file).is_file():
            continue
        say(f"wheels: {source.name} {source.version}, with a true RECORD")
        tags = parse_wheel_filename(source.file)[3]
        python, abi, platform = next((tag.interpreter, tag.abi, tag.platform) for tag in tags)
        project.wheelhouse.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=project.folder) as name:
            folder = Path(name)
            line = f"{source.name}=={source.version} --hash=sha256:{originals[source.name]}\n"
            (folder / "wanted.txt").write_text(line)
            options = ["--no-deps", "--only-binary=:all:", "--implementation=cp", f"--abi={abi}"]
            # a whole version: packages that ask for 3.6.2 or later do not suit "3.6"
            options += [f"--python-version={python[2]}.{python[3:]}.15", f"--platform={platform}", "--require-hashes"]
            run_pip([*options, "-r", str(folder / "wanted.txt")], folder)
            with_true_record(folder / source.file, project.wheelhouse / source.file)


def ensure(fleet: Fleet, say: Say) -> None:
    """Fetch what provision.yml installs on the nodes, by their profile."""
    project = project_of(fleet)
    if project is not None:
        with alone(project.folder / ".lock"):
            describe(project, fleet.arch)
            kinds = releases.kinds(fleet)
            wanted = settings()["profiles"][profiles.name_of(fleet)] if any(k.is_first for k in kinds) else _NOTHING
            _mend(project, fleet.arch, wanted["artefacts"], say)
            later = [name for kind in kinds if not kind.is_first for name in kind.series.locks["base"]]
            fetch(project, [*wanted["locks"], *wanted["artefacts"], *later], lambda line: say(f"wheels: {line}"))
