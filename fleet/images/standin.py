"""Stand-ins of base images, from debootstrap and a folder of packages for apt. Names and labels say that they are."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fleet.core.errors import ContainerImageError, DockerMissing
from fleet.core.toml import load_toml
from fleet.environments import interpreters
from fleet.images import debs
from fleet.images.docker import exists
from fleet.images.spec import BaseImage, ImageCatalogue, machine_arch
from fleet.virtual.roots import rootfs

Say = Callable[[str], None]
OLD_PYTHONS = ("l4t-base",)  # bases whose Python is this machine's own build, which another processor does not run
_APT = "srv/apt"
_OTHER_PYTHON = "its python3.6 is Debian's Python 3.11, because no 3.6 for this processor was at hand; no wheels"
_LEFT_OUT = ("dev", "var/lib/apt/lists", "var/cache/apt", "usr/share/doc", "usr/share/man", "usr/share/locale")


def tag(images: ImageCatalogue, base: BaseImage, arch: str = "") -> str:
    """The tag of a base's stand-in. Changes with everything that it is made of."""
    arch = arch or machine_arch()
    parts = [path.read_bytes() for path in (images.root / "docker" / "standin.toml", Path(debs.__file__))]
    parts += [repr(sorted(base.apt.items())).encode(), images.suite.encode()]
    parts += [python.version.encode() for python in _pythons(images, base, arch).values()]
    return f"ocr-app-standin/{base.key}:{arch}-{hashlib.sha256(b'|'.join(parts)).hexdigest()[:12]}"


def format_label(base: BaseImage, arch: str = "") -> str:
    """The label of an image on a stand-in."""
    suffix = ""
    if base.key in OLD_PYTHONS:
        own = arch in ("", machine_arch())
        suffix = "; x86-64 wheels of the locks in place of NVIDIA's and Paddle's" if own else f"; {_OTHER_PYTHON}"
    return f"stand-in for {base.name}:{base.tag} from Debian packages{suffix}"


def ensure(images: ImageCatalogue, keys: set[str], say: Say, arch: str = "") -> dict[str, str]:
    """The tags of the stand-ins of these bases. Makes missing ones. Raises DockerMissing, ContainerImageError.

    Programs for another processor have to run on this machine: packages set themselves up with them.
    """
    arch = arch or machine_arch()
    tags = {key: tag(images, images.bases[key], arch) for key in sorted(keys)}
    missing = [key for key in tags if not exists(tags[key])]
    if missing:
        if not shutil.which("debootstrap"):
            raise DockerMissing("debootstrap not found", "it makes the stand-in bases", "apt-get install debootstrap")
        if os.geteuid():
            raise DockerMissing("not root: debootstrap needs it", "root", "sudo ./inv images build ...")
        long = "a minute or two" if arch == machine_arch() else f"several minutes for {arch} on this machine"
        say(f"stand-in bases ({', '.join(missing)}): running debootstrap, once; this takes {long}")
        with _folder(images) as folder:
            root = _bootstrap(images, folder, arch)
            for key in missing:
                _fill(images, images.bases[key], root, arch)
                _import(root, tags[key], format_label(images.bases[key], arch), arch)
    return tags


def _pythons(images: ImageCatalogue, base: BaseImage, arch: str) -> dict[str, interpreters.Interpreter]:
    """Package name -> the interpreter of this machine that it contains; none for another processor.

    Raises InterpreterMissing.
    """
    if arch != machine_arch():
        return {}
    table = load_toml(images.root / "docker" / "standin.toml")["package"]
    return {name: interpreters.find(table[name]["python"]) for name in base.apt if "python" in table.get(name, {})}


def _bootstrap(images: ImageCatalogue, folder: Path, arch: str) -> Path:
    root = folder / "root"
    include = ",".join(load_toml(images.root / "docker" / "standin.toml")["debian"])
    kind = [f"--arch={arch}", "--variant=minbase"]
    _call(["debootstrap", *kind, f"--include={include}", images.suite, str(root)], folder)
    _call(["chroot", str(root), "apt-get", "update", "-q"], folder)
    return root


def _fill(images: ImageCatalogue, base: BaseImage, root: Path, arch: str) -> None:
    """Put the packages that apt offers into /srv/apt of the root."""
    offered = root / _APT
    shutil.rmtree(offered, ignore_errors=True)
    offered.mkdir(parents=True)
    if base.key == "l4t-base":
        debs.make_all(images, base, _pythons(images, base, arch), root, offered, arch)
    else:
        debs.download(root, list(base.apt), offered)
    debs.index(offered)


def _import(root: Path, name: str, label: str, arch: str) -> None:
    """Import the root as an image whose apt uses only /srv/apt."""
    sources = root / "etc/apt/sources.list"
    kept = sources.read_text()
    sources.write_text(f"deb [trusted=yes] file:/{_APT} ./\n")
    (root / "etc/standin").write_text(label + "\n")
    try:
        rootfs.load(root, name, arch, {"nano-ocr.standin": label}, ["/bin/sh"], _LEFT_OUT)
    finally:
        sources.write_text(kept)


@contextmanager
def _folder(images: ImageCatalogue) -> Iterator[Path]:
    base = images.root / "build" / "images"
    base.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=base, prefix="standin-") as name:
        yield Path(name)


def _call(command: list[str], folder: Path) -> None:
    """Run a command with its output in build/images/standin.log. Raises ContainerImageError with the last lines."""
    log = folder.parent / "standin.log"
    environment = dict(os.environ, DEBIAN_FRONTEND="noninteractive", LC_ALL="C")
    with log.open("a") as output:
        done = subprocess.run(command, stdout=output, stderr=output, check=False, env=environment)
    if done.returncode:
        last = "\n  ".join(log.read_text(errors="replace").splitlines()[-8:])
        raise ContainerImageError(f"{' '.join(command[:2])} failed:\n  {last}", "", f"see {log}")
