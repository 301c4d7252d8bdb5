"""What the readers on ONNX Runtime share: model catalogues (data/READER.json), and the check of ONNX Runtime."""

from typing import Any, Dict, Optional, Tuple

from ocr_app.core.errors import ReaderUnavailable, UsageError
from ocr_app.core.paths import load_data
from ocr_app.networks import onnx_runtime
from ocr_app.readers.contract import Probe, ReaderOptions


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
