"""The record beside every engine: what it was made from, by what, how long it took, and what was checked.

The form is data/engine.schema.json. It is written after the engine: an engine without a manifest is not an engine.
"""

import json
import re
from typing import Any, Dict, List, NamedTuple, Optional

from ocr_app.core.errors import EngineError
from ocr_app.engines import key
from ocr_app.engines.key import EngineIdentity

SCHEMA = "nano-ocr/engine/1"
MAX_BYTES = 4 << 20  # a manifest holds some metadata of the model, no more
_FORM: Dict[str, Any] = {
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
    """``sha256`` and ``size`` are the engine file's; ``metadata``, ``inputs``, ``outputs`` are the network's own.

    ``model`` is the name of the model's file; ``plan`` the precision plan as JSON; ``check`` what was compared after
    building; ``build`` where, when, how long and with what.
    """

    parts: EngineIdentity
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
        """The engine's name: stem of both files."""
        return key.name_of(self.parts)


def to_json(manifest: EngineManifest) -> Dict[str, Any]:
    """The file's form."""
    return {
        "schema": SCHEMA,
        "key": key.key_of(manifest.parts),
        "parts": key.to_json(manifest.parts),
        "file": {"sha256": manifest.sha256, "size": manifest.size},
        "model": {"file": manifest.model, "metadata": manifest.metadata},
        "ports": {"inputs": list(manifest.inputs), "outputs": list(manifest.outputs)},
        "plan": manifest.plan,
        "check": manifest.check,
        "build": manifest.build,
    }


def to_bytes(manifest: EngineManifest) -> bytes:
    """The file."""
    return (json.dumps(to_json(manifest), ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode("utf-8")


def from_bytes(data: bytes, name: str) -> EngineManifest:
    """Raises EngineError (unreadable) that says what is wrong with the file called ``name``."""
    try:
        record = json.loads(data.decode("utf-8"))
        _check(record, _FORM, "")
        return _manifest(record)
    except (ValueError, KeyError, TypeError) as error:
        detail = "no {}".format(error) if isinstance(error, KeyError) else error
        next_step = "ocr-app engine prune, then build it again"
        raise EngineError("{}: {}".format(name, detail), SCHEMA, next_step, "unreadable") from error


def _manifest(record: Dict[str, Any]) -> EngineManifest:
    parts = key.from_json(record["parts"])
    if record["schema"] != SCHEMA:
        raise ValueError("schema {!r}".format(record["schema"]))
    if record["key"] != key.key_of(parts):
        raise ValueError("its key is not that of its parts")
    if not re.match("[0-9a-f]{64}$", record["file"]["sha256"]):
        raise ValueError("sha256 {!r}".format(record["file"]["sha256"]))
    return EngineManifest(
        parts,
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


def _check(value: Any, form: Any, where: str) -> None:
    """Raises KeyError or TypeError at the first thing that is missing or of another type."""
    kinds = dict if isinstance(form, dict) else form
    if kinds is float:
        kinds = (int, float)
    if not isinstance(value, kinds) or isinstance(value, bool):
        raise TypeError("{} is {}".format(where or "the whole", type(value).__name__))
    if isinstance(form, dict):
        for name, inner in form.items():
            if name not in value:
                raise KeyError(where + name)
            _check(value[name], inner, where + name + ".")
