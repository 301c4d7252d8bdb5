"""The record of an exported file: its origin, its form, and whether it reads like its original."""

import json
import os
from typing import Any, Dict, Sequence

from ocr_app.core import files, model_files
from ocr_app.core.errors import ModelError

SCHEMA = "nano-ocr/export/1"
_KEYS = (
    "schema",
    "network",
    "reader",
    "part",
    "file",
    "sha256",
    "bytes",
    "opset",
    "input",
    "output",
    "sources",
    "parity",
)


def record_path(path: str) -> str:
    """The path of an exported file's record."""
    return os.path.splitext(path)[0] + ".json"


def write_record(record: Dict[str, Any], path: str) -> None:
    """Whole or not at all. Raises BuildError when the disk is full."""
    files.write_json(path, record)


def load_record(folder: str, network: str) -> Dict[str, Any]:
    """The record of an exported network, checked against its file.

    Raises ModelError when the file or the record is missing or damaged, or when they do not belong together.
    """
    path = os.path.join(folder, network + ".json")
    try:
        with open(path, encoding="utf-8") as stream:
            record: Dict[str, Any] = json.load(stream)
        _check_keys(record, _KEYS)
        found = model_files.sha256_of(os.path.join(folder, record["file"]))
    except (OSError, ValueError, TypeError) as error:
        raise ModelError("no export of {} in {}: {}".format(network, folder, error), path, "./inv export") from error
    if found != record["sha256"]:
        raise ModelError("{} has sha256 {}".format(record["file"], found), record["sha256"], "./inv export")
    return record


def _check_keys(record: Dict[str, Any], keys: Sequence[str]) -> None:
    missing = [key for key in keys if key not in record]
    if missing or record["schema"] != SCHEMA:
        raise ValueError("the record lacks {}".format(", ".join(missing) or "the schema " + SCHEMA))
