"""The image of a virtual Nano: a base from debootstrap, then tests/fleet/image/Dockerfile. Both are built once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from fleet.boards.table import FIRST
from fleet.core.errors import InterpreterMissing, VirtualFleetError, VirtualFleetUnavailable
from fleet.environments import interpreters
from fleet.virtual import releases
from fleet.virtual.docker import run_docker
from fleet.virtual.releases import Kind
from fleet.virtual.roots import bootstrap, rootfs
from fleet.virtual.settings import IMAGE, Fleet, machine_arch, settings

Say = Callable[[str], None]
MINORS = ("3.6", "3.7")  # of a Nano
_LEFT_OUT = shutil.ignore_patterns(
    "test", "__pycache__", "site-packages", "*.a", "config-*", "idlelib", "tkinter", "turtledemo", "lib2to3"
)


def base_tag(fleet: Fleet) -> str:
    """Tag of the base. Changes with the lists of Debian packages."""
    return f"nano-ocr/debian:{fleet.arch}-{_digest(IMAGE / 'debian.txt', IMAGE / 'offered.txt')}"


def tags(fleet: Fleet, kind: Kind | None = None) -> tuple[str, str]:
    """(node, repository): tags that change with everything that the images are made of. Without a kind, a Nano's."""
    kind = kind or releases.parse(FIRST)
    pythons = " ".join(f"{minor}={python.version}" for minor, python in pythons_of(fleet, kind).items())
    written: list[str] = []
    releases.dress(kind, IMAGE, lambda path, text: written.append(f"{path.name}={text}"))
    key = f"{fleet.arch}-{_digest(*files(), more=base_tag(fleet) + pythons + ''.join(written))}"
    key += "" if kind.is_first else f"-{kind.text.replace(':', '-')}"
    return f"nano-ocr/virtual-nano:{key}", f"nano-ocr/virtual-nano-repository:{key}"


def files() -> list[Path]:
    """Every file that the image is made of."""
    return sorted(path for path in IMAGE.rglob("*") if path.is_file() and "__pycache__" not in path.parts)


def _digest(*paths: Path, more: str = "") -> str:
    total = hashlib.sha256(more.encode())
    for path in paths:
        total.update(path.relative_to(IMAGE).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()[:12]


def pythons_of(fleet: Fleet, kind: Kind | None = None) -> dict[str, interpreters.Interpreter]:
    """The Pythons of the nodes, copied from this machine; none for a foreign processor."""
    minors = MINORS if kind is None or kind.is_first else (kind.series.python,)
    found = {}
    for minor in minors if fleet.arch == machine_arch() else ():
        try:
            found[minor] = interpreters.find(minor)
        except InterpreterMissing:
            if minor == minors[0]:
                raise
    return found


def ensure(fleet: Fleet, say: Say, kind: Kind | None = None) -> tuple[str, str]:
    """Tags of the node's and the repository's image. Builds missing images."""
    kind = kind or releases.parse(FIRST)
    node, repository = tags(fleet, kind)
    with _alone(fleet):
        if not exists(node) or not exists(repository):
            if not exists(base_tag(fleet)):
                _bootstrap(fleet, say)
            _build(fleet, kind, node, repository, say)
    return node, repository


@contextmanager
def _alone(fleet: Fleet) -> Iterator[None]:
    """Only one `up` builds at a time. The others wait and then find the image."""
    folder = fleet.folder.parent
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "image.lock").open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def exists(tag: str) -> bool:
    """Whether the engine has this image."""
    return bool(run_docker("images", "--quiet", tag))


def _bootstrap(fleet: Fleet, say: Say) -> None:
    """Run debootstrap into a folder, add the packages to offer, and import both into the engine."""
    if not shutil.which("debootstrap"):
        raise VirtualFleetUnavailable("debootstrap not found", "it makes the base image", "apt-get install debootstrap")
    say("base image: running debootstrap, once; this takes several minutes")
    with _folder(fleet) as folder:
        root = folder / "root"
        call = partial(_call, folder=folder)
        bootstrap.debian(root, settings()["debian"], listed("debian.txt"), fleet.arch, call)
        _download(root, fleet.arch, call)
        rootfs.load(root, base_tag(fleet), fleet.arch)


