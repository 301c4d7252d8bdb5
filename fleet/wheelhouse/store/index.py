"""The wheelhouse folder: which files it holds, whether they are right, and which of them a board installs."""

from __future__ import annotations

import fcntl
import json
import re
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import InvalidWheelFilename, canonicalize_name, parse_wheel_filename

from fleet.core.errors import ArtefactError, NotInWheelhouse
from fleet.core.files import ROOT, sha256_of
from fleet.wheelhouse.store.inspection import inspect
from fleet.wheelhouse.store.manifest import ArtefactSource, PythonTarget, WheelhouseManifest

WHEELHOUSE = ROOT / ".wheelhouse"
_LOCKED = re.compile(r"^([A-Za-z0-9][\w.-]*)==([^\s;]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_STAMPS = ".checked.json"


@dataclass(frozen=True)
class LockedPackage:
    """One line of a lock: the version, and the sha256 of each of its files."""

    name: str
    version: str
    hashes: frozenset[str]


@dataclass(frozen=True)
class ChosenFile:
    """One file for a board. ``kind`` is "sdist" for a pure Python archive that the board builds itself."""

    name: str
    version: str
    file: str
    sha256: str
    size: int
    kind: str

    @property
    def requirement(self) -> str:
        """The requirement line that makes pip install exactly this file."""
        return f"{self.name}=={self.version} --hash=sha256:{self.sha256}"


def lock_path(name: str, manifest: WheelhouseManifest) -> Path:
    """Path of the lock called ``name``, relative to the manifest."""
    return manifest.path.parent.parent / "requirements" / f"{name}.txt"


def read_lock(path: Path) -> list[LockedPackage]:
    """The lines of a hash-locked list. Raises ArtefactError if it does not exist or a line has no hash."""
    if not path.is_file():
        raise ArtefactError(f"{path} is not there", "a lock", f"./inv lock --name {path.stem}")
    found = []
    for line in path.read_text().replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        match, hashes = _LOCKED.match(line), frozenset(_HASH.findall(line))
        if match is None or not hashes:
            raise ArtefactError(f"{path.name}: {line[:60]}", "NAME==VERSION with sha256 hashes")
        found.append(LockedPackage(canonicalize_name(match[1]), match[2], hashes))
    return found


def tags(target: PythonTarget) -> frozenset[Tag]:
    """The tags that pip on the board accepts: wheels for its Python, and pure wheels."""
    version = tuple(int(part) for part in target.python.split(".")[:2])
    own = cpython_tags(version, [target.abi], target.platforms)
    pure = compatible_tags(version, f"cp{version[0]}{version[1]}", target.platforms)
    return frozenset([*own, *pure])


def missing_of_lock(
    wheelhouse: Path, manifest: WheelhouseManifest, target: PythonTarget, lock: str
) -> list[LockedPackage]:
    """The lines of the lock for which the wheelhouse has no right file."""
    fit = tags(target)
    return [line for line in read_lock(lock_path(lock, manifest)) if _find(wheelhouse, line, fit) is None]


def of_lock(wheelhouse: Path, manifest: WheelhouseManifest, target: PythonTarget, lock: str) -> list[ChosenFile]:
    """The files that install the lock on the target. Raises NotInWheelhouse with the missing ones."""
    fit, found, gone = tags(target), [], []
    for line in read_lock(lock_path(lock, manifest)):
        chosen = _find(wheelhouse, line, fit)
        if chosen is None:
            gone.append(f"{line.name} {line.version}")
        else:
            found.append(chosen)
    if gone:
        step = f"./inv wheels fetch --only {lock}"
        raise NotInWheelhouse(f"{lock}: {', '.join(gone)} not in {wheelhouse.name}/", "every file of the lock", step)
    return found


def _find(wheelhouse: Path, line: LockedPackage, fit: frozenset[Tag]) -> ChosenFile | None:
    for path in sorted(wheelhouse.glob("*.whl")):
        if is_for(path, line, fit):
            digest = checked_sha256(path)
            if digest in line.hashes:
                return ChosenFile(line.name, line.version, path.name, digest, path.stat().st_size, "wheel")
    return None


def is_for(path: Path, line: LockedPackage, fit: frozenset[Tag]) -> bool:
    """Whether the wheel is that of the line, for a target with the tags ``fit``."""
    try:
        name, version, _, its_tags = parse_wheel_filename(path.name)
    except InvalidWheelFilename:
        return False
    return name == line.name and str(version) == line.version and bool(its_tags & fit)


def of_source(wheelhouse: Path, source: ArtefactSource, manifest: WheelhouseManifest) -> ChosenFile:
    """The checked file of an artefact. Raises NotInWheelhouse, or WrongFile if it is not what it should be."""
    path = wheelhouse / source.file
    if not path.is_file():
        built = f"{source.command} (it is built on a board)" if source.via == "build" else ""
        step = built or f"./inv wheels fetch --only {source.name}"
        raise NotInWheelhouse(f"{source.file} is not in {wheelhouse.name}/", f"{source.name} {source.version}", step)
    if not source.pinned:
        raise NotInWheelhouse(
            f"{source.file} has no recorded sha256",
            f"an entry in {manifest.recorded.name}",
            f"./inv wheels fetch --only {source.name}",
        )
    digest = checked_sha256(path)
    if digest != source.sha256:
        raise NotInWheelhouse(
            f"{source.file} has sha256 {digest}", source.sha256, f"delete {path}, then ./inv wheels fetch"
        )
    inspect(path, source)
    inside = source.version_inside if source.kind in ("wheel", "sdist") and source.version_inside else source.version
    return ChosenFile(canonicalize_name(source.name), inside, source.file, digest, path.stat().st_size, source.kind)


def checked_sha256(path: Path) -> str:
    """sha256 of a file. A file with an unchanged size and time is not read again."""
    store = path.parent / _STAMPS
    stamps = _stamps(store)
    state = path.stat()
    key = [state.st_size, state.st_mtime_ns, state.st_ino]
    entry = stamps.get(path.name)
    if isinstance(entry, dict) and entry.get("key") == key:
        return str(entry["sha256"])
    digest = sha256_of(path)
    with alone(store.with_suffix(".lock")):
        partial = store.with_suffix(".partial")
        partial.write_text(json.dumps({**_stamps(store), path.name: {"key": key, "sha256": digest}}))
        partial.replace(store)
    return digest


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the lock file ``path``: other threads and processes that want it wait; it goes with whoever dies."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _stamps(store: Path) -> dict[str, object]:
    try:
        stamps: dict[str, object] = json.loads(store.read_text())
    except (OSError, ValueError):
        return {}
    return stamps


def wanted(manifest: WheelhouseManifest, locks: Iterable[str], names: Iterable[str]) -> list[dict[str, str]]:
    """Names and versions that an environment must contain. Needs no files."""
    found = {line.name: line.version for lock in locks for line in read_lock(lock_path(lock, manifest))}
    for name in names:
        source = manifest.source(name)
        found[canonicalize_name(name)] = source.version_inside or source.version
    return [{"name": name, "version": version} for name, version in sorted(found.items())]


def placed(wheelhouse: Path, source: ArtefactSource, manifest: WheelhouseManifest) -> dict[str, object]:
    """The checked file of an artefact and its folder, as plain data. Raises NotInWheelhouse and WrongFile."""
    return {**asdict(of_source(wheelhouse, source, manifest)), "folder": str(wheelhouse)}


def plan(
    wheelhouse: Path, manifest: WheelhouseManifest, target: str, locks: Iterable[str], names: Iterable[str]
) -> dict[str, object]:
    """The content of a board's environment: the files to push, and the requirements for pip.

    Raises NotInWheelhouse and WrongFile. Nothing is fetched.
    """
    chosen = list(_unique(_chosen(wheelhouse, manifest, manifest.target(target), locks, names)))
    lines = sorted(item.requirement for item in chosen if item.kind in ("wheel", "sdist"))
    return {
        "folder": str(wheelhouse),
        "files": [asdict(item) for item in chosen],
        "requirements": "".join(line + "\n" for line in lines),
        "from_source": sorted(item.name for item in chosen if item.kind == "sdist"),
    }


def _chosen(
    wheelhouse: Path, manifest: WheelhouseManifest, target: PythonTarget, locks: Iterable[str], names: Iterable[str]
) -> Iterator[ChosenFile]:
    for lock in locks:
        yield from of_lock(wheelhouse, manifest, target, lock)
    for name in names:
        yield of_source(wheelhouse, manifest.source(name), manifest)


def _unique(items: Iterable[ChosenFile]) -> Iterator[ChosenFile]:
    """Each package once. Raises ArtefactError if two locks require different versions."""
    seen: dict[str, ChosenFile] = {}
    for item in items:
        other = seen.setdefault(item.name, item)
        if other.version != item.version:
            raise ArtefactError(f"{item.name} {other.version} and {item.version} in one environment", "one version")
        if other is item:
            yield item
