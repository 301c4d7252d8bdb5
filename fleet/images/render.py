"""Renders docker/NAME.Dockerfile from docker/Dockerfile.j2, docker/images.toml and versions.toml."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from fleet.core.errors import ContainerImageError
from fleet.core.files import write_whole
from fleet.images.spec import ImageCatalogue, ImageSpec, load


def path_of(images: ImageCatalogue, image: ImageSpec) -> Path:
    """The committed Dockerfile of an image."""
    return images.root / "docker" / f"{image.name}.Dockerfile"


def render(images: ImageCatalogue, image: ImageSpec) -> str:
    """The text of its Dockerfile. Raises ContainerImageError for a package without a version."""
    folder = FileSystemLoader(images.root / "docker")
    environment = Environment(loader=folder, undefined=StrictUndefined, trim_blocks=True, keep_trailing_newline=True)
    return environment.get_template("Dockerfile.j2").render(
        image=image,
        parent=images.bases[image.parent].reference if image.on_base else image.parent,
        packages=[f"{name}={_version(images, image, name)}" for name in image.apt],
        python=f"python{image.minor}",
        site=image.site,
        epoch=images.epoch,
        uid=images.uid,
        l4t=images.l4t_of(image),
    )


def _version(images: ImageCatalogue, image: ImageSpec, package: str) -> str:
    base = images.base_of(image)
    if package not in base.apt:
        raise ContainerImageError(
            f"image.{image.name}: {package} has no version", f"[images.apt.{base.key}] in versions.toml"
        )
    return base.apt[package]


def write(images: ImageCatalogue | None = None) -> list[Path]:
    """Write every Dockerfile that has changed; returns those."""
    images = images or load()
    changed = []
    for image in images.images.values():
        path, text = path_of(images, image), render(images, image)
        if not path.is_file() or path.read_text() != text:
            write_whole(path, text)
            changed.append(path)
    return changed