def _download(root: Path, arch: str, call: bootstrap.Call) -> None:
    """Collect all .deb files, of the base and of offered.txt, in /srv/debian."""
    call(bootstrap.apt_get(root, arch, "update", "-q"))
    for name in listed("offered.txt"):  # one by one, because some conflict with others
        call(bootstrap.apt_get(root, arch, "install", "-qy", "--no-install-recommends", "--download-only", name))
    target = root / "srv" / "debian"
    target.mkdir()
    for deb in (root / "var/cache/apt/archives").glob("*.deb"):
        shutil.move(deb, target)
    for leftover in (root / "var/lib/apt/lists").glob("*_*"):
        leftover.unlink()


def listed(name: str) -> list[str]:
    """Lines of a package list, without comments."""
    lines = (line.partition("#")[0].strip() for line in (IMAGE / name).read_text().splitlines())
    return [line for line in lines if line]


def _build(fleet: Fleet, kind: Kind, node: str, repository: str, say: Say) -> None:
    say(f"image of nodes {kind.text} and their package repository: building, once; this takes a minute or two")
    with _folder(fleet) as folder:
        context = folder / "context"
        shutil.copytree(IMAGE, context, ignore=shutil.ignore_patterns("__pycache__"))
        releases.dress(kind, context)
        (context / "python").mkdir()
        (context / "python" / "README").write_text("interpreters of the machine that built this\n")
        for minor, python in pythons_of(fleet, kind).items():
            say(f"Python {python.version} of the nodes: {python.path}")
            _copy_python(python.path, minor, context / "python" / minor)
        command = ["docker", "build", "--platform", f"linux/{fleet.arch}", "--build-arg", f"BASE={base_tag(fleet)}"]
        command += ["--build-arg", "EMULATED=" + ("" if fleet.arch == machine_arch() else fleet.arch)]
        _call([*command, "--target", "repository", "--tag", repository, str(context)], folder)
        _call([*command, "--tag", node, str(context)], folder)


def _copy_python(program: Path, minor: str, target: Path) -> None:
    """Copy the program, the library and the modules of an installed Python."""
    prefix = Path(subprocess.check_output([program, "-c", "import sys; print(sys.base_prefix)"], text=True).strip())
    shutil.copytree(
        prefix / "lib" / f"python{minor}", target / "lib" / f"python{minor}", ignore=_LEFT_OUT, symlinks=True
    )
    (target / "bin").mkdir()
    shutil.copy2((prefix / "bin" / f"python{minor}").resolve(), target / "bin" / f"python{minor}")
    for library in (prefix / "lib").glob(f"libpython{minor}*.so.1.0"):
        shutil.copy2(library, target / "lib")


@contextmanager
def _folder(fleet: Fleet) -> Iterator[Path]:
    """A temporary folder on the disk of the checkout. The log next to it is kept."""
    base = fleet.folder.parent
    base.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base, prefix="image-") as name:
        yield Path(name)


def _call(command: list[str], folder: Path) -> None:
    """Run a command with its output in build/fleet/image.log. Raises VirtualFleetError with the last lines."""
    log = folder.parent / "image.log"
    environment = dict(os.environ, DOCKER_BUILDKIT="0", DEBIAN_FRONTEND="noninteractive", LC_ALL="C")
    with log.open("a") as output:
        done = subprocess.run(command, stdout=output, stderr=output, check=False, env=environment)
    if done.returncode:
        last = "\n  ".join(log.read_text(errors="replace").splitlines()[-8:])
        raise VirtualFleetError(f"{' '.join(command[:2])} failed:\n  {last}", "", f"see {log}")
