"""What readers on ONNX Runtime share: their catalogue of models (data/READER.json), the check of ONNX Runtime."""

import json
import os
from typing import Any, Dict, Optional, Tuple

from ocr_app.errors import ReaderUnavailable, UsageError
from ocr_app.networks import onnx
from ocr_app.readers.base import Options, Probe

_DATA = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "data")


def catalogue(reader: str) -> Dict[str, Any]:
    """The models of a reader."""
    with open(os.path.join(_DATA, reader + ".json"), encoding="utf-8") as stream:
        return json.load(stream)  # type: ignore[no-any-return]


def record(reader: str, name: Optional[str]) -> Dict[str, Any]:
    """The record of a model, with its ``name``; None is the default one. Raises UsageError."""
    known = catalogue(reader)
    name = name or known["default"]
    if name not in known["models"]:
        raise UsageError("unknown {} model: {}".format(reader, name), ", ".join(sorted(known["models"])))
    return dict(known["models"][name], name=name)


def check(options: Options) -> None:
    """Raises ReaderUnavailable, DeviceUnavailable or PrecisionUnavailable where ONNX Runtime cannot do as asked."""
    try:
        onnx.version()
    except ImportError as error:
        found = "ONNX Runtime does not import: {}".format(error)
        raise ReaderUnavailable(found, "onnxruntime in this Python", "pip install onnxruntime") from error
    onnx.check_device(options.device)
    onnx.check_precision(options.precision, options.device)


def probe(names: Tuple[str, ...], problem: Optional[str], hint: str) -> Probe:
    """The probe of a reader with models ``names``; ``problem`` and ``hint`` count where ONNX Runtime is here."""
    try:
        versions, devices = (("onnxruntime", onnx.version()),), onnx.available_devices()
    except ImportError as error:
        return Probe((), (), (), names, "ONNX Runtime does not import: {}".format(error), "pip install onnxruntime")
    return Probe(versions, devices, onnx.PRECISIONS, names, problem, hint if problem else "")
