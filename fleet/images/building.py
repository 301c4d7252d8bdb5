"""`./inv images build`: prepares bases and contexts, and builds images in the order of their dependencies."""

from __future__ import annotations

import logging
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from fleet.core.errors import ContainerImageError
from fleet.images import context, docker, render, spec, standin
from fleet.images.packages import Say
from fleet.images.spec import BaseImage, ImageCatalogue, ImageSpec
from ocr_app import __version__

log = logging.getLogger(__name__)

_NANO = Path("/etc/nv_tegra_release")
BASES = ("standin", "vendor")


@dataclass(frozen=True)
class ImageBuildOptions:
    """How to build: the bases, the architecture and the builder. Without ``cache``, every step is built.

    ``arch`` is empty if nobody asked for one.
    """

    bases: str
    arch: str
    builder: str = "classic"
    cache: bool = True

    @property
    def standin(self) -> bool:
        """Whether the bases are stand-ins."""
        return self.bases == "standin"

    def arch_of(self, base: BaseImage) -> str:
        """The architecture that images on a base are built for. Raises ContainerImageError if the maker has none such.

        Unless asked otherwise, it is this machine's, or the only one that the maker of the base publishes.
        """
        if self.standin or not base.only:
            return self.arch or spec.machine_arch()
        if self.arch not in ("", base.only):
            raise ContainerImageError(f"{base.name}:{base.tag} for {self.arch}", f"--arch {base.only}: no other exists")
        return base.only


def plan(bases: str = "", arch: str = "", builder: str = "classic", cache: bool = True) -> ImageBuildOptions:
    """The options; by default NVIDIA's base on a Nano, stand-ins elsewhere. Raises ContainerImageError.

    An architecture that this machine does not run is refused when something is built.
    """
    bases = bases or ("vendor" if _NANO.exists() else "standin")
    if bases not in BASES:
        raise ContainerImageError(f"no bases called {bases!r}", ", ".join(BASES))
    return ImageBuildOptions(bases, arch, builder, cache)


def build(names: list[str] | None, how: ImageBuildOptions, say: Say = log.info) -> list[str]:
    """Build the images called ``names`` and their parents; returns their names. Up-to-date images are kept.

    Raises ContainerImageError, DockerMissing, ArtefactError.
    """
    images = spec.load()
    chosen = images.select(names)
    if stale := [image.name for image in chosen if _stale(images, image)]:
        raise ContainerImageError(
            f"Dockerfile of {', '.join(stale)} differs from the template", "", "./inv images render"
        )
    _refuse_old_pythons(images, chosen, how)
    for arch in sorted({how.arch_of(images.base_of(image)) for image in chosen}):
        docker.require(images.root / "build" / "images", arch)
    say(f"bases: {how.bases}" + (" (this is not a Nano; the labels of the images say so)" if how.standin else ""))
    with docker.alone(images.root / "build" / "images"):
        references = _bases(images, {images.base_of(image).key for image in chosen}, how, say)
        for image in chosen:
            _build_one(images, image, references, how, say)
            docker.drop_stages()
    return [image.name for image in chosen]


def _refuse_old_pythons(images: ImageCatalogue, chosen: list[ImageSpec], how: ImageBuildOptions) -> None:
    """Raises ContainerImageError for images whose wheels need a Python that a stand-in for this processor lacks."""
    if not how.standin or how.arch in ("", spec.machine_arch()):
        return
    missing = [image.name for image in chosen if image.locks and images.base_of(image).key in standin.OLD_PYTHONS]
    if missing:
        rest = ",".join(
            name for name, image in images.images.items()
            if not image.locks or images.base_of(image).key not in standin.OLD_PYTHONS
        )  # fmt: skip
        found = f"{', '.join(missing)} for {how.arch}: their wheels need an old Python, and none for it is here"
        raise ContainerImageError(found, "--bases vendor, or images without old Pythons", f"--only {rest}")


