"""The record of every engine: what it was made from, with which tools, how long it took, and what was checked.

The schema is data/engine.schema.json. The manifest is written after the engine: a file without one is not an engine.
"""

import json
import re
from typing import Any, Dict, List, NamedTuple, Optional

from ocr_app.core.errors import EngineError
from ocr_app.engines import key
from ocr_app.engines.key import EngineIdentity

SCHEMA = "nano-ocr/engine/1"
MAX_BYTES = 4 << 20  # a manifest contains some metadata of the model, and nothing large
_SCHEMA_TYPES: Dict[str, Any] = {
    "schema": str,
    "key": str,
    "parts": dict,
    "file": {"sha256": str, "size": int},
    "model": {"file": str, "metadata": dict},
    "ports": {"inputs": list, "outputs": list},
    "plan": (dict, type(None)),
    "check": {"against": str, "samples": int, "changed": int, "largest_error": float},
    "build": dict,
}


class EngineManifest(NamedTuple):
    """``sha256`` and ``size`` are those of the engine's file; ``metadata``, ``inputs``, ``outputs`` of the network.

    ``model`` is the name of the model's file; ``plan`` the precision plan as JSON; ``check`` the comparison after the
    build; ``build`` where, when, how long and with what.
    """

    identity: EngineIdentity
    sha256: str
    size: int
    model: str
    metadata: Dict[str, str]
    inputs: List[str]
    outputs: List[str]
    plan: Optional[Dict[str, Any]]
    check: Dict[str, Any]
    build: Dict[str, Any]

    @property
    def name(self) -> str:
        """The engine's name: the stem of both files."""
        return key.name_of(self.identity)


def to_json(manifest: EngineManifest) -> Dict[str, Any]:
    """The content of the file."""
    return {
        "schema": SCHEMA,
        "key": key.key_of(manifest.identity),
        "parts": key.to_json(manifest.identity),
        "file": {"sha256": manifest.sha256, "size": manifest.size},
        "model": {"file": manifest.model, "metadata": manifest.metadata},
        "ports": {"inputs": list(manifest.inputs), "outputs": list(manifest.outputs)},
        "plan": manifest.plan,
        "check": manifest.check,
        "build": manifest.build,
    }


def to_bytes(manifest: EngineManifest) -> bytes:
    """The bytes of the file."""
    return (json.dumps(to_json(manifest), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def from_bytes(data: bytes, name: str) -> EngineManifest:
    """Inverse of :func:`to_bytes`. Raises EngineError (unreadable) with what is wrong with the file ``name``."""
    try:
        record = json.loads(data.decode("utf-8"))
        _check(record, _SCHEMA_TYPES, "")
        return _manifest(record)
    except (ValueError, KeyError, TypeError) as error:
        detail = "{} is missing".format(error) if isinstance(error, KeyError) else error
        next_step = "ocr-app engine prune, then build it again"
        raise EngineError("{}: {}".format(name, detail), SCHEMA, next_step, "unreadable") from error


def _manifest(record: Dict[str, Any]) -> EngineManifest:
    identity = key.from_json(record["parts"])
    if record["schema"] != SCHEMA:
        raise ValueError("schema {!r}".format(record["schema"]))
    if record["key"] != key.key_of(identity):
        raise ValueError("its key does not match its parts")
    if not re.match("[0-9a-f]{64}$", record["file"]["sha256"]):
        raise ValueError("sha256 {!r}".format(record["file"]["sha256"]))
    return EngineManifest(
        identity,
        record["file"]["sha256"],
        record["file"]["size"],
        record["model"]["file"],
        record["model"]["metadata"],
        record["ports"]["inputs"],
        record["ports"]["outputs"],
        record["plan"],
        record["check"],
        record["build"],
    )


def _check(value: Any, schema: Any, path: str) -> None:
    """Raises KeyError or TypeError for the first value that is missing or has another type."""
    types = dict if isinstance(schema, dict) else schema
    if types is float:
        types = (int, float)
    if not isinstance(value, types) or isinstance(value, bool):
        raise TypeError("{} has the type {}".format(path.rstrip(".") or "the file", type(value).__name__))
    if isinstance(schema, dict):
        for name, inner in schema.items():
            if name not in value:
                raise KeyError(path + name)
            _check(value[name], inner, path + name + ".")
