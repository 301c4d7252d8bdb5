"""Builds optimised ONNX files for ONNX Runtime, so that everything about engines works on a computer without TensorRT.

Optimisation stops before layouts that are specific to one processor ("extended", not "all"), so that equal versions on
processors of one architecture share a file. "fp16-simulated" is the network that the precision gate judged: half
precision as the plan allows it, computed in float32 with every stored tensor rounded.
"""

import os
import platform
import tempfile
from typing import Any

import numpy as np

from ocr_app.core.errors import BuildError
from ocr_app.engines.building import jobs
from ocr_app.engines.key import Platform
from ocr_app.engines.manifest import EngineManifest
from ocr_app.engines.targets.target import Compiled, CompileRequest
from ocr_app.networks import half, onnx_model, onnx_runtime
from ocr_app.networks.contract import Arrays, Network

PRECISIONS = ("fp32", half.PRECISION)
_PROVIDER = "CPUExecutionProvider"


def current_platform() -> Platform:
    """This computer. Raises ReaderUnavailable without ONNX Runtime."""
    from ocr_app.readers import catalogues
    from ocr_app.readers.contract import ReaderOptions

    catalogues.check(ReaderOptions())
    return Platform("onnxruntime", onnx_runtime.version(), "", "", platform.machine())


def how() -> str:
    """Nothing to say: there is one way."""
    return ""


def make(request: CompileRequest) -> Compiled:
    """The engine. Raises BuildError (unfit), ModelError."""
    data = jobs.model_bytes(request.job)
    if request.job.precision == half.PRECISION and request.job.plan is not None:
        model = onnx_model.loads(data, request.job.path)
        return Compiled(half.rounded(model, [layer.outputs[0] for layer in request.job.plan.fp32]), None, [])
    return Compiled(_optimised(data, request.job.path), None, [])


def _optimised(data: bytes, name: str) -> bytes:
    import onnxruntime

    with tempfile.TemporaryDirectory() as folder:
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
        options.optimized_model_filepath = os.path.join(folder, "optimised.onnx")
        options.log_severity_level = 3
        try:
            onnxruntime.InferenceSession(data, options, providers=[_PROVIDER])
            with open(options.optimized_model_filepath, "rb") as stream:
                return bytes(stream.read())
        except Exception as error:  # onnxruntime's exceptions have no common public base
            found = "ONNX Runtime {} does not accept {}: {}".format(onnx_runtime.version(), name, error)
            raise BuildError(found, "an ONNX model", "ocr-app engine preflight " + name, "unfit") from error


class EngineNetwork(Network):
    """A checked engine, from its bytes."""

    def __init__(self, data: bytes, manifest: EngineManifest, threads: int) -> None:
        """Raises ModelError."""
        optimise = manifest.identity.precision != half.PRECISION
        self._session: Any = onnx_runtime.session(data, _PROVIDER, threads, manifest.name, optimised=optimise)
        self.inputs = tuple(node.name for node in self._session.get_inputs())
        self.outputs = tuple(node.name for node in self._session.get_outputs())
        self.metadata = dict(manifest.metadata)

    def infer(self, arrays: Arrays) -> Arrays:
        values = self._session.run(list(self.outputs), arrays)
        return dict(zip(self.outputs, (np.asarray(value, np.float32) for value in values)))


def load(data: bytes, manifest: EngineManifest, threads: int = 2) -> EngineNetwork:
    """The engine as a network. Raises ModelError."""
    return EngineNetwork(data, manifest, threads)
