"""Finds model files and checks their checksums."""

import hashlib
import os
from typing import Any, Dict, List

from ocr_app.core.errors import ModelError
from ocr_app.core.paths import DATA, HOME, load_data

_checked: Dict[str, str] = {}


def folder() -> str:
    """The folder of the models: ``$OCR_MODELS``, or ``.models`` beside the package."""
    return os.environ.get("OCR_MODELS") or os.path.join(HOME, ".models")


def index() -> Dict[str, Dict[str, Any]]:
    """Every known model file by name, with its sha256, its size and the artefact that it came from."""
    return load_data("models.json")["files"]  # type: ignore[no-any-return]


def locate(name: str) -> str:
    """The path of a model file with the right checksum, which is computed once per process.

    Raises ModelError for an unknown name, and for a file that is missing or has another checksum.
    """
    entry = index().get(name)
    if entry is None:
        raise ModelError("unknown model file: {}".format(name), ", ".join(sorted(index())))
    return _checked_path(os.path.join(folder(), name), entry, entry["artefact"], "./inv models")


def packaged(entry: Dict[str, Any]) -> str:
    """The path of a model file inside the package; ``entry`` has its ``file`` and ``sha256``.

    Raises ModelError for a file that is missing or has another checksum.
    """
    return _checked_path(_packaged_path(entry), entry, "the file of the package", "install the package again")


def is_packaged(entry: Dict[str, Any]) -> bool:
    """Whether the file of ``entry`` is in the package."""
    return os.path.isfile(_packaged_path(entry))


def _packaged_path(entry: Dict[str, Any]) -> str:
    return os.path.join(DATA, "models", entry["file"])


def _checked_path(path: str, entry: Dict[str, Any], source: str, next_step: str) -> str:
    if not os.path.isfile(path):
        raise ModelError("the model file {} does not exist".format(path), source, next_step)
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
            "the model file {} has sha256 {}".format(path, found), "{} (from {})".format(expected, source), next_step
        )


def sha256_of(path: str) -> str:
    """The SHA-256 digest of a file, as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
