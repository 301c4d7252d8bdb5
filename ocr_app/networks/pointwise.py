"""Which pointwise layers become one kernel.

TensorRT merges adjacent pointwise layers (TensorRT 8.2 developer guide, types of fusions: PointWise, GELU). Such a kernel
reads each of its inputs once, however many of its layers use it, and writes only what other kernels read. A layer joins
the kernel of one of its inputs unless another input would have to wait for that kernel.
"""

from typing import Dict, List, Optional, Sequence, Set


class PointwiseKernels:
    """The kernels of a graph, fed layer by layer in the order of the graph. A kernel is named by its first layer."""

    def __init__(self) -> None:
        self._maker: Dict[str, int] = {}  # the kernel that writes a tensor
        self._inputs: Dict[int, Dict[str, None]] = {}  # what the layers of a kernel read, in order
        self._outputs: Dict[int, List[str]] = {}
        self._pointwise: Set[int] = set()

    def rename(self, name: str, source: str) -> None:
        """``name`` is a view of ``source``."""
        if source in self._maker:
            self._maker[name] = self._maker[source]
            self._outputs[self._maker[source]].append(name)

    def follow(self, outputs: Sequence[str], source: str) -> None:
        """A layer that is computed where ``source`` is written, at no traffic."""
        self._write(self._maker[source], outputs)

    def add(self, layer: int, inputs: Sequence[str], outputs: Sequence[str], pointwise: bool) -> int:
        """The kernel of a layer: its own number, or that of an earlier layer."""
        kernel = self._joined(inputs) if pointwise else None
        if kernel is None:
            kernel = layer
            self._inputs[kernel], self._outputs[kernel] = {}, []
            if pointwise:
                self._pointwise.add(kernel)
        self._inputs[kernel].update(dict.fromkeys(inputs))
        self._write(kernel, outputs)
        return kernel

    def _joined(self, inputs: Sequence[str]) -> Optional[int]:
        makers = {self._maker[name] for name in inputs if name in self._maker}
        free = [kernel for kernel in makers & self._pointwise if not self._awaited(kernel, makers - {kernel})]
        return max(free) if free else None

    def _awaited(self, kernel: int, others: Set[int]) -> bool:
        """Whether any of ``others`` reads, directly or not, what ``kernel`` writes."""
        waiting, seen = list(others), set(others)
        while waiting:
            for name in self._inputs[waiting.pop()]:
                maker = self._maker.get(name)
                if maker == kernel:
                    return True
                if maker is not None and maker not in seen:
                    seen.add(maker)
                    waiting.append(maker)
        return False

    def _write(self, kernel: int, outputs: Sequence[str]) -> None:
        self._outputs[kernel].extend(outputs)
        self._maker.update(dict.fromkeys(outputs, kernel))

    def pointwise(self) -> List[int]:
        """The kernels that consist of pointwise layers alone."""
        return sorted(self._pointwise)

    def read(self, kernel: int) -> List[str]:
        """The tensors of other kernels, and inputs of the graph, that the kernel reads."""
        return [name for name in self._inputs[kernel] if self._maker.get(name) != kernel]

    def written(self, kernel: int, graph_outputs: Sequence[str]) -> List[str]:
        """The tensors of the kernel that others read, or that the graph returns."""
        elsewhere = {name for other, names in self._inputs.items() if other != kernel for name in names}
        return [name for name in self._outputs[kernel] if name in elsewhere or name in graph_outputs]
