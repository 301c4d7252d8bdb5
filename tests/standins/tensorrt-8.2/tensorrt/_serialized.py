"""Stand-in: what engines and contexts have in every version; runs the file inside by ONNX Runtime.

The public names of a version are in its _running.py; nothing here has one, so that no version shows those of another.
"""

import ctypes
import json

import numpy as np

from ocr_app.networks import onnx_model, onnx_runtime

from ._building import MAGIC
from ._version import VERSION


def opened(serialized_engine):
    """(header, file) of an engine of this version; None for anything else."""
    data = bytes(serialized_engine)
    if not data.startswith(MAGIC):
        return None
    header, _, model = data[len(MAGIC) :].partition(b"\n")
    header = json.loads(header.decode())
    return (header, model) if header["version"] == VERSION else None


class _SerializedEngine:
    __slots__ = ("_data", "_header", "_inputs", "_outputs")

    def __init__(self, header, data):
        model = onnx_model.loads(data)
        self._header, self._data = header, data
        self._inputs, self._outputs = [value.name for value in model.inputs], list(model.outputs)

    @property
    def _names(self):
        """Inputs, then outputs, in the model's order."""
        return self._inputs + self._outputs

    def _profile(self, profile_index, name):
        assert profile_index == 0
        return [tuple(shape) for shape in self._header["shapes"][name]]


class _RunningContext:
    __slots__ = ("_answers", "_engine", "_session", "_shapes")

    def __init__(self, engine):
        self._engine = engine
        self._session = onnx_runtime.session(engine._data, "CPUExecutionProvider", 1, "stand-in", optimised=False)
        self._shapes, self._answers = {}, None

    def _set_shape(self, name, shape):
        """False for a shape outside the profile."""
        least, _, most = self._engine._profile(0, name)
        if len(shape) != len(least) or not all(a <= b <= c for a, b, c in zip(least, shape, most)):
            return False
        self._shapes[name], self._answers = tuple(shape), None
        return True

    def _shape(self, name):
        """Of an output: found by running the network on zeros, since ONNX Runtime tells no shapes beforehand."""
        if name in self._shapes:
            return self._shapes[name]
        if not self._has_shapes():
            return (-1,)
        if self._answers is None:
            self._answers = self._run({n: np.zeros(s, np.float32) for n, s in self._shapes.items()})
        return self._answers[name].shape

    def _has_shapes(self):
        return set(self._shapes) == set(self._engine._inputs)

    def _execute(self, addresses):
        """From the addresses of the inputs to those of the outputs; by name."""
        given = {name: _at(addresses[name], self._shapes[name]).copy() for name in self._engine._inputs}
        for name, value in self._run(given).items():
            _at(addresses[name], value.shape)[...] = value

    def _run(self, arrays):
        names = self._engine._outputs
        return dict(zip(names, (np.asarray(v, np.float32) for v in self._session.run(names, arrays))))


def _at(address, shape):
    count = int(np.prod(shape))
    return np.ctypeslib.as_array((ctypes.c_float * count).from_address(address)).reshape(shape)
