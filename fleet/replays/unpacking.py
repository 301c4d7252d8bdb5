"""`./inv replay unpack BUNDLE`: a release, verified as a node verifies it, as a folder for `ocr-app replay`.

The signature and the digest of every member are checked first. Out of the image come the application with the models
that are in it, and further models; out of the bundle the recipes. They run with the libraries of this computer, not
with those of the image, which is for another processor.
"""

from __future__ import annotations

import json
import shutil
import tarfile
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import IO, Any

from fleet.core.errors import BundleError
from fleet.core.files import ROOT, sha256_of, write_whole
from fleet.release import bundle
from node_agent.errors import AgentError
from node_agent.release import manifest
from node_agent.release.manifest import ReleaseManifest
from node_agent.release.source import BundleSource
from ocr_app.core.errors import ReplayError
from ocr_app.replay import targets

OUT = ROOT / "build" / "replays" / "releases"
IN_IMAGE = {"opt/ocr-app/ocr_app/": "app/ocr_app", "opt/ocr-app/models/": "models"}
"""What is taken out of the image, and its place in the folder."""
_WHITEOUT, _OPAQUE = ".wh.", ".wh..wh..opq"
Say = Callable[[str], None]


def main(path: str, keys: Path, out: Path | None, say: Say = print) -> int:
    """Unpack one bundle, and say how to read with it. Raises BundleError."""
    if not path:
        raise BundleError("no bundle named", "the file that ./inv bundle make wrote", "./inv replay unpack BUNDLE")
    folder = unpack(Path(path), keys, out)
    say(f"{folder}\nocr-app replay PATH --against {folder} --out DIR")
    return 0


def unpack(path: Path, keys: Path, out: Path | None = None) -> Path:
    """The folder of the release; one that is there already is compared with its digests, and kept.

    Raises BundleError where the bundle is not what its signed manifest says, has no application in its image, or where
    the folder holds something else.
    """
    found, _ = bundle.verify(path, bundle.trusted_keys(keys))
    folder = out or OUT / f"{found.version}-{found.id[:12]}"
    if folder.exists():
        _compare(folder, found)
        return folder
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    try:
        _fill(path, found, partial)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return folder


def _compare(folder: Path, found: ReleaseManifest) -> None:
    try:
        record = targets.release_record(str(folder))
        targets.verify(str(folder), record)
    except ReplayError as error:
        raise BundleError(error.found, error.expected, f"remove {folder}, or --out OTHER") from error
    if record["id"] != found.id:
        raise BundleError(f"{folder} holds {record['name']} {record['version']}", found.version, "--out OTHER")


def _fill(path: Path, found: ReleaseManifest, folder: Path) -> None:
    try:
        with BundleSource(str(path)) as source:
            with source.open(found.image) as stream:
                _take_application(stream, folder)
            for member in found.members:
                if member.kind == "recipe":
                    name = PurePosixPath(member.path)
                    inside = name.relative_to("recipes") if name.parts[0] == "recipes" else name
                    write_whole(folder / targets.RECIPES / inside, b"".join(source.pieces(member.path)))
            for name_of in (manifest.NAME, manifest.SIGNATURE):
                write_whole(folder / name_of, source.read(name_of))
    except (AgentError, tarfile.TarError, KeyError, ValueError, EOFError) as error:
        raise BundleError(f"{path.name}: {error}", "an image by docker save") from error
    if not (folder / targets.APP / "ocr_app" / "__init__.py").is_file():
        raise BundleError(f"the image of {found.name} {found.version} has no ocr_app", "/opt/ocr-app/ocr_app in it")
    files = {name: sha256_of(folder / name) for name in sorted(targets.files_below(str(folder)))}
    write_whole(folder / targets.RECORD, json.dumps(_record(found, files), indent=1) + "\n")


def _record(found: ReleaseManifest, files: dict[str, str]) -> dict[str, Any]:
    return {
        "format": targets.FORMAT,
        "id": found.id,
        "name": found.name,
        "version": found.version,
        "recipe": recipe_of(found.challenge),
        "files": files,
    }


def recipe_of(arguments: list[str]) -> str:
    """The recipe by which boards judge the challenge set, below recipes/; empty without one."""
    if "--recipe" not in arguments[:-1]:
        return ""
    path = PurePosixPath(arguments[arguments.index("--recipe") + 1])
    return str(path.relative_to("recipes")) if path.parts[0] == "recipes" else str(path)


def _take_application(stream: IO[bytes], folder: Path) -> None:
    """What IN_IMAGE names, layer by layer, as Docker puts layers on top of each other."""
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        described = archive.extractfile("manifest.json")
        assert described is not None
        for layer in json.load(described)[0]["Layers"]:
            inner = archive.extractfile(layer)
            if inner is None:
                raise ValueError(f"layer {layer} is no file")
            with tarfile.open(fileobj=inner, mode="r:*") as files:
                for entry, target in _wanted(files, folder):
                    _apply(files, entry, target)


def _wanted(files: tarfile.TarFile, folder: Path) -> Iterator[tuple[tarfile.TarInfo, Path]]:
    """The entries below IN_IMAGE, with their places; what Python compiled is left out: it is for another Python."""
    for entry in files:
        name = entry.name.lstrip("./")
        for start, place in IN_IMAGE.items():
            parts = PurePosixPath(name[len(start) :]).parts if name.startswith(start) else ()
            if parts and "__pycache__" not in parts and not name.endswith(".pyc") and not entry.isdir():
                if ".." in parts:
                    raise ValueError(f"the image has a path {entry.name!r}")
                yield entry, folder.joinpath(place, *parts)


def _apply(files: tarfile.TarFile, entry: tarfile.TarInfo, target: Path) -> None:
    if target.name == _OPAQUE:
        shutil.rmtree(target.parent, ignore_errors=True)
    elif target.name.startswith(_WHITEOUT):
        hidden = target.with_name(target.name[len(_WHITEOUT) :])
        if hidden.is_dir():
            shutil.rmtree(hidden)
        else:
            hidden.unlink(missing_ok=True)
    else:
        source = files.extractfile(entry) if entry.isfile() else None
        if source is None:
            raise ValueError(f"the image has {entry.name!r}, which is no plain file")
        write_whole(target, source.read())
