"""The declarations of the images, from docker/images.toml and versions.toml."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from fleet.core.errors import ContainerImageError
from fleet.core.files import ROOT
from fleet.core.toml import load_toml
from ocr_app import __version__

UNRECORDED = "record-on-first-pull"


@dataclass(frozen=True)
class ImageSpec:
    """One image of docker/images.toml, which explains each key."""

    name: str
    why: str
    parent: str
    python: str
    budget_mb: int
    imports: tuple[str, ...]
    absent: tuple[str, ...] = ()
    app: bool = False
    worker: str = ""
    pip: str = ""
    apt: tuple[str, ...] = ()
    locks: tuple[str, ...] = ()
    artefacts: tuple[str, ...] = ()
    standin: tuple[str, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    on_base: bool = False

    @property
    def minor(self) -> str:
        """The minor version of its Python, such as "3.6"."""
        return ".".join(self.python.split(".")[:2])

    @property
    def site(self) -> str:
        """The folder where its Python looks for packages from outside the distribution."""
        return f"/usr/local/lib/python{self.minor}/dist-packages"


@dataclass(frozen=True)
class BaseImage:
    """A base image of another maker, and the packages of it that are pinned. ``only``: its single architecture."""

    key: str
    name: str
    tag: str
    digest: str
    apt: Mapping[str, str]
    only: str = ""

    @property
    def reference(self) -> str:
        """The reference for a registry, with the digest if it is recorded."""
        return f"{self.name}:{self.tag}" + ("" if self.digest == UNRECORDED else f"@{self.digest}")


@dataclass(frozen=True)
class ImageCatalogue:
    """All images in build order, and what they share."""

    root: Path
    images: dict[str, ImageSpec]
    bases: dict[str, BaseImage]
    epoch: int
    l4t: str
    uid: int
    suite: str

    def select(self, names: list[str] | None) -> list[ImageSpec]:
        """The images called ``names`` and their parents in build order, or all. Raises ContainerImageError."""
        wanted: set[str] = set()
        for name in self.images if names is None else names:
            wanted |= {image.name for image in self.lineage(name)}
        return [image for image in self.images.values() if image.name in wanted]

    def lineage(self, name: str) -> list[ImageSpec]:
        """The image and its parents, the lowest first. Raises ContainerImageError for an unknown name."""
        if name not in self.images:
            raise ContainerImageError(f"no image called {name}", ", ".join(self.images))
        image = self.images[name]
        return ([] if image.on_base else self.lineage(image.parent)) + [image]

    def base_of(self, image: ImageSpec) -> BaseImage:
        """The base image of an image."""
        return self.bases[self.lineage(image.name)[0].parent]

    def l4t_of(self, image: ImageSpec) -> str:
        """The L4T release that an image is for; empty for an image for any computer."""
        return self.l4t if self.base_of(image).key == "l4t-base" else ""


def load(root: Path = ROOT) -> ImageCatalogue:
    """Read both files. Raises ContainerImageError for an unknown key or parent."""
    versions = load_toml(root / "versions.toml")["images"]
    table = load_toml(root / "docker" / "images.toml")
    bases = {
        key: BaseImage(
            key, entry["name"], entry["tag"], entry["digest"], versions["apt"].get(key, {}), entry.get("only", "")
        )
        for key, entry in versions["base"].items()
    }
    images: dict[str, ImageSpec] = {}
    for name, record in table["image"].items():
        images[name] = _image(name, record, bases, images)
    return ImageCatalogue(
        root, images, bases, versions["source_date_epoch"], versions["l4t"], table["uid"], versions["standin"]["suite"]
    )


def _image(
    name: str, record: dict[str, Any], bases: Mapping[str, BaseImage], before: Mapping[str, ImageSpec]
) -> ImageSpec:
    known = {item.name for item in fields(ImageSpec)} - {"name", "on_base"}
    if unknown := sorted(set(record) - known):
        raise ContainerImageError(f"image.{name}: unknown key {', '.join(unknown)}", ", ".join(sorted(known)))
    if record["parent"] not in {*bases, *before}:
        raise ContainerImageError(
            f"image.{name}: no parent called {record['parent']} above it", ", ".join([*bases, *before])
        )
    values: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}
    return ImageSpec(name=name, on_base=record["parent"] in bases, **values)


def machine_arch() -> str:
    """Docker's name of this machine's architecture."""
    return {"x86_64": "amd64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())


def called(name: str, arch: str = "") -> str:
    """What an image is called in this engine: NAME, or NAME:ARCH if it is for another processor than this machine's."""
    return name if arch in ("", machine_arch()) else f"{name}:{arch}"


def tags(name: str, arch: str = "") -> tuple[str, str]:
    """Both tags of an image: the one that moves with every build, and the one of this version."""
    suffix = "" if arch in ("", machine_arch()) else f"-{arch}"
    return f"{name}:{suffix[1:] or 'latest'}", f"{name}:{__version__}{suffix}"
