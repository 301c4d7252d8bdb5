"""TensorRT 8.2: bindings by index, and one limit for scratch memory.

Only names of TensorRT 8.2.1 are used (tests/standins/tensorrt-8.2.json); 8.5 deprecates them, and 10 has none.
"""

from typing import Any, Dict, Sequence

from ocr_app.networks.tensorrt.way import OpenedEngine, Shape, Way


class BoundEngine(OpenedEngine):
    """Bindings are numbered; their names lead to the numbers."""

    def __init__(self, engine: Any, context: Any) -> None:
        self._engine, self._context = engine, context
        self._index = {engine.get_binding_name(i): i for i in range(engine.num_bindings)}
        self.inputs = tuple(n for n, i in self._index.items() if engine.binding_is_input(i))
        self.outputs = tuple(n for n, i in self._index.items() if not engine.binding_is_input(i))

    def limits(self, name: str) -> Sequence[Shape]:
        return [tuple(shape) for shape in self._engine.get_profile_shape(0, name)]

    def set_shape(self, name: str, shape: Shape) -> bool:
        return bool(self._context.set_binding_shape(self._index[name], shape))

    def shape(self, name: str) -> Shape:
        return tuple(self._context.get_binding_shape(self._index[name]))

    def dtype(self, name: str) -> Any:
        return self._engine.get_binding_dtype(self._index[name])

    def run(self, addresses: Dict[str, int], stream: int) -> bool:
        ordered = [addresses[name] for name in sorted(self._index, key=lambda n: self._index[n])]
        return bool(self._context.execute_async_v2(ordered, stream))


class Bindings(Way):
    """The way of TensorRT 8.2."""

    name = "bindings"

    def open(self, trt: Any, engine: Any, context: Any) -> OpenedEngine:
        return BoundEngine(engine, context)

    def set_workspace(self, trt: Any, config: Any, size: int) -> None:
        config.max_workspace_size = size
