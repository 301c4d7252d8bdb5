"""Stand-in: engine and execution context; runs the file inside by ONNX Runtime, from addresses to addresses."""

import ctypes
import json

import numpy as np

from ocr_app.networks import onnx_model, onnx_runtime

from ._building import MAGIC
from ._types import float32
from ._version import VERSION


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
    """Bindings: inputs, then outputs, in the model's order."""

    __slots__ = ("_data", "_header", "_inputs", "_outputs")

    def __init__(self, header, data):
        model = onnx_model.loads(data)
        self._header, self._data = header, data
        self._inputs, self._outputs = [value.name for value in model.inputs], list(model.outputs)

    @property
    def num_bindings(self):
        return len(self._inputs) + len(self._outputs)

    def get_binding_name(self, index):
        return (self._inputs + self._outputs)[index]

    def binding_is_input(self, index):
        return index < len(self._inputs)

    def get_binding_dtype(self, index):
        return float32

    def get_profile_shape(self, profile_index, binding):
        assert profile_index == 0
        return [tuple(shape) for shape in self._header["shapes"][binding]]

    def create_execution_context(self):
        return IExecutionContext(self)


class IExecutionContext:
    __slots__ = ("_answers", "_engine", "_session", "_shapes")

    def __init__(self, engine):
        self._engine = engine
        self._session = onnx_runtime.session(engine._data, "CPUExecutionProvider", 1, "stand-in", optimised=False)
        self._shapes, self._answers = {}, None

    def set_binding_shape(self, binding, shape):
        name = self._engine.get_binding_name(binding)
        least, _, most = self._engine.get_profile_shape(0, name)
        if len(shape) != len(least) or not all(a <= b <= c for a, b, c in zip(least, shape, most)):
            return False
        self._shapes[name], self._answers = tuple(shape), None
        return True

    def get_binding_shape(self, binding):
        """Of an output: found by running the network on zeros, since ONNX Runtime tells no shapes beforehand."""
        name = self._engine.get_binding_name(binding)
        if name in self._shapes:
            return self._shapes[name]
        if set(self._shapes) != set(self._engine._inputs):
            return (-1,)
        if self._answers is None:
            self._answers = self._run({n: np.zeros(s, np.float32) for n, s in self._shapes.items()})
        return self._answers[name].shape

    def execute_async_v2(self, bindings, stream_handle, input_consumed=None):
        if set(self._shapes) != set(self._engine._inputs) or not all(bindings):
            return False
        given = {n: _at(bindings[i], self._shapes[n]).copy() for i, n in enumerate(self._engine._inputs)}
        for i, (_, value) in enumerate(sorted(self._run(given).items(), key=lambda pair: self._place(pair[0]))):
            _at(bindings[len(given) + i], value.shape)[...] = value
        return True

    def _place(self, name):
        return self._engine._outputs.index(name)

    def _run(self, arrays):
        names = self._engine._outputs
        return dict(zip(names, (np.asarray(v, np.float32) for v in self._session.run(names, arrays))))


def _at(address, shape):
    count = int(np.prod(shape))
    return np.ctypeslib.as_array((ctypes.c_float * count).from_address(address)).reshape(shape)
