"""What the rules of preflight report, and the facts about a model that they are checked against."""

from typing import Any, Dict, NamedTuple, Set

from ocr_app.networks.graph import constants, element_types
from ocr_app.networks.onnx_model import Model

REFUSED, ALTERED, NOTE = "refused", "altered", "note"
"""refused: the parser or the board refuses it; altered: it is accepted, but values change; note: worth knowing."""
TYPES = {
    1: "FP32", 2: "UINT8", 3: "INT8", 4: "UINT16", 5: "INT16", 6: "INT32", 7: "INT64", 9: "BOOL", 10: "FP16",
    11: "FP64", 12: "UINT32", 13: "UINT64",
}  # fmt: skip
_FROM_SHAPES = {"Shape", "Size"}


class PreflightFinding(NamedTuple):
    """One problem of a model, or a note: its kind, the node, the reason, what to do, and the source of the rule."""

    kind: str
    op: str
    node: str
    why: str
    do: str
    source: str


class ModelFacts(NamedTuple):
    """A model, the rules, and what the rules ask about.

    ``types``: element types of tensors; ``fixed``: names of constants; ``from_shapes``: tensors that depend only on
    shapes and constants; ``free``: whether an input has free axes.
    """

    model: Model
    rules: Dict[str, Any]
    types: Dict[str, int]
    fixed: Set[str]
    from_shapes: Set[str]
    free: bool


def facts_of(model: Model, rules: Dict[str, Any]) -> ModelFacts:
    """The facts about ``model``."""
    fixed = constants(model)
    types, from_shapes = element_types(model), _from_shapes(model, fixed)
    return ModelFacts(model, rules, types, fixed, from_shapes, any(None in value.dims for value in model.inputs))


def _from_shapes(model: Model, fixed: Set[str]) -> Set[str]:
    """Tensors that depend only on shapes and constants, which the host computes before the network runs."""
    known = set(fixed)
    for node in model.nodes:
        if node.op in _FROM_SHAPES or all(name in known for name in node.inputs if name):
            known.update(node.outputs)
    return known
