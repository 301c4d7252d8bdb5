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
from fleet.images.spec import BaseImage, ImageCatalogue

Say = Callable[[str], None]
_APT = "srv/apt"
_LEFT_OUT = ("dev", "var/lib/apt/lists", "var/cache/apt", "usr/share/doc", "usr/share/man", "usr/share/locale")


def tag(images: ImageCatalogue, base: BaseImage) -> str:
    """The tag of a base's stand-in. Changes with everything that it is made of."""
    parts = [path.read_bytes() for path in (images.root / "docker" / "standin.toml", Path(debs.__file__))]
    parts += [repr(sorted(base.apt.items())).encode(), images.suite.encode()]
    parts += [python.version.encode() for python in _pythons(images, base).values()]
    return f"ocr-app-standin/{base.key}:{hashlib.sha256(b'|'.join(parts)).hexdigest()[:12]}"


def format_label(base: BaseImage) -> str:
    """The label of an image on a stand-in."""
    suffix = "" if base.key != "l4t-base" else "; x86-64 wheels of the locks in suffix of NVIDIA's and Paddle's"
    return f"stand-in for {base.name}:{base.tag} from Debian packages{suffix}"


def ensure(images: ImageCatalogue, keys: set[str], say: Say) -> dict[str, str]:
    """The tags of the stand-ins of these bases. Makes missing ones. Raises DockerMissing, ContainerImageError."""
    tags = {key: tag(images, images.bases[key]) for key in sorted(keys)}
    missing = [key for key in tags if not exists(tags[key])]
    if missing:
        if not shutil.which("debootstrap"):
            raise DockerMissing("debootstrap not found", "it makes the stand-in bases", "apt-get install debootstrap")
        if os.geteuid():
            raise DockerMissing("not root: debootstrap needs it", "root", "sudo ./inv images build ...")
        say(f"stand-in bases ({', '.join(missing)}): running debootstrap, once; this takes a minute or two")
        with _folder(images) as folder:
            root = _bootstrap(images, folder)
            for key in missing:
                _fill(images, images.bases[key], root)
                _import(root, tags[key], format_label(images.bases[key]))
    return tags


def _pythons(images: ImageCatalogue, base: BaseImage) -> dict[str, interpreters.Interpreter]:
    """Package name -> the interpreter of this machine that it contains. Raises InterpreterMissing."""
    table = load_toml(images.root / "docker" / "standin.toml")["package"]
    return {name: interpreters.find(table[name]["python"]) for name in base.apt if "python" in table.get(name, {})}


def _bootstrap(images: ImageCatalogue, folder: Path) -> Path:
    root = folder / "root"
    include = ",".join(load_toml(images.root / "docker" / "standin.toml")["debian"])
    _call(["debootstrap", "--variant=minbase", f"--include={include}", images.suite, str(root)], folder)
    _call(["chroot", str(root), "apt-get", "update", "-q"], folder)
    return root


def _fill(images: ImageCatalogue, base: BaseImage, root: Path) -> None:
    """Put the packages that apt offers into /srv/apt of the root."""
    offered = root / _APT
    shutil.rmtree(offered, ignore_errors=True)
    offered.mkdir(parents=True)
    if base.key == "l4t-base":
        debs.make_all(images, base, _pythons(images, base), root, offered)
    else:
        debs.download(root, list(base.apt), offered)
    debs.index(offered)


def _import(root: Path, name: str, label: str) -> None:
    """Import the root as an image whose apt uses only /srv/apt."""
    sources = root / "etc/apt/sources.list"
    kept = sources.read_text()
    sources.write_text(f"deb [trusted=yes] file:/{_APT} ./\n")
    (root / "etc/standin").write_text(label + "\n")
    command = ["docker", "import", "--change", f'LABEL nano-ocr.standin="{label}"', "--change", 'CMD ["/bin/sh"]']
    pack = ["tar", "-C", str(root), *(f"--exclude=./{folder}/*" for folder in _LEFT_OUT), "-c", "."]
    with subprocess.Popen(pack, stdout=subprocess.PIPE) as tar:
        done = subprocess.run([*command, "-", name], stdin=tar.stdout, capture_output=True, text=True, check=False)
    sources.write_text(kept)
    if done.returncode:
        raise ContainerImageError(f"docker import failed: {done.stderr.strip()}")


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