def _stale(images: ImageCatalogue, image: ImageSpec) -> bool:
    path = render.path_of(images, image)
    return not path.is_file() or path.read_text() != render.render(images, image)


def _bases(images: ImageCatalogue, keys: set[str], how: ImageBuildOptions, say: Say) -> dict[str, str]:
    """The tag of each base in this engine."""
    if how.standin:
        return standin.ensure(images, keys, say, how.arch)
    return {key: _pull(images.bases[key], how.arch_of(images.bases[key]), say) for key in sorted(keys)}


def _pull(base: BaseImage, arch: str, say: Say) -> str:
    """Pull a base. Raises ContainerImageError with the line to commit if its digest is not recorded yet."""
    say(f"pulling {base.reference}")
    docker.run_docker("pull", "--platform", f"linux/{arch}", base.reference)
    if base.digest == spec.UNRECORDED:
        digests = docker.inspect(base.reference)["RepoDigests"]
        digest = digests[0].partition("@")[2] if digests else "none"
        line = f'digest = "{digest}" in [images.base.{base.key}] of versions.toml'
        raise ContainerImageError(
            f"{base.reference} has no recorded digest", line, "check the digest, add it there, and build again"
        )
    return base.reference


def _build_one(
    images: ImageCatalogue, image: ImageSpec, references: dict[str, str], how: ImageBuildOptions, say: Say
) -> None:
    start = time.monotonic()
    arch = how.arch_of(images.base_of(image))
    name, (latest, versioned) = spec.called(image.name, arch), spec.tags(image.name, arch)
    folder, manifest = context.prepare(images, image, arch, how.standin, say)
    below = references[image.parent] if image.on_base else spec.called(image.parent, arch)
    arguments = {
        "BASE": below,
        "VERSION": __version__,
        "REVISION": revision(images.root),
        "MANIFEST": manifest,
        "BASE_NAME": _base_name(images, image, below),
        "STANDIN": standin.format_label(images.base_of(image), arch) if how.standin else "no",
    }
    if how.cache and _up_to_date(name, manifest, below):
        say(f"{name}: up to date")
        return
    log = folder.parent.with_name(f"{folder.parent.name}.log")
    log.write_text("")
    say(f"{name}: building ({how.builder})")
    network = "none" if how.standin else "default"
    docker.build(folder, latest, arguments, how.builder, network, how.cache, log, arch)
    docker.run_docker("tag", latest, versioned)
    say(f"{name}: {docker.inspect(name)['Size'] / 1e6:.0f} MB, {time.monotonic() - start:.0f} s")


def _base_name(images: ImageCatalogue, image: ImageSpec, below: str) -> str:
    """The parent's name for the label, without the registry."""
    reference = images.bases[image.parent].reference if image.on_base else f"{image.parent}:{__version__}"
    return reference.rpartition("/")[2]


def _up_to_date(name: str, manifest: str, below: str) -> bool:
    """Whether the image was made from exactly this context, on the image that is called ``below`` now."""
    if not docker.exists(name):
        return False
    found = docker.inspect(name)
    lower, own = docker.inspect(below)["RootFS"]["Layers"], found["RootFS"]["Layers"]
    return bool(found["Config"]["Labels"].get("nano-ocr.manifest") == manifest and own[: len(lower)] == lower)


def revision(root: Path) -> str:
    """The commit of the checkout, with "+" if files for images differ from it; "unknown" without git."""
    command = ["git", "-C", str(root)]
    commit = subprocess.run([*command, "rev-parse", "HEAD"], capture_output=True, text=True, check=False)
    if commit.returncode:
        return "unknown"
    places = ["ocr_app", "recipes", "docker", "versions.toml", "requirements", "data"]
    changed = subprocess.run([*command, "status", "--porcelain", "--", *places], capture_output=True, check=False)
    return commit.stdout.strip() + ("+" if changed.stdout.strip() else "")
