"""Compiles requirements/NAME.txt from requirements/NAME.in, and reads locks.

``./inv lock --name NAME`` compiles one lock (all of them without a name). ``--upgrade`` allows newer
versions; without it, locked versions stay. The compiler is uv, which is itself locked as the environment "locks".
"""

from __future__ import annotations

import argparse
import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from packaging.markers import default_environment
from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from fleet.core import logs
from fleet.core.errors import FleetError, LockError
from fleet.core.files import ROOT, write_whole
from fleet.environments import pure_wheels
from fleet.environments.declarations import LockSpec, lock_path, lock_specs

log = logging.getLogger(__name__)

PLATFORM = "x86_64-manylinux_2_28"
_HASH = re.compile(r"--hash=sha256:[0-9a-f]{64}\b")
_ADDRESS = re.compile(r"\w+://|--(?:extra-)?index|--find-links|(?:^|\s)-[if]\s|\s@\s", re.MULTILINE)


def head(name: str) -> str:
    """First line of every lock: the command that made it."""
    return f"# Generated from {name}.in by `./inv lock --name {name}`; do not edit.\n"


def compile_lock(name: str, root: Path = ROOT, upgrade: bool = False) -> Path:
    """Compile requirements/NAME.txt and return its path.

    Raises LockError for an unknown name, without uv, or with uv's reason if there is no solution, and ArtefactError for
    a wheel that cannot be made here.
    """
    target = lock_path(name, root)
    with tempfile.TemporaryDirectory(prefix="nano-ocr-lock-") as folder:
        made = Path(folder) / target.name
        if target.is_file():
            made.write_bytes(target.read_bytes())
        _run_uv(_command(_spec(name, root), root, made, upgrade), name)
        text = head(name) + made.read_text()
    write_whole(target, text)
    return target


def _spec(name: str, root: Path) -> LockSpec:
    specs = lock_specs(root)
    if name not in specs:
        raise LockError(f"no lock called {name}", ", ".join(specs))
    return specs[name]


def _command(spec: LockSpec, root: Path, made: Path, upgrade: bool) -> list[str]:
    command = [str(_uv(root)), "--no-config", "pip", "compile", "--quiet", "--generate-hashes"]
    command += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"]
    command += ["--python-version", spec.python, "--output-file", str(made)]
    platform = ["--python-platform", spec.platform or PLATFORM, "--only-binary", ":all:"]
    command += ["--universal"] if spec.universal else platform
    if spec.without:
        override = made.with_name("override.txt")
        override.write_text("".join(f"{package}; sys_platform == 'none'\n" for package in spec.without))
        command += ["--override", str(override)]
    if spec.made:
        command += ["--find-links", str(_made(spec, root, made.parent / "made"))]
    return command + ["--upgrade"] * upgrade + [str(lock_path(spec.name, root).with_suffix(".in"))]


def _made(spec: LockSpec, root: Path, links: Path) -> Path:
    """A folder with nothing but the wheels of the lock that are made here."""
    links.mkdir()
    for item in pure_wheels.called(spec.made):
        (links / item.file).symlink_to(pure_wheels.ensure(item, root / pure_wheels.FOLDER))
    return links


def _uv(root: Path) -> Path:
    uv = root / ".envs" / "locks" / "bin" / "uv"
    if not uv.is_file():
        raise LockError("uv is not there", str(uv), "build the environment `locks`")
    return uv


def _run_uv(command: list[str], name: str) -> None:
    environment = dict(os.environ)
    if "PIP_FIND_LINKS" in environment:  # folders of wheels for pip, including a torch without CUDA
        environment.setdefault("UV_FIND_LINKS", environment["PIP_FIND_LINKS"])
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    if done.returncode:
        raise LockError(f"{name}: uv finds no solution\n{done.stderr.strip()}", "", f"correct requirements/{name}.in")


def locked(path: Path, python: str) -> dict[str, str]:
    """The versions that a lock holds for Python ``python`` ("3.6.15") on x86-64 Linux: canonical name -> version.

    Raises LockError if the lock is missing, if a line has no ``==`` or no hash, or if it contains an address.
    """
    if not path.is_file():
        raise LockError(f"{path} is not there", "a lock", f"./inv lock --name {path.stem}")
    if address := _ADDRESS.search(path.read_text()):
        raise _broken(path, f"an address or an index option: {address.group().strip()}")
    found: dict[str, str] = {}
    for line in _logical_lines(path):
        requirement = _requirement(path, line)
        if requirement.marker is None or requirement.marker.evaluate(_target(python)):
            found[canonicalize_name(requirement.name)] = str(requirement.specifier)[2:]
    return found


def _logical_lines(path: Path) -> list[str]:
    joined = path.read_text().replace("\\\n", " ")
    return [line for line in joined.splitlines() if line.strip() and not line.startswith("#")]


def _requirement(path: Path, line: str) -> Requirement:
    if not _HASH.search(line):
        raise _broken(path, f"no sha256 for: {line.strip()}")
    try:
        requirement = Requirement(_HASH.sub("", line).strip())
    except InvalidRequirement as error:
        raise _broken(path, str(error)) from error
    if not re.fullmatch(r"==[^,*]+", str(requirement.specifier)):
        raise _broken(path, f"no exact version: {requirement}")
    return requirement


def _broken(path: Path, problem: str) -> LockError:
    step = f"./inv lock --name {path.stem}"
    return LockError(f"{path.name}: {problem}", "NAME==VERSION with sha256 hashes", step)


def _target(python: str) -> dict[str, str]:
    """The marker environment of Python ``python`` on x86-64 Linux, independent of the interpreter that runs this."""
    environment = {key: str(value) for key, value in default_environment().items()}
    minor = ".".join(python.split(".")[:2])
    environment.update(python_version=minor, python_full_version=python, implementation_version=python)
    environment.update(sys_platform="linux", platform_system="Linux", platform_machine="x86_64", os_name="posix")
    return environment


def wanted(name: str, root: Path = ROOT) -> list[Requirement]:
    """The requirements in requirements/NAME.in."""
    lines = lock_path(name, root).with_suffix(".in").read_text().splitlines()
    stripped = (line.partition("#")[0].strip() for line in lines)
    return [Requirement(line) for line in stripped if line]


def missing(name: str, python: str, root: Path = ROOT) -> list[str]:
    """Requirements of NAME.in for Python ``python`` that NAME.txt does not satisfy; empty if the lock is up to date."""
    have = locked(lock_path(name, root), python)
    return [str(item) for item in wanted(name, root) if _applies(item, python) and not _given(item, have)]


def _applies(requirement: Requirement, python: str) -> bool:
    return requirement.marker is None or requirement.marker.evaluate(_target(python))


def _given(requirement: Requirement, have: dict[str, str]) -> bool:
    version = have.get(canonicalize_name(requirement.name))
    return version is not None and requirement.specifier.contains(version, prereleases=True)


def main(arguments: list[str], say: Callable[[str], None] = log.info) -> int:
    """The command line; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./inv lock", description="compile requirements/NAME.txt")
    parser.add_argument("names", nargs="*", metavar="NAME", help="locks to compile; all when none is named")
    parser.add_argument("--upgrade", action="store_true", help="take newer versions where NAME.in allows them")
    options = parser.parse_args(arguments)
    try:
        for name in options.names or lock_specs():
            say(f"{name}: {compile_lock(name, upgrade=options.upgrade).relative_to(ROOT)}")
    except FleetError as error:
        say(str(error))
        return error.exit_code
    return 0


if __name__ == "__main__":
    logs.configure()
    sys.exit(main(sys.argv[1:]))
