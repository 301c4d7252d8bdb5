"""One network in simulated half precision, and what rounding does to each of its layers."""

from typing import Any, Collection, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np

from ocr_app.networks import half, onnx_model, onnx_runtime, rewriting
from ocr_app.networks.contract import Arrays, Network
from ocr_app.networks.graph import constants, element_types
from ocr_app.networks.onnx_model import FLOAT, Model, OnnxNode

TENSORS, SUMS = "tensors", "sums"
ARITHMETICS = (TENSORS, SUMS)
"""tensors: each stored value is a half; sums: also the sum behind each mean (ocr_app/networks/half.py)."""
_AT_ONCE = 100000000  # elements of the tensors that one run returns, so that large inputs do not fill the memory
_SIZE = ":size"
_LEAST = 1e-6  # values smaller than this are not a scale for an error


class Rounded(Network):
    """A model with the nodes in ``kept`` (by first output) in float32 and all others rounded."""

    def __init__(self, model: Model, name: str, kept: Collection[str], arithmetic: str, threads: int = 1) -> None:
        made = half.rounded(model, kept, arithmetic == SUMS)
        provider = onnx_runtime.check_device("cpu")
        onnx_runtime.check_casts(provider)
        self._session = onnx_runtime.session(made, provider, threads, name, optimised=False)
        self.inputs = tuple(value.name for value in model.inputs)
        self.outputs = tuple(model.outputs)
        self.metadata = dict(model.metadata)

    def infer(self, arrays: Arrays) -> Arrays:
        values = self._session.run(list(self.outputs), arrays)
        return dict(zip(self.outputs, (np.asarray(value, np.float32) for value in values)))


class Recording(Network):
    """A network that keeps its inputs, so that its layers can be examined on exactly what the reader feeds it."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.inputs, self.outputs, self.metadata = network.inputs, network.outputs, network.metadata
        self.received: List[Arrays] = []

    def infer(self, arrays: Arrays) -> Arrays:
        self.received.append(arrays)
        return self._network.infer(arrays)


class LayerError(NamedTuple):
    """What half precision did to one node's first output.

    ``peak``: largest magnitude in float32; ``error``: root mean square of the difference over that of the values;
    ``growth``: error minus the largest error among its inputs, that is, what the node itself adds; ``overflow``: how
    many values are no longer finite; ``origin``: whether it overflows although all of its inputs are finite.
    """

    output: str
    name: str
    op: str
    peak: float
    error: float
    growth: float
    overflow: int
    origin: bool


class _Statistics(NamedTuple):
    peak: float
    error: float
    overflow: int


def arithmetics_of(model: Model) -> Tuple[str, ...]:
    """The arithmetics in which a model can differ: SUMS only where it has means."""
    return ARITHMETICS if any(node.op in half.MEANS for node in model.nodes) else (TENSORS,)


def judged_nodes(model: Model) -> List[OnnxNode]:
    """Nodes that compute with float tensors on the board: all but constants and arithmetic on shapes."""
    types, fixed = element_types(model), constants(model)
    return [node for node in model.nodes if types[node.outputs[0]] == FLOAT and node.outputs[0] not in fixed]


def layer_errors(
    model: Model, name: str, inputs: Sequence[Arrays], kept: Collection[str], arithmetic: str
) -> List[LayerError]:
    """Each judged node's error, the worst over ``inputs``, in the order of the file."""
    nodes = judged_nodes(model)
    outputs = [node.outputs[0] for node in nodes]
    full_session = _session(model, outputs, name)
    rounded = onnx_model.loads(half.rounded(model, kept, arithmetic == SUMS), name)
    half_session = _session(rounded, outputs, name)
    seen: Dict[str, _Statistics] = {}
    for arrays in inputs:
        for group in _groups(outputs, _sizes(model, outputs, arrays, name), _AT_ONCE):
            for output, full, low in zip(group, full_session.run(group, arrays), half_session.run(group, arrays)):
                seen[output] = _worse(seen.get(output), _compare(full, low))
    return [_layer(node, seen, set(kept)) for node in nodes]


def _sizes(model: Model, tensors: Sequence[str], arrays: Arrays, name: str) -> List[int]:
    """Elements of each tensor, counted by the network itself in a run that returns nothing else."""
    counted = [rewriting.make_node("Size", [tensor], [tensor + _SIZE]) for tensor in tensors]
    counts = [tensor + _SIZE for tensor in tensors]
    counting = onnx_model.loads(rewriting.with_more_nodes(model, counted), name)
    return [int(size) for size in _session(counting, counts, name).run(counts, arrays)]


def _groups(names: Sequence[str], sizes: Sequence[int], most: int) -> List[List[str]]:
    """Neighbours in groups of at most ``most`` elements; a larger tensor is a group of its own."""
    groups: List[List[str]] = []
    room = 0
    for name, size in zip(names, sizes):
        if size > room or not groups:
            groups.append([])
            room = most
        groups[-1].append(name)
        room -= size
    return groups


def _session(model: Model, tensors: Sequence[str], name: str) -> Any:
    """ONNX Runtime's session of the model, not optimised, with ``tensors`` as additional outputs."""
    data = rewriting.with_outputs(model, [tensor for tensor in tensors if tensor not in model.outputs])
    return onnx_runtime.session(data, onnx_runtime.check_device("cpu"), 1, name, optimised=False)


def _compare(full: np.ndarray, low: np.ndarray) -> _Statistics:
    if not full.size:
        return _Statistics(0.0, 0.0, 0)
    finite = np.isfinite(low)
    lost = int(np.count_nonzero(np.isfinite(full) & ~finite))
    difference = np.subtract(low, full, out=np.zeros(full.shape, np.float64), where=finite)
    scale = float(np.sqrt(np.mean(np.square(full, dtype=np.float64))))
    error = float(np.sqrt(np.mean(np.square(difference)))) / max(scale, _LEAST)
    return _Statistics(float(np.abs(full).max()), error, lost)


def _worse(one: Optional[_Statistics], other: _Statistics) -> _Statistics:
    if one is None:
        return other
    return _Statistics(max(one.peak, other.peak), max(one.error, other.error), max(one.overflow, other.overflow))


def _layer(node: OnnxNode, seen: Dict[str, _Statistics], kept: Set[str]) -> LayerError:
    output, statistics = node.outputs[0], seen[node.outputs[0]]
    inputs = [seen[name] for name in node.inputs if name in seen]
    growth = statistics.error - max((each.error for each in inputs), default=0.0)
    origin = statistics.overflow > 0 and not any(each.overflow for each in inputs) and output not in kept
    return LayerError(
        output, node.name, node.op, statistics.peak, statistics.error, growth, statistics.overflow, origin
    )
