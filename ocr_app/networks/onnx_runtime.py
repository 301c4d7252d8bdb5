"""ONNX models through ONNX Runtime."""

from typing import Any, List, Tuple, Union

import numpy as np

from ocr_app.core.errors import DeviceUnavailable, ModelError, PrecisionUnavailable
from ocr_app.networks import half, onnx_model
from ocr_app.networks.contract import Arrays, Network

_PROVIDERS = {"cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider"}
PRECISIONS = ("fp32", half.PRECISION)


class OnnxNetwork(Network):
    """One ONNX file on one device: the device that was requested, never another."""

    def __init__(self, path: str, device: str = "cpu", threads: int = 2, precision: str = "fp32") -> None:
        """Raises DeviceUnavailable, PrecisionUnavailable, and ModelError if the file does not load."""
        check_precision(precision, device)
        self._session = _open(path, device, threads, precision)
        self.inputs = tuple(node.name for node in self._session.get_inputs())
        self.outputs = tuple(node.name for node in self._session.get_outputs())
        self.metadata = dict(self._session.get_modelmeta().custom_metadata_map)

    def infer(self, arrays: Arrays) -> Arrays:
        values = self._session.run(list(self.outputs), arrays)
        return dict(zip(self.outputs, (np.asarray(value, np.float32) for value in values)))


def _open(path: str, device: str, threads: int, precision: str) -> Any:
    provider = check_device(device)
    if precision == half.PRECISION:
        check_casts(provider)
        return session(half.rounded(onnx_model.load(path)), provider, threads, path, optimised=False)
    return session(path, provider, threads, path)


def session(model: Union[str, bytes], provider: str, threads: int, name: str, optimised: bool = True) -> Any:
    """An ONNX Runtime session of a file or of a model's bytes; ``optimised=False`` leaves the graph as it is.

    Raises ModelError if the model does not load, and DeviceUnavailable if the session runs on another device.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    if not optimised:
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        made = onnxruntime.InferenceSession(model, options, providers=[provider])
    except Exception as error:  # onnxruntime's exceptions have no common public base
        raise ModelError("{} does not load: {}".format(name, error), "an ONNX model", "./inv models") from error
    if made.get_providers()[0] != provider:
        raise DeviceUnavailable("ONNX Runtime took {}".format(made.get_providers()[0]), provider)
    return made


def check_casts(provider: str) -> None:
    """Raises PrecisionUnavailable if this ONNX Runtime drops a cast to float16 and back."""
    numbers = np.array([1.0 + 2.0**-12, 65519.0, 65520.0, -7e4, 3e-8], np.float32)
    (answer,) = session(half.probe_model(), provider, 1, "probe", optimised=False).run(None, {"x": numbers})
    if not np.array_equal(answer, half.to_half(numbers)):
        found = "ONNX Runtime {} drops casts to float16: {} became {}".format(version(), numbers, answer)
        raise PrecisionUnavailable(found, "--precision fp32", "use another version of ONNX Runtime")


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
    """Raises PrecisionUnavailable for anything but float32, the precision of the files, or simulated half precision."""
    if precision not in PRECISIONS:
        found = "{} cannot be had from ONNX Runtime on {}: these models are fp32".format(precision, device)
        raise PrecisionUnavailable(found, "--precision fp32", "fp16 needs a TensorRT engine built on the board")


def available_devices() -> Tuple[str, ...]:
    """Devices that ONNX Runtime can use in this process."""
    import onnxruntime

    providers: List[str] = onnxruntime.get_available_providers()
    return tuple(name for name, provider in _PROVIDERS.items() if provider in providers)


def version() -> str:
    """ONNX Runtime's version. Raises ImportError if it is not installed."""
    import onnxruntime

    return str(onnxruntime.__version__)
