"""Wheels of pure Python packages that their makers publish as source archives only, such as paho-mqtt 1.6.1.

Locks hold wheels, so these are made here: from the archive with the sha256 of wheels/manifest.toml (``via = "sdist"``),
by the setuptools and wheel of one lock, which are the last for Python 3.7 and never move. Every machine gets the same
bytes, whose sha256 is in the manifest and in the locks. Nothing of the build asks a network.
"""

from __future__ import annotations

import logging
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import ArtefactError, DownloadFailed, WrongFile
from fleet.core.files import ROOT, sha256_of
from fleet.core.toml import load_toml
from fleet.environments.mending import with_true_record

log = logging.getLogger(__name__)

MANIFEST = ROOT / "wheels" / "manifest.toml"
FOLDER = ".wheelhouse"
TOOLS = ROOT / "requirements" / "bootstrap-py37.txt"
_PIP = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", "--no-input"]
_MODE = 0o022  # files of a wheel keep their modes, which come from the umask

Say = Callable[[str], None]


@dataclass(frozen=True)
class PureWheel:
    """One wheel that is made here: its file and sha256, and the sha256 of the source archive."""

    name: str
    version: str
    file: str
    sha256: str
    sdist_sha256: str


def read_pure(path: Path = MANIFEST) -> list[PureWheel]:
    """The wheels of the manifest that are made from source archives."""
    found = [record for record in load_toml(path).get("artefact", ()) if record.get("via") == "sdist"]
    return [PureWheel(**{key: record[key] for key in PureWheel.__dataclass_fields__}) for record in found]


def of_hashes(hashes: Iterable[str], path: Path = MANIFEST) -> list[PureWheel]:
    """Those whose sha256 is one of ``hashes``."""
    wanted = set(hashes)
    return [item for item in read_pure(path) if item.sha256 in wanted]


def of_lock(lock: Path, path: Path = MANIFEST) -> list[PureWheel]:
    """Those that a lock holds."""
    return of_hashes(re.findall(r"--hash=sha256:([0-9a-f]{64})", lock.read_text()), path)


def called(names: Iterable[str], path: Path = MANIFEST) -> list[PureWheel]:
    """Those called ``names``. Raises ArtefactError for an unknown name."""
    known = {item.name: item for item in read_pure(path)}
    if unknown := sorted(set(names) - set(known)):
        raise ArtefactError(f"no wheel made from a source archive: {', '.join(unknown)}", ", ".join(known))
    return [known[name] for name in names]


def ensure(item: PureWheel, folder: Path, say: Say = log.info) -> Path:
    """The wheel in ``folder``, made unless it is there.

    Raises DownloadFailed where pip cannot have the archive or cannot build it, WrongFile for other bytes than expected.
    """
    target = folder / item.file
    if target.is_file() and sha256_of(target) == item.sha256:
        return target
    say(f"{item.name} {item.version}: making the wheel from its source archive")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".pure-", dir=folder) as name:
        made = Path(name) / item.file
        with_true_record(_built(item, Path(name)), made)
        found = sha256_of(made)
        if found != item.sha256:
            step = f"compare {TOOLS.name} and wheels/manifest.toml with the last commit; do not install it"
            raise WrongFile(f"{item.file}, made here, has sha256 {found}", item.sha256, step)
        made.replace(target)
    return target


def _built(item: PureWheel, folder: Path) -> Path:
    """The wheel as setuptools writes it. pip compares the archive with its sha256 before it runs any of its code."""
    tools, wanted = folder / "tools", folder / "wanted.txt"
    hashed = ["--no-deps", "--require-hashes"]
    install = ["install", *hashed, "--only-binary=:all:", "--target", str(tools)]
    _run([*install, "--requirement", str(TOOLS)], item, {})
    wanted.write_text(f"{item.name}=={item.version} --hash=sha256:{item.sdist_sha256}\n")
    build = ["wheel", *hashed, "--no-binary=:all:", "--no-build-isolation", "--use-pep517", "--no-cache-dir"]
    variables = {"PYTHONPATH": str(tools), "PYTHONHASHSEED": "0"}
    _run([*build, "--wheel-dir", str(folder / "out"), "--requirement", str(wanted)], item, variables)
    return folder / "out" / item.file


def _run(options: list[str], item: PureWheel, variables: dict[str, str]) -> None:
    """Run pip. Raises DownloadFailed with its last error lines."""
    environment = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PYTHONHOME")}
    command = [*_PIP, *options]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**environment, **variables}, umask=_MODE
    )
    if done.returncode:
        last = [line.strip() for line in done.stderr.splitlines() if "rror" in line][-3:]
        raise DownloadFailed(
            f"{item.name} {item.version}: pip {options[0]} failed: " + " / ".join(last or ["no reason given"]),
            "a package index that pip can reach, or a folder with the archive (PIP_FIND_LINKS)",
            " ".join(["pip", *options]),
        )
