"""One network in simulated half precision, and what rounding does to each of its layers."""

from typing import Collection, Dict, List, NamedTuple, Optional, Sequence, Set, Tuple

import numpy as np

from ocr_app.networks import half, onnx_model, onnx_runtime, rewriting
from ocr_app.networks.contract import Arrays, Network
from ocr_app.networks.graph import constants, element_types
from ocr_app.networks.onnx_model import FLOAT, Model, OnnxNode

TENSORS, SUMS = "tensors", "sums"
ARITHMETICS = (TENSORS, SUMS)
"""tensors: each stored value is a half; sums: the sum behind each mean too (ocr_app/networks/half.py)."""
_AT_ONCE = 100000000  # elements of the tensors asked of one run, so that large inputs do not fill the memory
_SIZE = ":size"
_LEAST = 1e-6  # values smaller than this are no scale for an error


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
    """A network that keeps what it is given, to look at its layers on the very inputs that the reader makes."""

    def __init__(self, network: Network) -> None:
        self._network = network
        self.inputs, self.outputs, self.metadata = network.inputs, network.outputs, network.metadata
        self.given: List[Arrays] = []

    def infer(self, arrays: Arrays) -> Arrays:
        self.given.append(arrays)
        return self._network.infer(arrays)


class LayerError(NamedTuple):
    """What half precision did to one node's first output.

    ``peak``: largest magnitude in float32; ``error``: root mean square of the difference over that of the values;
    ``growth``: error less the largest among its inputs, what the node adds itself; ``overflow``: values that are not
    finite any more; ``origin``: overflow though all that it reads is finite.
    """

    output: str
    name: str
    op: str
    peak: float
    error: float
    growth: float
    overflow: int
    origin: bool


class _Seen(NamedTuple):
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
    model: Model, name: str, given: Sequence[Arrays], kept: Collection[str], arithmetic: str
) -> List[LayerError]:
    """Each judged node's error on the inputs ``given``, worst over them, in the order of the file."""
    nodes = judged_nodes(model)
    wanted = [node.outputs[0] for node in nodes]
    plain = onnx_runtime.session(_showing(model, wanted), onnx_runtime.check_device("cpu"), 1, name, optimised=False)
    made = onnx_model.loads(half.rounded(model, kept, arithmetic == SUMS), name)
    other = onnx_runtime.session(_showing(made, wanted), onnx_runtime.check_device("cpu"), 1, name, optimised=False)
    seen: Dict[str, _Seen] = {}
    for arrays in given:
        for part in _parts(wanted, _sizes(model, wanted, arrays, name), _AT_ONCE):
            for output, full, low in zip(part, plain.run(part, arrays), other.run(part, arrays)):
                seen[output] = _worse(seen.get(output), _compare(full, low))
    return [_layer(node, seen, set(kept)) for node in nodes]


def _sizes(model: Model, wanted: Sequence[str], arrays: Arrays, name: str) -> List[int]:
    """Elements of each tensor, told by the network itself in a run that hands back nothing larger."""
    counted = [rewriting.make_node("Size", [tensor], [tensor + _SIZE]) for tensor in wanted]
    asked = [tensor + _SIZE for tensor in wanted]
    counting = onnx_model.loads(rewriting.with_more_nodes(model, counted), name)
    sizes = onnx_runtime.session(_showing(counting, asked), onnx_runtime.check_device("cpu"), 1, name, optimised=False)
    return [int(size) for size in sizes.run(asked, arrays)]


def _parts(names: Sequence[str], sizes: Sequence[int], most: int) -> List[List[str]]:
    """Neighbours in groups of at most so many elements, or of one."""
    parts: List[List[str]] = []
    room = 0
    for name, size in zip(names, sizes):
        if size > room or not parts:
            parts.append([])
            room = most
        parts[-1].append(name)
        room -= size
    return parts


def _showing(model: Model, wanted: Sequence[str]) -> bytes:
    """The model's bytes with the wanted tensors as outputs too."""
    return rewriting.with_outputs(model, [name for name in wanted if name not in model.outputs])


def _compare(full: np.ndarray, low: np.ndarray) -> _Seen:
    if not full.size:
        return _Seen(0.0, 0.0, 0)
    finite = np.isfinite(low)
    lost = int(np.count_nonzero(np.isfinite(full) & ~finite))
    difference = np.subtract(low, full, out=np.zeros(full.shape, np.float64), where=finite)
    scale = float(np.sqrt(np.mean(np.square(full, dtype=np.float64))))
    error = float(np.sqrt(np.mean(np.square(difference)))) / max(scale, _LEAST)
    return _Seen(float(np.abs(full).max()), error, lost)


def _worse(one: Optional[_Seen], other: _Seen) -> _Seen:
    if one is None:
        return other
    return _Seen(max(one.peak, other.peak), max(one.error, other.error), max(one.overflow, other.overflow))


def _layer(node: OnnxNode, seen: Dict[str, _Seen], kept: Set[str]) -> LayerError:
    own = seen[node.outputs[0]]
    read: Tuple[_Seen, ...] = tuple(seen[name] for name in node.inputs if name in seen)
    before = max((each.error for each in read), default=0.0)
    origin = own.overflow > 0 and not any(each.overflow for each in read) and node.outputs[0] not in kept
    return LayerError(
        node.outputs[0], node.name, node.op, own.peak, own.error, own.error - before, own.overflow, origin
    )
