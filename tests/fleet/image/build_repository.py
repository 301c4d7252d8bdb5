"""Builds the apt repository of the virtual Nanos inside the image: stand-in packages, indexes, what a board has.

    build_repository.py /srv    reads packages.toml, debian/*.deb, python/<minor>/; writes repository/, preinstalled/

No package is signed, and the nodes' sources say so (trusted=yes): apt's signatures are not what is rehearsed here.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
from email.utils import formatdate
from pathlib import Path
from typing import Any

import tomllib

SUITES: dict[str, Any] = {  # suite -> (folder of the repository, name of the distribution)
    "common": ("jetson/common", "r32.7"),
    "t210": ("jetson/t210", "r32.7"),
    "bionic": ("ubuntu", "bionic"),
    "general": ("libnvidia-container", "stable"),
}
DIST_PACKAGES = """/usr/local/lib/python3.6/dist-packages
/usr/lib/python3.6/dist-packages
"""


def main(root: Path) -> None:
    """Build every package of packages.toml, then the indexes."""
    arch = subprocess.check_output(["dpkg", "--print-architecture"], text=True).strip()
    data = tomllib.loads((root / "packages.toml").read_text())
    packages = data["package"]
    SUITES.update({name: tuple(pair) for name, pair in data.get("suites", {}).items()})
    (root / "preinstalled").mkdir()
    for package in packages:
        if not available(root, package):
            continue
        for number, name in enumerate(package["names"]):
            for version in package["versions"]:
                deb = build(root, arch, package, name, version, number)
                if package.get("sdk") and version == package["versions"][0]:
                    os.link(deb, root / "preinstalled" / deb.name)
    offer_debian(root)
    for folder, distribution in set(SUITES.values()):
        (root / "repository" / folder / "pool").mkdir(parents=True, exist_ok=True)
        index(root / "repository" / folder, distribution, arch)


def available(root: Path, package: dict[str, Any]) -> bool:
    """Whether a package can be made: the interpreters are those that the machine had."""
    minor = package.get("python") or package.get("ensurepip")
    return not minor or (root / "python" / minor).is_dir()


def build(root: Path, arch: str, package: dict[str, Any], name: str, version: str, number: int) -> Path:
    """One .deb in its suite's pool; the files of a group go into its first package."""
    with tempfile.TemporaryDirectory() as temporary:
        tree = Path(temporary)
        fields = {"Package": name, "Version": version, "Architecture": arch}
        if package.get("from_debian"):
            fields = unpack(root, tree, name, fields)
        elif number == 0:
            fill(root, tree, package)
        fields.setdefault("Depends", ", ".join(package.get("depends", [])))
        fields["Maintainer"] = "virtual Nano <nobody@localhost>"
        fields["Description"] = "stand-in of the virtual Nano for " + name
        control(tree, fields)
        return pack(tree, root / "repository" / SUITES[package["suite"]][0] / "pool")


def unpack(root: Path, tree: Path, name: str, fields: dict[str, str]) -> dict[str, str]:
    """Contents and scripts of Debian's package; what it needs, without versions."""
    deb = next((root / "debian").glob(name + "_*.deb"))
    subprocess.check_call(["dpkg-deb", "--raw-extract", str(deb), str(tree)])
    needs = subprocess.check_output(["dpkg-deb", "--field", str(deb), "Depends"], text=True).strip()
    return {**fields, "Depends": re.sub(r" *\([^)]*\)", "", needs)}


def fill(root: Path, tree: Path, package: dict[str, Any]) -> None:
    for name, text in {**package.get("files", {}), **package.get("conffiles", {})}.items():
        write(tree / name, text.lstrip("\n"), 0o644)
    for name, text in package.get("executables", {}).items():
        script = (root / text[1:]).read_text() if text.startswith("@") else text.lstrip("\n")
        write(tree / name, script, 0o755)
    if package.get("conffiles"):
        write(tree / "DEBIAN" / "conffiles", "".join(f"/{name}\n" for name in package["conffiles"]), 0o644)
    if minor := package.get("python"):
        interpreter(root / "python" / minor, tree, minor)
    if minor := package.get("ensurepip"):
        ensurepip = tree / "usr/lib" / f"python{minor}" / "ensurepip"
        shutil.copytree(root / "python" / minor / "lib" / f"python{minor}" / "ensurepip", ensurepip)


def interpreter(source: Path, tree: Path, minor: str) -> None:
    """A Python below /usr: program, its library, its modules without ensurepip (a package of its own in Ubuntu)."""
    modules = tree / "usr/lib" / f"python{minor}"
    left_out = shutil.ignore_patterns("ensurepip", "site-packages", "test", "__pycache__", "*.a")
    shutil.copytree(source / "lib" / f"python{minor}", modules, ignore=left_out, symlinks=True)
    (tree / "usr/bin").mkdir(parents=True)
    shutil.copy2(source / "bin" / f"python{minor}", tree / "usr/bin")
    for library in (source / "lib").glob("libpython*.so.1.0"):  # missing if Python was built without one
        shutil.copy2(library, tree / "usr/lib")
    write(modules / "site-packages" / "dist-packages.pth", DIST_PACKAGES.replace("3.6", minor), 0o644)
    write(tree / "DEBIAN" / "postinst", "#!/bin/sh\nldconfig\n", 0o755)


def write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def control(tree: Path, fields: dict[str, str]) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in fields.items() if value)
    write(tree / "DEBIAN" / "control", text, 0o644)


def pack(tree: Path, pool: Path) -> Path:
    pool.mkdir(parents=True, exist_ok=True)
    command = ["dpkg-deb", "--root-owner-group", "-Zzstd", "-z1", "--build", str(tree), str(pool)]
    before = set(pool.iterdir())
    subprocess.check_call(command, stdout=subprocess.DEVNULL)
    return (set(pool.iterdir()) - before).pop()


def offer_debian(root: Path) -> None:
    """Debian's own packages go into the pool of `bionic`, but for those that are packed anew."""
    pool = root / "repository" / SUITES["bionic"][0] / "pool"
    taken = {path.name.partition("_")[0] for path in pool.iterdir()}
    for deb in (root / "debian").glob("*.deb"):
        if deb.name.partition("_")[0] not in taken:
            os.link(deb, pool / deb.name)


def index(folder: Path, distribution: str, arch: str) -> None:
    """Packages and Release of one repository."""
    debs = sorted((folder / "pool").glob("*.deb"))
    packages = "\n".join(map(stanza, debs)).encode()
    name = f"main/binary-{arch}/Packages"
    target = folder / "dists" / distribution / name
    target.parent.mkdir(parents=True)
    target.write_bytes(packages)
    lines = [f"Suite: {distribution}", f"Codename: {distribution}", f"Architectures: {arch}", "Components: main"]
    lines += [f"Date: {formatdate(usegmt=True)}"]
    lines += ["SHA256:", f" {hashlib.sha256(packages).hexdigest()} {len(packages)} {name}", ""]
    (folder / "dists" / distribution / "Release").write_text("\n".join(lines))


def stanza(deb: Path) -> str:
    fields = subprocess.check_output(["dpkg-deb", "--field", str(deb)], text=True)
    data = deb.read_bytes()
    return f"{fields}Filename: pool/{deb.name}\nSize: {len(data)}\nSHA256: {hashlib.sha256(data).hexdigest()}\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
