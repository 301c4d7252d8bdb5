"""What follows from the operators of a graph: constants, element types, foreign operator sets."""

from typing import Dict, List, Set

from ocr_app.core.errors import ModelError
from ocr_app.networks.onnx_model import BOOL, FLOAT, INT64, Model, OnnxNode, Tensor

_TO_BOOL = {"And", "Or", "Not", "Xor", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "IsNaN", "IsInf"}
_TO_INT64 = {"Shape", "Size", "NonZero", "ArgMax", "ArgMin"}


def foreign_domains(model: Model) -> List[str]:
    """The operator sets, other than ONNX's own, that some node uses."""
    return sorted({node.domain for node in model.nodes} - {"", "ai.onnx"})


def constants(model: Model) -> Set[str]:
    """The tensors that do not depend on the inputs: the initializers, and whatever is computed from constants alone."""
    fixed = set(model.initializers)
    for node in model.nodes:
        if all(name in fixed for name in node.inputs if name):
            fixed.update(node.outputs)
    return fixed


def element_types(model: Model) -> Dict[str, int]:
    """The element type of every tensor of the graph, from the operators' own rules.

    Raises ModelError for a Cast that does not say to which type.
    """
    types = {value.name: value.data_type for value in model.inputs}
    types.update((name, tensor.data_type) for name, tensor in model.initializers.items())
    for node in model.nodes:
        for position, name in enumerate(node.outputs):
            if name:
                types[name] = _output_type(node, position, types)
    return types


def _output_type(node: OnnxNode, position: int, types: Dict[str, int]) -> int:
    if node.op in _TO_BOOL:
        return BOOL
    if node.op in _TO_INT64 or (position == 1 and node.op in ("TopK", "MaxPool")):
        return INT64
    if node.op == "Cast":
        return _cast_type(node)
    if node.op in ("Constant", "ConstantOfShape"):
        return _constant_type(node)
    source = node.inputs[1:2] if node.op == "Where" else node.inputs[:1]
    return types.get(source[0], FLOAT) if source else FLOAT


def _cast_type(node: OnnxNode) -> int:
    if not isinstance(node.attributes.get("to"), int):
        raise ModelError("the Cast that writes {} has no type to cast to".format(node.outputs[0]), "attribute to")
    return int(node.attributes["to"])


def _constant_type(node: OnnxNode) -> int:
    value = node.attributes.get("value")
    if isinstance(value, Tensor):
        return int(value.data_type)
    return INT64 if "value_int" in node.attributes or "value_ints" in node.attributes else FLOAT
