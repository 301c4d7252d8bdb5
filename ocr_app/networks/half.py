"""A network with its tensors rounded to half precision, which any machine can compute.

Each float32 weight is rounded once. The graph's input and the outputs of every operator are cast to float16 and back,
so that each intermediate value is a half, and infinite from 65520 on, as in hardware. Sums inside an operator stay
float32: the simulation shows what storing FP16 does to the texts, not what a GPU's order of summation does.

With ``sums``, the sum of which a mean is made is rounded to half precision too. A GPU of compute capability 5.3 reaches
its full FP16 speed only with sums in half precision, and the sum over a large map is the first to exceed their range.

Nodes can be kept in float32 (``kept``, by their first outputs). Such a node reads what was stored, computes with exact
weights, and stores float32; an FP16 node that reads its output rounds what it reads. Constants that a builder folds in
float32 are folded in float32 here too: whatever is computed from constants alone, and the statistics of a batch
normalisation.
"""

from typing import Any, Collection, Dict, List, NamedTuple, Set

import numpy as np

from ocr_app.core.errors import ModelError
from ocr_app.networks import onnx_model, rewriting
from ocr_app.networks.graph import constants, element_types
from ocr_app.networks.onnx_model import FLOAT, FLOAT16, Model, OnnxNode

PRECISION = "fp16-simulated"
MEANS = ("GlobalAveragePool", "ReduceMean")
"""Operators that divide a sum by the number of its terms."""
_FULL, _HALF, _COPY, _READ, _MEAN, _TERMS, _SUM = ":full", ":half", ":copy", ":read", ":mean", ":terms", ":sum"
_SUFFIXES = (_FULL, _HALF, _COPY, _READ, _MEAN, _TERMS, _SUM)
_NOT_ARITHMETIC = {"BatchNormalization": (1, 2, 3, 4), "Resize": (1, 2), "Upsample": (1,)}
"""Positions of inputs that no arithmetic in half precision reads: the builder folds them, or they are sizes."""


class _Names(NamedTuple):
    """``floats``: all float32 tensors; ``exact``: those stored exactly; ``read``: exact ones that FP16 nodes read."""

    floats: Set[str]
    exact: Set[str]
    read: Set[str]


def rounded(model: Model, kept: Collection[str] = (), sums: bool = False) -> bytes:
    """The model's bytes with every float32 tensor rounded; the names of inputs and outputs stay.

    ``kept``: the first outputs of the nodes that stay in float32. Raises ModelError if a name that the rounding adds is
    taken, or if no node of the model has one of the outputs in ``kept`` as its first.
    """
    types = element_types(model)
    _check(model, types, kept)
    stays = constants(model).union(kept)
    names = _names(model, types, stays)
    nodes = _reads([value.name for value in model.inputs], names)
    for node in model.nodes:
        if node.outputs[0] in stays:
            nodes += [node.proto] + _reads(node.outputs, names)
        else:
            nodes += _rounded_node(node, names, sums)
    return rewriting.with_nodes(model, nodes, _rounded_weights(model, names))


def _rounded_weights(model: Model, names: _Names) -> List[Any]:
    """``onnx.TensorProto`` of a rounded copy for each weight that an FP16 node reads."""
    helper = onnx_model.library().numpy_helper
    return [
        helper.from_array(to_half(tensor.array), name + _READ)
        for name, tensor in model.initializers.items()
        if name in names.read
    ]


def _check(model: Model, types: Dict[str, int], kept: Collection[str]) -> None:
    taken = [name for name in types if name.endswith(_SUFFIXES)]
    if taken:
        raise ModelError("a tensor is called {}".format(taken[0]), "names that do not end in " + ", ".join(_SUFFIXES))
    absent = sorted(set(kept) - {node.outputs[0] for node in model.nodes})
    if absent:
        raise ModelError("no node writes {} first".format(absent[0]), "first outputs of the model's nodes")


def _names(model: Model, types: Dict[str, int], stays: Set[str]) -> _Names:
    floats = {name for name, kind in types.items() if kind == FLOAT}
    exact = {value.name for value in model.inputs}.union(model.initializers)
    exact.update(name for node in model.nodes if node.outputs[0] in stays for name in node.outputs)
    rounding = [node for node in model.nodes if node.outputs[0] not in stays]
    read = {name for node in rounding for place, name in enumerate(node.inputs) if is_arithmetic(node, place)}
    return _Names(floats, exact & floats, read & exact & floats)


def is_arithmetic(node: OnnxNode, place: int) -> bool:
    """Whether arithmetic in half precision reads this input of the node."""
    return place not in _NOT_ARITHMETIC.get(node.op, ())


def _reads(made: Collection[str], names: _Names) -> List[Any]:
    """Rounded copies of tensors that are stored exactly."""
    return [field for name in made if name in names.read for field in _casts(name, name + _READ)]


def _casts(source: str, target: str) -> List[Any]:
    """To float16 and back. ONNX Runtime up to 1.14 drops two casts in a row, so a copy separates them."""
    return [
        rewriting.make_node("Cast", [source], [target + _HALF], to=FLOAT16),
        rewriting.make_node("Identity", [target + _HALF], [target + _COPY]),
        rewriting.make_node("Cast", [target + _COPY], [target], to=FLOAT),
    ]


def _rounded_node(node: OnnxNode, names: _Names, sums: bool) -> List[Any]:
    """The node with rounded inputs and renamed outputs, then the casts that write its outputs under their own names."""
    inputs = [
        name + _READ if name in names.exact and is_arithmetic(node, place) else name
        for place, name in enumerate(node.inputs)
    ]
    if sums and node.op in MEANS:
        return _mean(node, inputs)
    outputs = [name for name in node.outputs if name in names.floats]
    aside = [name + _FULL if name in outputs else name for name in node.outputs]
    return [rewriting.renamed(node, inputs, aside)] + [
        field for name in outputs for field in _casts(name + _FULL, name)
    ]


def _mean(node: OnnxNode, inputs: List[str]) -> List[Any]:
    """The mean times the number of its terms is the sum, which is rounded; then it is divided again, and rounded."""
    name = node.outputs[0]
    mean, terms, total = name + _MEAN, name + _TERMS, name + _SUM
    fields = [rewriting.renamed(node, inputs, [mean])]
    for part, of in ((":in", inputs[0]), (":out", mean)):
        fields.append(rewriting.make_node("Size", [of], [terms + part]))
        fields.append(rewriting.make_node("Cast", [terms + part], [terms + part + ":float"], to=FLOAT))
    fields.append(rewriting.make_node("Div", [terms + ":in:float", terms + ":out:float"], [terms]))
    fields.append(rewriting.make_node("Mul", [mean, terms], [total + _FULL]))
    fields += _casts(total + _FULL, total)
    fields.append(rewriting.make_node("Div", [total, terms], [name + _FULL]))
    return fields + _casts(name + _FULL, name)


def to_half(array: np.ndarray) -> np.ndarray:
    """float32 values rounded to the nearest half (ties to even), infinite beyond its range."""
    with np.errstate(over="ignore"):
        return array.astype(np.float16).astype(np.float32)


def probe_model() -> bytes:
    """A model that only rounds its input ``(N,)``: it shows whether a runtime keeps the casts."""
    helper = onnx_model.library().helper
    ports = [helper.make_tensor_value_info(name, FLOAT, [None]) for name in ("x", "y")]
    graph = helper.make_graph(_casts("x", "y"), "probe", ports[:1], ports[1:])
    made = helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", 13)])
    return bytes(made.SerializeToString())
