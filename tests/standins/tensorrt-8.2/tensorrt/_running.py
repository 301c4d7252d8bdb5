"""Stand-in: engine and execution context by bindings, from addresses to addresses."""

from ._serialized import _RunningContext, _SerializedEngine, opened
from ._types import float32


class Runtime:
    __slots__ = ("_logger",)

    def __init__(self, logger):
        self._logger = logger

    def deserialize_cuda_engine(self, serialized_engine):
        """None, as TensorRT gives it, for what is not an engine of this version."""
        found = opened(serialized_engine)
        return ICudaEngine(*found) if found else None


class ICudaEngine(_SerializedEngine):
    """Bindings: inputs, then outputs, in the model's order."""

    __slots__ = ()

    @property
    def num_bindings(self):
        return len(self._names)

    def get_binding_name(self, index):
        return self._names[index]

    def binding_is_input(self, index):
        return index < len(self._inputs)

    def get_binding_dtype(self, index):
        return float32

    def get_profile_shape(self, profile_index, binding):
        return self._profile(profile_index, binding)

    def create_execution_context(self):
        return IExecutionContext(self)


class IExecutionContext(_RunningContext):
    __slots__ = ()

    def set_binding_shape(self, binding, shape):
        return self._set_shape(self._engine.get_binding_name(binding), shape)

    def get_binding_shape(self, binding):
        return self._shape(self._engine.get_binding_name(binding))

    def execute_async_v2(self, bindings, stream_handle, input_consumed=None):
        if not self._has_shapes() or not all(bindings):
            return False
        self._execute(dict(zip(self._engine._names, bindings)))
        return True
