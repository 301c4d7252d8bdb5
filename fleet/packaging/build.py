"""Builds the source distribution and the wheel of ocr_app."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import PackageError
from fleet.core.files import ROOT
from fleet.environments import interpreters
from fleet.environments.declarations import lock_path
from fleet.environments.interpreters import Interpreter

OUT = ROOT / "build" / "dist"
_BUILDERS = ("3.13", "3.12", "3.11", "3.10", "3.14")
_HOOK = "import sys; from setuptools import build_meta; getattr(build_meta, 'build_' + sys.argv[1])(sys.argv[2])"


@dataclass(frozen=True)
class Built:
    """The source distribution, and the wheel that was built from it."""

    sdist: Path
    wheel: Path


def build(out: Path = OUT) -> Built:
    """Build both from a copy of the files that Git knows or would add. Raises PackageError, InterpreterMissing."""
    builder = interpreters.find_first(_BUILDERS)
    with tempfile.TemporaryDirectory(prefix="ocr-app-build-") as scratch:
        copy = copy_source(Path(scratch) / "source")
        python = environment(Path(scratch) / "venv", builder, "bootstrap")
        sdist = run_hook(python, "sdist", copy, out)
        wheel = run_hook(python, "wheel", unpack(sdist, Path(scratch) / "sdist"), out)
    return Built(sdist, wheel)


def copy_source(target: Path, root: Path = ROOT) -> Path:
    """Copy what a commit of the working tree would hold to ``target``; nothing that was built gets in."""
    listed = call(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=root)
    for name in filter(None, listed.split("\0")):
        if (root / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root / name, target / name)
    return target


def environment(folder: Path, python: Interpreter, bootstrap: str = "") -> Path:
    """Make an empty virtual environment and return its Python; ``bootstrap``: the lock of its pip and setuptools."""
    call([str(python.path), "-m", "venv", str(folder)])
    made = folder / "bin" / "python"
    if bootstrap:
        pip_install(made, "--no-deps", "--require-hashes", "-r", str(lock_path(bootstrap, ROOT)))
    return made


def pip_install(python: Path, *arguments: str) -> None:
    """`pip install`; modules are compiled when they are imported. Raises PackageError with pip's last lines."""
    call([str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-compile", *arguments])


def run_hook(python: Path, kind: str, source: Path, out: Path) -> Path:
    """Build the ``sdist`` or the ``wheel`` of ``source`` with the setuptools of ``python`` itself; returns its path."""
    out.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=out) as fresh:
        call([str(python), "-c", _HOOK, kind, fresh], cwd=source)
        (made,) = Path(fresh).iterdir()
        return made.replace(out / made.name)


def unpack(sdist: Path, folder: Path) -> Path:
    """Unpack a source distribution; returns the one folder in it."""
    shutil.unpack_archive(sdist, folder, filter="data")
    (inner,) = folder.iterdir()
    return inner


def call(command: list[str], cwd: Path | None = None) -> str:
    """Standard output of a command that has to succeed. Raises PackageError with its last lines."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    done = subprocess.run(command, cwd=cwd, env=environ, capture_output=True, text=True, check=False)
    if done.returncode:
        tail = "\n    ".join(done.stderr.strip().splitlines()[-8:])
        raise PackageError(f"{' '.join(command[:4])} ... failed:\n    {tail}")
    return done.stdout
