"""Model files inside artefacts of the wheelhouse, for the roles that copy them to boards."""

from __future__ import annotations

import fcntl
from pathlib import Path
from typing import Any

from fleet.core.errors import ArtefactError
from fleet.environments import model_files
from fleet.wheelhouse.store.index import checked_sha256, of_source
from fleet.wheelhouse.store.manifest import WheelhouseManifest


def unpacked(name: str, wheelhouse: Path, manifest: WheelhouseManifest) -> dict[str, Any]:
    """Unpack an artefact of the wheelhouse; returns the folder, and the members' names, sha256 and sizes (bytes).

    Right members are kept. Raises NotInWheelhouse, and ArtefactError for an artefact without members or a member whose
    sha256 differs from ocr_app/data/models.json.
    """
    archive = wheelhouse / of_source(wheelhouse, manifest.source(name), manifest).file
    listed = [item for item in model_files.read_manifest(manifest.path) if item.name == name]
    if not listed:
        raise ArtefactError(f"{name} has no members", "an artefact with model files")
    folder = wheelhouse / "members" / archive.stem
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # a play asks for many boards at once
        if _wrong(listed[0], folder):
            model_files.unpack(listed[0], archive, folder)
        if wrong := _wrong(listed[0], folder):
            raise ArtefactError(
                f"{archive.name} does not hold the files that the application needs: {', '.join(wrong)}",
                "the sha256 of ocr_app/data/models.json",
                f"delete {archive}, then ./inv wheels fetch --only {name}",
            )
    index = model_files.read_index()
    files = [
        {"name": m.name, "sha256": index[m.name]["sha256"], "size": index[m.name]["size"]} for m in listed[0].members
    ]
    return {"folder": str(folder), "files": files}


def _wrong(artefact: model_files.Artefact, folder: Path) -> list[str]:
    """Names of members that are missing or whose sha256 differs from the index."""
    index = model_files.read_index()
    return [m.name for m in artefact.members if not _is(folder / m.name, index.get(m.name, {}).get("sha256"))]


def _is(path: Path, sha256: str | None) -> bool:
    return path.is_file() and checked_sha256(path) == sha256
