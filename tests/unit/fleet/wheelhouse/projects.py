"""A small repository with a manifest, a lock, a wheelhouse and a server that has the files."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from fleet.wheelhouse import commands
from fleet.wheelhouse.store import fetch
from fleet.wheelhouse.store.download import RetryPolicy
from fleet.wheelhouse.store.manifest import RECORD, WheelhouseManifest, read
from tests.unit.fleet.wheelfiles import Shelf, serve, wheel

TORCH = "torch-1.10.0-cp36-cp36m-linux_aarch64.whl"


QUICK = RetryPolicy(silence_s=0.3, attempts=2, pause_s=0.01)


class Project:
    """A repository in small: wheels/, requirements/, a wheelhouse, and a server that has the files."""

    def __init__(self, root: Path, shelf: Shelf) -> None:
        self.root, self.shelf, self.wheelhouse, self.said = root, shelf, root / "wheelhouse", []  # type: ignore[var-annotated]
        (root / "wheels").mkdir()
        (root / "requirements").mkdir()
        self.write()

    def write(self, sha256: str = RECORD, extra: str = "", urls: str = "") -> None:
        (self.root / "wheels" / "manifest.toml").write_text(
            f"""
[target.nano]
python = "3.6.9"
abi = "cp36m"
platforms = ["manylinux2014_aarch64", "linux_aarch64"]
locks = ["small"]

[[artefact]]
name = "torch"
version = "1.10.0"
via = "url"
urls = {urls or json.dumps([self.shelf.url(TORCH)])}
file = "{TORCH}"
sha256 = "{sha256}"
reason = "its maker publishes none"
licence = "BSD"
why = "a test"
sets = ["nano"]
{extra}
"""
        )

    @property
    def manifest(self) -> WheelhouseManifest:
        return read(self.root / "wheels" / "manifest.toml")

    def fetch(self, name: str = "torch") -> None:
        fetch.fetch_source(self.manifest.source(name), self.wheelhouse, self.manifest, self.said.append, QUICK)

    def command(self, *arguments: str) -> int:
        where = ["--wheelhouse", str(self.wheelhouse), "--manifest", str(self.manifest.path)]
        return commands.main([*arguments, *where], self.said.append)

    def lock(self, *wheels: Path) -> None:
        lines = []
        for path in wheels:
            name, version = path.name.split("-")[:2]
            lines.append(f"{name}=={version} \\\n    --hash=sha256:{digest(path)}\n")
        (self.root / "requirements" / "small.txt").write_text("".join(lines))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    served = tmp_path / "served"
    served.mkdir()
    wheel(served)
    with serve(served) as shelf:
        yield Project(tmp_path, shelf)
