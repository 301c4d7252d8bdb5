"""ONNX models through ONNX Runtime."""

from typing import Any, List, Tuple

import numpy as np

from ocr_app.errors import DeviceUnavailable, ModelError, PrecisionUnavailable
from ocr_app.networks.base import Arrays, Network

_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}


class OnnxNetwork(Network):
    """One ONNX file on one device; never another device than the one asked for."""

    def __init__(self, path: str, device: str = "cpu", threads: int = 2) -> None:
        """Raises DeviceUnavailable, or ModelError when the file does not load."""
        self._session = _open(path, device, threads)
        self.inputs = tuple(node.name for node in self._session.get_inputs())
        self.outputs = tuple(node.name for node in self._session.get_outputs())
        self.metadata = dict(self._session.get_modelmeta().custom_metadata_map)

    def infer(self, arrays: Arrays) -> Arrays:
        values = self._session.run(list(self.outputs), arrays)
        return dict(zip(self.outputs, (np.asarray(value, np.float32) for value in values)))


def _open(path: str, device: str, threads: int) -> Any:
    import onnxruntime

    provider = check_device(device)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    try:
        session = onnxruntime.InferenceSession(path, options, providers=[provider])
    except Exception as error:  # onnxruntime's exceptions have no common public base
        raise ModelError("{} does not load: {}".format(path, error), "an ONNX model", "./inv models") from error
    if session.get_providers()[0] != provider:
        raise DeviceUnavailable("ONNX Runtime took {}".format(session.get_providers()[0]), provider)
    return session


def check_device(device: str) -> str:
    """ONNX Runtime's provider for ``device``. Raises DeviceUnavailable."""
    there = available_devices()
    if device not in there:
        found = "no {} for ONNX Runtime here (it has: {})".format(device, ", ".join(there))
        raise DeviceUnavailable(
            found, "--device " + device, "use --device cpu, or install the CUDA build on a GPU machine"
        )
    return _PROVIDERS[device]


def check_precision(precision: str, device: str) -> None:
    """ONNX Runtime computes these models in the precision of the file, float32. Raises PrecisionUnavailable."""
    if precision != "fp32":
        found = "{} cannot be had from ONNX Runtime on {}: these models are fp32".format(precision, device)
        raise PrecisionUnavailable(found, "--precision fp32", "fp16 needs a TensorRT engine built on the board")


def available_devices() -> Tuple[str, ...]:
    """Devices that ONNX Runtime can use in this process."""
    import onnxruntime

    providers: List[str] = onnxruntime.get_available_providers()
    return tuple(name for name, provider in _PROVIDERS.items() if provider in providers)


def version() -> str:
    """ONNX Runtime's version. Raises ImportError where it is not installed."""
    import onnxruntime

    return str(onnxruntime.__version__)
