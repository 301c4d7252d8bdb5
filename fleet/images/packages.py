"""The wheels that an image installs: lines of locks, fetched into the wheelhouse, each with the hash of its file."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from fleet.core.errors import ContainerImageError
from fleet.images.spec import ImageCatalogue, ImageSpec
from fleet.wheelhouse.store import fetch, index
from fleet.wheelhouse.store.manifest import PythonTarget, read

Say = Callable[[str], None]
_MACHINE = {"amd64": "x86_64", "arm64": "aarch64"}
_GLIBC = {"l4t-base": 27, "debian": 36}  # the C library of the base is 2.N, which limits manylinux_2_N
_OLD = {"x86_64": ("manylinux2014", "manylinux2010", "manylinux1"), "aarch64": ("manylinux2014",)}


@dataclass(frozen=True)
class ImageWheels:
    """The wheels of an image, and pip itself. All files are in ``folder``."""

    folder: Path
    pip: index.ChosenFile
    chosen: tuple[index.ChosenFile, ...]

    @property
    def requirements(self) -> str:
        """The requirements for pip: one package per line, with the hash of its file."""
        return "".join(sorted(item.requirement + "\n" for item in self.chosen))


def wheels_of(
    images: ImageCatalogue, image: ImageSpec, arch: str, standin: bool, scratch: Path, say: Say
) -> ImageWheels:
    """Fetch and check the wheels of an image for a Docker architecture. Raises ArtefactError, ContainerImageError.

    ``standin`` selects the x86-64 locks, which replace the wheels that NVIDIA and Paddle make for a Nano.
    ``scratch`` is a folder for the resulting lock.
    """
    target = target_of(images, image, arch)
    lines = image.standin if standin and image.standin else image.locks
    held = {item.name for item in _held(images, image, target)}
    wanted = [item for item in _once(_entries(lines, image, target), image) if item.name not in held]
    pip = _entries((image.pip,), image, target)
    found = {item.name: item for item in _fetched(image, target, [*wanted, *pip], scratch, say)}
    manifest = read()
    vendor = (
        [] if standin else [index.of_source(index.WHEELHOUSE, manifest.source(n), manifest) for n in image.artefacts]
    )
    return ImageWheels(index.WHEELHOUSE, found[pip[0].name], (*(found[item.name] for item in wanted), *vendor))


def target_of(images: ImageCatalogue, image: ImageSpec, arch: str) -> PythonTarget:
    """The image's Python and platform, as pip names them."""
    machine = _MACHINE[arch]
    newest = _GLIBC[images.base_of(image).key]
    platforms = [f"manylinux_2_{number}_{machine}" for number in range(newest, 4, -1)]
    platforms += [f"{name}_{machine}" for name in _OLD[machine]] + [f"linux_{machine}"]
    abi = "cp" + image.minor.replace(".", "") + ("m" if image.minor in ("3.6", "3.7") else "")
    return PythonTarget(f"{image.name} ({arch})", image.python, abi, tuple(platforms), ())


def _held(images: ImageCatalogue, image: ImageSpec, target: PythonTarget) -> list[index.LockedPackage]:
    """The packages of the parent images for the same Python."""
    below = [other for other in images.lineage(image.name)[:-1] if other.python == image.python]
    return [item for other in below for item in _entries(other.locks, other, target)]


def _entries(entries: Iterable[str], image: ImageSpec, target: PythonTarget) -> list[index.LockedPackage]:
    """The lines of "LOCK" or "LOCK:NAME,NAME" for the target. Raises ContainerImageError for an unknown name."""
    found = []
    for entry in entries:
        lock, _, names = entry.partition(":")
        wanted = {canonicalize_name(name) for name in names.split(",") if name}
        lines = {item.name: item for item in lines_of(index.lock_path(lock, read()), target)}
        if gone := sorted(wanted - set(lines)):
            raise ContainerImageError(f"image.{image.name}: {lock} has no {', '.join(gone)}", f"names of {lock}.txt")
        found += [lines[name] for name in sorted(wanted or lines)]
    return found


def lines_of(path: Path, target: PythonTarget) -> list[index.LockedPackage]:
    """The lines of a lock whose markers hold on the target. Raises ContainerImageError if there are none."""
    environment = {
        "python_version": ".".join(target.python.split(".")[:2]),
        "python_full_version": target.python,
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
        "platform_machine": target.platforms[-1].removeprefix("linux_"),
        "platform_system": "Linux",
        "sys_platform": "linux",
        "os_name": "posix",
    }
    found = []
    for line in path.read_text().replace("\\\n", " ").splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        requirement = Requirement(line.partition("--hash")[0].strip())
        if requirement.marker is None or requirement.marker.evaluate(environment):
            hashes = (word.partition("sha256:")[2] for word in line.split() if word.startswith("--hash=sha256:"))
            version = str(requirement.specifier).removeprefix("==")
            found.append(index.LockedPackage(canonicalize_name(requirement.name), version, frozenset(hashes)))
    if not found:
        raise ContainerImageError(f"{path.name} has no lines for Python {target.python}", "a lock for this Python")
    return found


def _once(items: Iterable[index.LockedPackage], image: ImageSpec) -> list[index.LockedPackage]:
    """Each package once. Raises ContainerImageError if two locks require different versions."""
    seen: dict[str, index.LockedPackage] = {}
    for item in items:
        if seen.setdefault(item.name, item).version != item.version:
            raise ContainerImageError(f"image.{image.name}: {item.name} {seen[item.name].version} and {item.version}")
    return list(seen.values())


def _fetched(
    image: ImageSpec, target: PythonTarget, lines: list[index.LockedPackage], scratch: Path, say: Say
) -> list[index.ChosenFile]:
    """The files of these lines, which are written as a lock below ``scratch`` and fetched if they are missing."""
    manifest = replace(read(), path=scratch / "wheels" / "manifest.toml")
    path = index.lock_path(image.name, manifest)
    path.parent.mkdir(parents=True, exist_ok=True)
    texts = (f"{i.name}=={i.version} " + " ".join(f"--hash=sha256:{h}" for h in sorted(i.hashes)) for i in lines)
    path.write_text("".join(text + "\n" for text in texts))
    fetch.fetch_lock(image.name, target, index.WHEELHOUSE, manifest, say)
    return index.of_lock(index.WHEELHOUSE, manifest, target, image.name)
