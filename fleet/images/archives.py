"""`./inv images save`: an image as the archive that a node's agent verifies before it loads it (node_agent)."""

from __future__ import annotations

import os
from pathlib import Path

from fleet.images import engine, spec
from fleet.images.packages import Say
from fleet.images.spec import Image, ImageProblem
from node_agent.errors import AgentError
from node_agent.release import image_archive
from ocr_app import __version__

_MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}


def save(names: list[str] | None, to: Path | None, say: Say = print) -> list[Path]:
    """Write NAME.tar of each image into ``to`` (build/images), whole or not at all; returns the files.

    Each is read back with the node's own reader. Raises ImageProblem.
    """
    images = spec.load()
    engine.require(images.root / "build" / "images")
    folder = to or images.root / "build" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = images.images.values() if names is None else [images.lineage(name)[-1] for name in names]
    return [_save_one(image, folder, say) for image in wanted]


def _save_one(image: Image, folder: Path, say: Say) -> Path:
    found = engine.inspect(image.name)
    path = folder / f"{image.name}.tar"
    partial = path.with_suffix(".partial")
    try:
        engine.docker("save", "--output", str(partial), f"{image.name}:{__version__}")
        read_back(partial, found["Id"], found["Architecture"])
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    say(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB, {found['Id'][:19]}")
    return path


def read_back(path: Path, image_id: str, arch: str) -> image_archive.ArchivedImage:
    """What the node's agent reads of an archive. Raises ImageProblem when that is not this image."""
    try:
        with path.open("rb") as stream:
            image = image_archive.inspect(stream)
    except AgentError as error:
        raise ImageProblem(f"{path.name}: {error}", "an archive that a node takes") from error
    if (image.id, image.machine) != (image_id, _MACHINES.get(arch, arch)):
        found = f"{path.name} holds {image.id[:19]} for {image.machine}"
        raise ImageProblem(found, f"{image_id[:19]} for {arch}", "docker's own image store (not containerd's)")
    return image
