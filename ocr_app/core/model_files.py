"""Where model files are, and whether they are the files they should be."""

import hashlib
import os
from typing import Any, Dict, List

from ocr_app.core.errors import ModelError
from ocr_app.core.paths import DATA, HOME, load_data

_checked: Dict[str, str] = {}


def folder() -> str:
    """The models folder: ``$OCR_MODELS``, else ``.models`` beside the package."""
    return os.environ.get("OCR_MODELS") or os.path.join(HOME, ".models")


def index() -> Dict[str, Dict[str, Any]]:
    """Every model file there is, by name: sha256, size, the artefact it came from."""
    return load_data("models.json")["files"]  # type: ignore[no-any-return]


def locate(name: str) -> str:
    """Path of a model file whose sha256 is right (computed once a process).

    Raises ModelError when it is unknown, missing, or another file.
    """
    entry = index().get(name)
    if entry is None:
        raise ModelError("unknown model file: {}".format(name), ", ".join(sorted(index())))
    return _checked_path(os.path.join(folder(), name), entry, entry["artefact"], "./inv models")


def packaged(entry: Dict[str, Any]) -> str:
    """Path of a model file inside the package whose sha256 is right; ``entry`` has its ``file`` and ``sha256``.

    Raises ModelError when it is missing, or another file.
    """
    return _checked_path(_packaged_path(entry), entry, "the package's own file", "install the package again")


def is_packaged(entry: Dict[str, Any]) -> bool:
    """Whether the file of ``entry`` is in the package at all."""
    return os.path.isfile(_packaged_path(entry))


def _packaged_path(entry: Dict[str, Any]) -> str:
    return os.path.join(DATA, "models", entry["file"])


def _checked_path(path: str, entry: Dict[str, Any], source: str, next_step: str) -> str:
    if not os.path.isfile(path):
        raise ModelError("model file {} is not there".format(path), source, next_step)
    if _checked.get(path) != entry["sha256"]:
        _check(path, entry["sha256"], source, "delete it, then " + next_step)
        _checked[path] = entry["sha256"]
    return path


def missing(names: List[str]) -> List[str]:
    """Those of ``names`` that are not in the models folder."""
    return [name for name in names if not os.path.isfile(os.path.join(folder(), name))]


def _check(path: str, expected: str, source: str, next_step: str) -> None:
    found = sha256_of(path)
    if found != expected:
        raise ModelError(
            "model file {} has sha256 {}".format(path, found), "{} (from {})".format(expected, source), next_step
        )


def sha256_of(path: str) -> str:
    """sha256 of a file, 64 hex digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
