"""Packages for a stand-in base: this machine's Pythons, Debian's packages under Ubuntu's names, and empty ones."""

from __future__ import annotations

import hashlib
import re
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from fleet.core.errors import ContainerImageError
from fleet.core.toml import load_toml
from fleet.environments.interpreters import Interpreter
from fleet.images.spec import BaseImage, ImageCatalogue

_DEBIANS_PYTHON = "python3"  # package and program
_LEFT_OUT = shutil.ignore_patterns(
    "test", "tests", "__pycache__", "site-packages", "ensurepip", "*.a", "config-*", "idlelib", "tkinter", "turtledemo",
    "_tkinter*", "lib2to3",
)  # fmt: skip


def make_all(
    images: ImageCatalogue, base: BaseImage, pythons: Mapping[str, Interpreter], root: Path, into: Path, arch: str = ""
) -> None:
    """Make every package that the base pins, for a Debian architecture (this machine's if empty).

    A Python that ``pythons`` lacks becomes a package that leads to Debian's own Python, which is added. Raises
    ContainerImageError for a package that is not described.
    """
    arch = arch or subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
    table = load_toml(images.root / "docker" / "standin.toml")["package"]
    for name, version in base.apt.items():
        if name not in table:
            raise ContainerImageError(f"no stand-in for the package {name}", "[package] of docker/standin.toml")
        with tempfile.TemporaryDirectory() as scratch:
            tree, fields = Path(scratch), {"Depends": ""}
            if name in pythons:
                _python(pythons[name], tree)
            elif "python" in table[name]:
                fields = _foreign_python(table[name]["python"], tree)
            elif table[name].get("from_debian"):
                fields = _debian(root, name, tree, Path(scratch))
            _pack(tree, {"Package": name, "Version": version, **fields}, into, arch)
    if any("python" in table[name] and name not in pythons for name in base.apt):
        download(root, [_DEBIANS_PYTHON], into)


def download(root: Path, names: list[str], into: Path) -> None:
    """Download Debian packages with their dependencies, as apt of the root resolves them."""
    command = ["apt-get", "install", "-qy", "--no-install-recommends", "--download-only", *names]
    _run(["chroot", str(root), *command])
    for deb in (root / "var/cache/apt/archives").glob("*.deb"):
        shutil.move(deb, into / deb.name.replace("%3a", ":"))


def index(folder: Path) -> None:
    """Write the file `Packages` of a flat repository. Each entry ends in an empty line, which apt requires."""
    stanzas = []
    for deb in sorted(folder.glob("*.deb")):
        fields = subprocess.check_output(["dpkg-deb", "--field", str(deb)], text=True)
        data = deb.read_bytes()
        stanzas.append(
            f"{fields}Filename: ./{deb.name}\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"
        )
    (folder / "Packages").write_text("".join(stanza + "\n" for stanza in stanzas))


def _python(python: Interpreter, tree: Path) -> None:
    """Install a Python below /usr: program, library, modules. It uses dist-packages, as Ubuntu's does."""
    minor = ".".join(python.version.split(".")[:2])
    asked = subprocess.check_output([python.path, "-c", "import sys; print(sys.base_prefix)"], text=True)
    prefix = Path(asked.strip())
    modules = tree / "usr/lib" / f"python{minor}"
    shutil.copytree(prefix / "lib" / f"python{minor}", modules, ignore=_LEFT_OUT, symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    shutil.copy2((prefix / "bin" / f"python{minor}").resolve(), tree / "usr/bin" / f"python{minor}")
    for library in (prefix / "lib").glob(f"libpython{minor}m.so.1.0"):  # missing if Python was built without one
        shutil.copy2(library, tree / "usr/lib")
    (modules / "site-packages").mkdir()
    folders = (f"/usr/{local}lib/python{minor}/dist-packages" for local in ("local/", ""))
    lines = "".join(f"import site; site.addsitedir({folder!r})\n" for folder in folders)
    (modules / "site-packages" / "dist-packages.pth").write_text(lines)
    (tree / "DEBIAN").mkdir()
    (tree / "DEBIAN/postinst").write_text("#!/bin/sh\nldconfig\n")
    (tree / "DEBIAN/postinst").chmod(0o755)


def _foreign_python(minor: str, tree: Path) -> dict[str, str]:
    """The program called as the old Python is a link to Debian's; returns the dependency."""
    (tree / "usr/bin").mkdir(parents=True)
    (tree / "usr/bin" / f"python{minor}").symlink_to(_DEBIANS_PYTHON)
    return {"Depends": _DEBIANS_PYTHON}


def _debian(root: Path, name: str, tree: Path, scratch: Path) -> dict[str, str]:
    """Unpack a Debian package; returns its dependencies without versions."""
    _run(["chroot", str(root), "sh", "-c", f"cd /tmp && apt-get download -q {name}"])
    deb = next((root / "tmp").glob(f"{name}_*.deb"))
    _run(["dpkg-deb", "--raw-extract", str(deb), str(tree)])
    needs = subprocess.check_output(["dpkg-deb", "--field", str(deb), "Depends"], text=True).strip()
    deb.unlink()
    kept = [need for need in re.sub(r" *\([^)]*\)", "", needs).split(", ") if not need.startswith("gcc-")]
    return {"Depends": ", ".join(kept)}


def _pack(tree: Path, fields: dict[str, str], into: Path, arch: str) -> None:
    every = {**fields, "Architecture": arch, "Maintainer": "stand-in <nobody@localhost>"}
    every["Description"] = "stand-in for " + fields["Package"]
    (tree / "DEBIAN").mkdir(exist_ok=True)
    (tree / "DEBIAN/control").write_text("".join(f"{key}: {value}\n" for key, value in every.items() if value))
    _run(["dpkg-deb", "--root-owner-group", "-Zxz", "-z1", "--build", str(tree), str(into)])


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ContainerImageError(f"{' '.join(command[:3])} failed: {done.stderr.strip()[-600:]}")
