"""Stand-in: engine and execution context by named tensors; runs the file inside by ONNX Runtime, between addresses."""

import ctypes
import enum
import json

import numpy as np

from ocr_app.networks import onnx_model, onnx_runtime

from ._building import MAGIC
from ._types import float32
from ._version import VERSION


class TensorIOMode(enum.Enum):
    NONE = 0
    INPUT = 1
    OUTPUT = 2


class Runtime:
    __slots__ = ("_logger",)

    def __init__(self, logger):
        self._logger = logger

    def deserialize_cuda_engine(self, serialized_engine):
        """None, as TensorRT gives it, for what is not an engine of this version."""
        data = bytes(serialized_engine)
        if not data.startswith(MAGIC):
            return None
        header, _, model = data[len(MAGIC) :].partition(b"\n")
        header = json.loads(header.decode())
        return ICudaEngine(header, model) if header["version"] == VERSION else None


class ICudaEngine:
    """Tensors of the edge: inputs, then outputs, in the model's order. Bindings are gone."""

    __slots__ = ("_data", "_header", "_inputs", "_outputs")

    def __init__(self, header, data):
        model = onnx_model.loads(data)
        self._header, self._data = header, data
        self._inputs, self._outputs = [value.name for value in model.inputs], list(model.outputs)

    @property
    def num_io_tensors(self):
        return len(self._inputs) + len(self._outputs)

    def get_tensor_name(self, index):
        return (self._inputs + self._outputs)[index]

    def get_tensor_mode(self, name):
        if name in self._inputs:
            return TensorIOMode.INPUT
        return TensorIOMode.OUTPUT if name in self._outputs else TensorIOMode.NONE

    def get_tensor_dtype(self, name):
        return float32

    def get_tensor_profile_shape(self, name, profile_index):
        assert profile_index == 0
        return [tuple(shape) for shape in self._header["shapes"][name]]

    def create_execution_context(self):
        return IExecutionContext(self)


class IExecutionContext:
    __slots__ = ("_addresses", "_answers", "_engine", "_session", "_shapes")

    def __init__(self, engine):
        self._engine = engine
        self._session = onnx_runtime.session(engine._data, "CPUExecutionProvider", 1, "stand-in", optimised=False)
        self._shapes, self._answers, self._addresses = {}, None, {}

    def set_input_shape(self, name, shape):
        """False for a tensor that is no input, and for a shape outside the profile."""
        if self._engine.get_tensor_mode(name) is not TensorIOMode.INPUT:
            return False
        least, _, most = self._engine.get_tensor_profile_shape(name, 0)
        if len(shape) != len(least) or not all(a <= b <= c for a, b, c in zip(least, shape, most)):
            return False
        self._shapes[name], self._answers = tuple(shape), None
        return True

    def get_tensor_shape(self, name):
        """Of an output: found by running the network on zeros, since ONNX Runtime tells no shapes beforehand."""
        if name in self._shapes:
            return self._shapes[name]
        if set(self._shapes) != set(self._engine._inputs):
            return (-1,)
        if self._answers is None:
            self._answers = self._run({n: np.zeros(s, np.float32) for n, s in self._shapes.items()})
        return self._answers[name].shape

    def set_tensor_address(self, name, memory):
        """False for a name that is not a tensor of the edge; an address stays set until another one is."""
        if self._engine.get_tensor_mode(name) is TensorIOMode.NONE:
            return False
        self._addresses[name] = memory
        return True

    def execute_async_v3(self, stream_handle):
        """False, as TensorRT answers, while an input has no shape or a tensor of the edge has no address."""
        engine = self._engine
        names = engine._inputs + engine._outputs
        if set(self._shapes) != set(engine._inputs) or not all(self._addresses.get(name) for name in names):
            return False
        given = {name: _at(self._addresses[name], self._shapes[name]).copy() for name in engine._inputs}
        for name, value in self._run(given).items():
            _at(self._addresses[name], value.shape)[...] = value
        return True

    def _run(self, arrays):
        names = self._engine._outputs
        return dict(zip(names, (np.asarray(v, np.float32) for v in self._session.run(names, arrays))))


def _at(address, shape):
    count = int(np.prod(shape))
    return np.ctypeslib.as_array((ctypes.c_float * count).from_address(address)).reshape(shape)
