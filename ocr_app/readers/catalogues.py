"""What the readers on ONNX Runtime share: model catalogues (data/READER.json), and the check of ONNX Runtime."""

import json
from typing import Any, Dict, Optional, Tuple

from ocr_app.core import model_files
from ocr_app.core.errors import ModelError, ReaderUnavailable, UsageError
from ocr_app.core.paths import load_data
from ocr_app.networks import onnx_runtime
from ocr_app.networks.contract import Network
from ocr_app.readers.contract import Probe, ReaderOptions

_WITH_NETWORKS = ("codes", "ppocr")
"""The readers whose catalogues name networks in the package."""


def catalogue(reader: str) -> Dict[str, Any]:
    """The models of a reader."""
    return load_data(reader + ".json")  # type: ignore[no-any-return]


def record(reader: str, name: Optional[str]) -> Dict[str, Any]:
    """The record of a model, with its ``name``; None stands for the default model. Raises UsageError."""
    models = catalogue(reader)
    name = name or models["default"]
    if name not in models["models"]:
        raise UsageError("unknown {} model: {}".format(reader, name), ", ".join(sorted(models["models"])))
    return dict(models["models"][name], name=name)


def is_packaged(part: Dict[str, Any]) -> bool:
    """Whether the network of a record belongs to the package; the others are in the models folder."""
    return "sha256" in part


def path_of(part: Dict[str, Any]) -> str:
    """The path of the network of a record, its checksum checked. Raises ModelError."""
    return model_files.packaged(part) if is_packaged(part) else model_files.locate(part["file"])


def packaged() -> Dict[str, Dict[str, Any]]:
    """The record of every network in the package, by the name of its file."""
    models = [model for reader in _WITH_NETWORKS for model in catalogue(reader)["models"].values()]
    parts = [model[role] for model in models for role in ("detector", "recogniser")]
    return {part["file"]: part for part in parts if is_packaged(part)}


def characters_of(network: Network) -> Tuple[str, ...]:
    """The characters in the network's metadata; [0] is the empty string of the CTC blank. Raises ModelError."""
    try:
        characters = json.loads(network.metadata.get("characters", "null"))
    except ValueError:
        characters = None
    if (
        not isinstance(characters, list)
        or not all(isinstance(character, str) for character in characters)
        or len(characters) < 2
    ):
        raise ModelError("the recogniser does not list its characters", 'metadata "characters": a JSON list of strings')
    if characters[0] != "" or not all(len(character) == 1 for character in characters[1:]):
        raise ModelError(
            "the characters begin with {!r}".format(characters[:3]), '"" for the blank, then one character per class'
        )
    return tuple(characters)


def check(options: ReaderOptions) -> None:
    """Raises ReaderUnavailable, DeviceUnavailable or PrecisionUnavailable if ONNX Runtime cannot honour ``options``."""
    try:
        onnx_runtime.version()
    except ImportError as error:
        found = "ONNX Runtime cannot be imported: {}".format(error)
        raise ReaderUnavailable(found, "onnxruntime in this Python", "pip install onnxruntime") from error
    onnx_runtime.check_device(options.device)
    onnx_runtime.check_precision(options.precision, options.device)


def probe(names: Tuple[str, ...], problem: Optional[str], hint: str) -> Probe:
    """The probe of a reader with models ``names``; ``problem`` and ``hint`` are used if ONNX Runtime is installed."""
    try:
        versions, devices = (("onnxruntime", onnx_runtime.version()),), onnx_runtime.available_devices()
    except ImportError as error:
        return Probe((), (), (), names, "ONNX Runtime cannot be imported: {}".format(error), "pip install onnxruntime")
    return Probe(versions, devices, onnx_runtime.PRECISIONS, names, problem, hint if problem else "")
