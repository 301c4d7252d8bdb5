"""The interface that both ways to run an engine have."""

from typing import Any, Dict, Sequence, Tuple

Shape = Tuple[int, ...]


class OpenedEngine:
    """An engine and its execution context, with one optimisation profile. Not for several threads at once."""

    inputs: Tuple[str, ...]
    outputs: Tuple[str, ...]

    def limits(self, name: str) -> Sequence[Shape]:
        """The smallest, the optimal and the largest shape of an input."""
        raise NotImplementedError

    def set_shape(self, name: str, shape: Shape) -> bool:
        """Set the shape of an input for the next run. False if TensorRT refuses it."""
        raise NotImplementedError

    def shape(self, name: str) -> Shape:
        """The shape of an output, once every input has one."""
        raise NotImplementedError

    def dtype(self, name: str) -> Any:
        """TensorRT's type of a tensor."""
        raise NotImplementedError

    def run(self, addresses: Dict[str, int], stream: int) -> bool:
        """Queue a run. ``addresses``: device memory of every tensor. False if TensorRT could not start it."""
        raise NotImplementedError


class Way:
    """How the installed TensorRT is used where its versions differ."""

    name: str
    """For messages and results."""

    def open(self, trt: Any, engine: Any, context: Any) -> OpenedEngine:
        """The engine, ready to run."""
        raise NotImplementedError

    def set_workspace(self, trt: Any, config: Any, size: int) -> None:
        """Limit the scratch memory of a build to ``size`` bytes."""
        raise NotImplementedError
