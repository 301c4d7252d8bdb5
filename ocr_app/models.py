"""Where model files are, and whether they are the files they should be."""

import hashlib
import json
import os
from typing import Any, Dict, List

from ocr_app.errors import ModelError

_HERE = os.path.dirname(os.path.abspath(__file__))
_INDEX = os.path.join(_HERE, "data", "models.json")
_checked: Dict[str, str] = {}


def folder() -> str:
    """The models folder: ``$OCR_MODELS``, else ``.models`` beside the package."""
    return os.environ.get("OCR_MODELS") or os.path.join(os.path.dirname(_HERE), ".models")


def index() -> Dict[str, Dict[str, Any]]:
    """Every model file there is, by name: sha256, size, the artefact it came from."""
    with open(_INDEX, encoding="utf-8") as stream:
        return json.load(stream)["files"]  # type: ignore[no-any-return]


def locate(name: str) -> str:
    """Path of a model file whose sha256 is right (computed once a process).

    Raises ModelError when it is unknown, missing, or another file.
    """
    entry = index().get(name)
    if entry is None:
        raise ModelError("unknown model file: {}".format(name), ", ".join(sorted(index())))
    path = os.path.join(folder(), name)
    if not os.path.isfile(path):
        raise ModelError("model file {} is not there".format(path), entry["artefact"], "./inv models")
    if _checked.get(path) != entry["sha256"]:
        _check(path, entry)
        _checked[path] = entry["sha256"]
    return path


def missing(names: List[str]) -> List[str]:
    """Those of ``names`` that are not in the models folder."""
    return [name for name in names if not os.path.isfile(os.path.join(folder(), name))]


def _check(path: str, entry: Dict[str, Any]) -> None:
    found = _sha256(path)
    if found != entry["sha256"]:
        raise ModelError(
            "model file {} has sha256 {}".format(path, found),
            "{} (from {})".format(entry["sha256"], entry["artefact"]),
            "delete it, then ./inv models",
        )


def _sha256(path: str) -> str:
    digest = hashlib.sha256()
    with open(path, "rb") as stream:
        for block in iter(lambda: stream.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()
