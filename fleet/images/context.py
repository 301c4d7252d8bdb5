"""The folder that an image is built from: Dockerfile, wheels, requirements and the application's own files."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from pathlib import Path

from fleet.core.files import sha256_of
from fleet.environments import model_files
from fleet.images import packages, render, spec
from fleet.images.packages import ImageWheels, Say
from fleet.images.spec import ImageCatalogue, ImageSpec
from ocr_app.workers.environments import FINISHED

_OWN = {"ocr_app": "opt/ocr-app/ocr_app", "recipes": "opt/ocr-app/recipes", "data/nano-codes-100": None}
_LAUNCHER = "#!/usr/bin/python{minor} -s\nfrom ocr_app.__main__ import entry\n\nentry()\n"
_WORKER = '#!/bin/sh\nexec /usr/bin/python{minor} "$@"\n'


def prepare(images: ImageCatalogue, image: ImageSpec, arch: str, standin: bool, say: Say) -> tuple[Path, str]:
    """Create build/images/NAME/context; returns it and the sha256 over its content. Raises ArtefactError."""
    folder = folder_of(images, image, arch)
    scratch = folder.parent
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tree").mkdir(parents=True)
    if image.locks:
        wheels = packages.wheels_of(images, image, arch, standin, scratch, say)
        _lay_wheels(wheels, folder)
        _lay_tree(images, image, standin, folder / "tree")
    shutil.copyfile(render.path_of(images, image), folder / "Dockerfile")
    _same_times(folder, images.epoch)
    return folder, digest(folder)


def folder_of(images: ImageCatalogue, image: ImageSpec, arch: str = "") -> Path:
    """The folder of an image's context."""
    return images.root / "build" / "images" / spec.called(image.name, arch).replace(":", "-") / "context"


def _lay_wheels(wheels: ImageWheels, folder: Path) -> None:
    """Add the wheels, as hard links if the file system allows it."""
    (folder / "wheels").mkdir()
    for item in (*wheels.chosen, wheels.pip):
        _link(wheels.folder / item.file, folder / "wheels" / item.file)
    (folder / "requirements.txt").write_text(wheels.requirements)


def _lay_tree(images: ImageCatalogue, image: ImageSpec, standin: bool, tree: Path) -> None:
    """Add the application's own files in the layout of the image."""
    if image.app:
        for source, target in _OWN.items():
            ignore = shutil.ignore_patterns("__pycache__")
            shutil.copytree(images.root / source, tree / (target or f"opt/ocr-app/{source}"), ignore=ignore)
        (tree / "opt/ocr-app/models").mkdir()
        _write(tree / "usr/local/bin/ocr-app", _LAUNCHER.format(minor=image.minor), 0o755)
        _write(tree / image.site.lstrip("/") / "nano-ocr.pth", "/opt/ocr-app\n", 0o644)
    if image.worker:
        home = tree / "opt/ocr-app/envs" / image.worker
        _write(home / "bin/python", _WORKER.format(minor=image.minor), 0o755)
        _write(home / FINISHED, json.dumps({"python": image.python}) + "\n", 0o644)
    for target, name in image.extra.items() if standin else ():
        owner = next(a.name for a in model_files.read_manifest() if name in {member.name for member in a.members})
        model_files.fetch([owner])
        (tree / target).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(model_files.MODELS / name, tree / target)


def _write(path: Path, text: str, mode: int) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(mode)


def _link(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)


def _same_times(folder: Path, epoch: int) -> None:
    """Set one time stamp and plain modes for the application's own files, because the builders compare both."""
    for path in sorted(folder.rglob("*"), reverse=True):
        if path.parent.name == "wheels":
            continue
        path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
        os.utime(path, (epoch, epoch))


def digest(folder: Path) -> str:
    """sha256 over names, modes and contents of a folder. Wheels count by name (hashes are in the requirements)."""
    total = hashlib.sha256()
    for path in sorted(item for item in folder.rglob("*") if item.is_file()):
        name = path.relative_to(folder).as_posix()
        inside = "" if name.startswith("wheels/") else sha256_of(path)
        mode = "" if name.startswith("wheels/") else oct(path.stat().st_mode & 0o777)
        total.update(f"{name} {mode} {inside}\n".encode())
    return "sha256:" + total.hexdigest()
