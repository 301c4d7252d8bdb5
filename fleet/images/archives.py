"""`./inv images save`: writes images as archives, which a node's agent verifies before it loads them."""

from __future__ import annotations

import logging
import os
from pathlib import Path

from fleet.core.errors import ContainerImageError
from fleet.images import docker, spec
from fleet.images.packages import Say
from fleet.images.spec import ImageSpec
from node_agent.errors import AgentError
from node_agent.release import image_archive

log = logging.getLogger(__name__)

_MACHINES = {"arm64": "aarch64", "amd64": "x86_64"}


def save(names: list[str] | None, to: Path | None, say: Say = log.info, arch: str = "") -> list[Path]:
    """Write NAME.tar of each image into ``to`` (build/images by default), whole or not at all; returns the files.

    Images for another processor than this machine's are written to NAME-ARCH.tar.
    Each archive is read back with the code of the agent. Raises ContainerImageError.
    """
    images = spec.load()
    docker.require(images.root / "build" / "images")
    folder = to or images.root / "build" / "images"
    folder.mkdir(parents=True, exist_ok=True)
    wanted = images.images.values() if names is None else [images.lineage(name)[-1] for name in names]
    return [_save_one(image, folder, say, arch) for image in wanted]


def _save_one(image: ImageSpec, folder: Path, say: Say, arch: str) -> Path:
    name = spec.called(image.name, arch)
    found = docker.inspect(name)
    path = folder / f"{name.replace(':', '-')}.tar"
    partial = path.with_suffix(".partial")
    try:
        docker.run_docker("save", "--output", str(partial), *spec.tags(image.name, arch))
        read_back(partial, found["Id"], found["Architecture"])
        os.replace(partial, path)
    finally:
        partial.unlink(missing_ok=True)
    say(f"{path.name}: {path.stat().st_size / 1e6:.0f} MB, {found['Id'][:19]}")
    return path


def read_back(path: Path, image_id: str, arch: str) -> image_archive.ArchivedImage:
    """What the node's agent reads from an archive. Raises ContainerImageError if that is not this image."""
    try:
        with path.open("rb") as stream:
            image = image_archive.inspect(stream)
    except AgentError as error:
        raise ContainerImageError(f"{path.name}: {error}", "an archive that a node accepts") from error
    if (image.id, image.machine) != (image_id, _MACHINES.get(arch, arch)):
        found = f"{path.name} holds {image.id[:19]} for {image.machine}"
        raise ContainerImageError(found, f"{image_id[:19]} for {arch}", "docker's own image store (not containerd's)")
    return image
