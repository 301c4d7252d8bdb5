"""Reads wheels/manifest.toml and wheels/recorded.toml, which holds the hashes of first fetches."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from fleet.core.errors import ArtefactError
from fleet.core.files import ROOT, write_whole
from fleet.core.toml import load_toml

MANIFEST = ROOT / "wheels" / "manifest.toml"
RECORD = "record-on-first-fetch"
_HEX = 64  # digits of a sha256

KINDS = ("wheel", "sdist", "archive", "deb", "file")
VIA = ("pypi", "url", "sdist", "build")


@dataclass(frozen=True)
class ArtefactSource:
    """One file: its origin, and what it must contain.

    ``sha256`` is 64 hex digits or RECORD. ``size`` is in bytes, 0 if it has not been published.
    ``version_inside`` and ``tag`` must match the file's own metadata. ``command`` makes a file of ``via = "build"``;
    ``sdist_sha256`` is of the source archive that a wheel of ``via = "sdist"`` is made from.
    """

    name: str
    version: str
    file: str
    sha256: str
    licence: str
    why: str
    via: str = "pypi"
    kind: str = "wheel"
    urls: tuple[str, ...] = ()
    reason: str = ""
    size: int = 0
    version_inside: str = ""
    tag: str = ""
    command: str = ""
    sdist_sha256: str = ""
    sets: tuple[str, ...] = ()
    pip: tuple[str, ...] = ()
    member: tuple[dict[str, Any], ...] = ()

    @property
    def pinned(self) -> bool:
        """Whether the sha256 is known."""
        return self.sha256 != RECORD


@dataclass(frozen=True)
class PythonTarget:
    """A Python on a board: the wheels that its pip accepts, and the locks that it installs."""

    name: str
    python: str
    abi: str
    platforms: tuple[str, ...]
    locks: tuple[str, ...]


@dataclass(frozen=True)
class WheelhouseManifest:
    """The content of wheels/manifest.toml, with the recorded hashes filled in."""

    path: Path
    sources: tuple[ArtefactSource, ...]
    targets: dict[str, PythonTarget]

    @property
    def recorded(self) -> Path:
        """The file of recorded hashes."""
        return self.path.with_name("recorded.toml")

    def source(self, name: str) -> ArtefactSource:
        """The artefact called ``name``. Raises ArtefactError with the known names."""
        for source in self.sources:
            if source.name == name:
                return source
        raise ArtefactError(f"no artefact called {name}", ", ".join(source.name for source in self.sources))

    def target(self, name: str) -> PythonTarget:
        """The target called ``name``. Raises ArtefactError with the known names."""
        if name not in self.targets:
            raise ArtefactError(f"no target called {name}", ", ".join(self.targets))
        return self.targets[name]


def read(path: Path = MANIFEST) -> WheelhouseManifest:
    """The manifest at ``path``. Raises ArtefactError for an unknown or missing key, kind, origin or digest."""
    data = load_toml(path)
    seen = recorded(path.with_name("recorded.toml"))
    sources = tuple(_filled(_source(record), seen) for record in data.get("artefact", ()))
    names = [source.name for source in sources]
    twice = {name for name in names if names.count(name) > 1}
    if twice:
        raise ArtefactError(f"{path.name} names {', '.join(sorted(twice))} twice", "one artefact per name")
    return WheelhouseManifest(
        path, sources, {name: _target(name, record) for name, record in data.get("target", {}).items()}
    )


def recorded(path: Path) -> dict[str, dict[str, Any]]:
    """Recorded files: file name -> sha256, size, url. Empty before the first fetch."""
    return dict(load_toml(path).get("recorded", {})) if path.is_file() else {}


def record(path: Path, file: str, sha256: str, size: int, url: str) -> None:
    """Add one file to recorded.toml. An existing entry is never overwritten."""
    seen = recorded(path)
    if file in seen:
        raise ArtefactError(f"{file} is recorded already", "one entry per file", f"compare with {path.name}")
    seen[file] = {"sha256": sha256, "size": size, "url": url}
    lines = ["# Hashes of files whose makers publish none. Written by `./inv wheels fetch`; commit it.\n"]
    for name, entry in sorted(seen.items()):
        lines.append(f'\n[recorded."{name}"]\nsha256 = "{entry["sha256"]}"\nsize = {entry["size"]}\n')
        lines.append(f'url = "{entry["url"]}"\n')
    write_whole(path, "".join(lines))


def _source(record: dict[str, Any]) -> ArtefactSource:
    known = {field.name for field in fields(ArtefactSource)}
    extra = sorted(set(record) - known)
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}
    name = record.get("name", "an artefact without a name")
    try:
        source = ArtefactSource(**values)
    except TypeError as error:
        wrong = f"unknown keys {', '.join(extra)}" if extra else str(error).partition("__init__() ")[2]
        raise ArtefactError(f"manifest.toml, {name}: {wrong}", ", ".join(sorted(known))) from error
    _check(source)
    return source


def _check(source: ArtefactSource) -> None:
    problems = {
        f"kind {source.kind!r}": source.kind in KINDS,
        f"via {source.via!r}": source.via in VIA,
        f"sha256 {source.sha256!r}": bool(re.fullmatch(r"[0-9a-f]{64}", source.sha256)) or not source.pinned,
        f"{RECORD} without a reason": source.pinned or bool(source.reason),
        "via url without urls": source.via != "url" or bool(source.urls),
        "via build without the command that makes it": source.via != "build" or bool(source.command),
        "via sdist without sdist_sha256, or for one platform": source.via != "sdist"
        or (len(source.sdist_sha256) == _HEX and source.pinned and source.file.endswith("-none-any.whl")),
        f"file {source.file!r}": "/" not in source.file,
    }
    for problem, fine in problems.items():
        if not fine:
            raise ArtefactError(f"manifest.toml, {source.name}: {problem}", "see the head of wheels/manifest.toml")


def _filled(source: ArtefactSource, seen: dict[str, dict[str, Any]]) -> ArtefactSource:
    """Pin a source without a published hash to the recorded hash."""
    entry = seen.get(source.file)
    if source.pinned or entry is None:
        return source
    return replace(source, sha256=str(entry["sha256"]), size=int(entry["size"]))


def _target(name: str, record: dict[str, Any]) -> PythonTarget:
    try:
        return PythonTarget(name, record["python"], record["abi"], tuple(record["platforms"]), tuple(record["locks"]))
    except KeyError as error:
        raise ArtefactError(f"manifest.toml, target {name} lacks {error}", "python, abi, platforms, locks") from error
