"""Stand-in: engine and execution context by named tensors, between addresses; of 8.5 and of 10."""

import enum

from ._deprecated import _BindingsByIndex
from ._serialized import _RunningContext, _SerializedEngine, opened
from ._types import float32


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
        found = opened(serialized_engine)
        return ICudaEngine(*found) if found else None


class ICudaEngine(_BindingsByIndex, _SerializedEngine):
    """Tensors of the edge: inputs, then outputs, in the model's order."""

    __slots__ = ()

    @property
    def num_io_tensors(self):
        return len(self._names)

    def get_tensor_name(self, index):
        return self._names[index]

    def get_tensor_mode(self, name):
        if name in self._inputs:
            return TensorIOMode.INPUT
        return TensorIOMode.OUTPUT if name in self._outputs else TensorIOMode.NONE

    def get_tensor_dtype(self, name):
        return float32

    def get_tensor_profile_shape(self, name, profile_index):
        return self._profile(profile_index, name)

    def create_execution_context(self):
        return IExecutionContext(self)


class IExecutionContext(_RunningContext):
    __slots__ = ("_addresses",)

    def __init__(self, engine):
        super().__init__(engine)
        self._addresses = {}

    def set_input_shape(self, name, shape):
        """False for a tensor that is no input, and for a shape outside the profile."""
        return self._engine.get_tensor_mode(name) is TensorIOMode.INPUT and self._set_shape(name, shape)

    def get_tensor_shape(self, name):
        return self._shape(name)

    def set_tensor_address(self, name, memory):
        """False for a name that is not a tensor of the edge; an address stays set until another one is."""
        if self._engine.get_tensor_mode(name) is TensorIOMode.NONE:
            return False
        self._addresses[name] = memory
        return True

    def execute_async_v3(self, stream_handle):
        """False, as TensorRT answers, while an input has no shape or a tensor of the edge has no address."""
        if not self._has_shapes() or not all(self._addresses.get(name) for name in self._engine._names):
            return False
        self._execute(self._addresses)
        return True
