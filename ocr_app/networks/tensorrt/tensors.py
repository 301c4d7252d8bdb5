"""TensorRT from 8.5 on: tensors by name, and memory pools.

Only names are used that 8.5 and 10 both have (tests/standins/tensorrt-8.5.json, tensorrt-10.json).
"""

from typing import Any, Dict, Sequence

from ocr_app.networks.tensorrt.way import OpenedEngine, Shape, Way


class NamedEngine(OpenedEngine):
    """Every tensor of an engine's edge has a name and a mode."""

    def __init__(self, trt: Any, engine: Any, context: Any) -> None:
        self._engine, self._context = engine, context
        names = [engine.get_tensor_name(i) for i in range(engine.num_io_tensors)]
        given = [name for name in names if engine.get_tensor_mode(name) == trt.TensorIOMode.INPUT]
        self.inputs = tuple(given)
        self.outputs = tuple(name for name in names if name not in given)

    def limits(self, name: str) -> Sequence[Shape]:
        return [tuple(shape) for shape in self._engine.get_tensor_profile_shape(name, 0)]

    def set_shape(self, name: str, shape: Shape) -> bool:
        return bool(self._context.set_input_shape(name, shape))

    def shape(self, name: str) -> Shape:
        return tuple(self._context.get_tensor_shape(name))

    def dtype(self, name: str) -> Any:
        return self._engine.get_tensor_dtype(name)

    def run(self, addresses: Dict[str, int], stream: int) -> bool:
        placed = all(self._context.set_tensor_address(name, address) for name, address in addresses.items())
        return placed and bool(self._context.execute_async_v3(stream))


class Tensors(Way):
    """The way of TensorRT from 8.5 on."""

    name = "tensors"

    def open(self, trt: Any, engine: Any, context: Any) -> OpenedEngine:
        return NamedEngine(trt, engine, context)

    def set_workspace(self, trt: Any, config: Any, size: int) -> None:
        config.set_memory_pool_limit(trt.MemoryPoolType.WORKSPACE, size)
