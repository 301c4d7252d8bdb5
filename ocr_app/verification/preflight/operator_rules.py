"""The parser's rules for single operators, checked node by node (``operators`` of data/tensorrt-8.2.1.json).

Each check takes a node, the rule's value for the node's operator, and the facts about the model; it yields the kind of
finding and the reason.
"""

from typing import Any, Dict, Iterator, List, Optional, Tuple

from ocr_app.networks.onnx_model import OnnxNode
from ocr_app.verification.preflight.findings import NOTE, REFUSED, TYPES, ModelFacts, PreflightFinding

Check = Iterator[Tuple[str, str]]


def check_node(node: OnnxNode, facts: ModelFacts) -> List[PreflightFinding]:
    """The findings about one node; none for nodes of other domains, which are findings about the model."""
    name = node.name or (node.outputs[0] if node.outputs else "")
    rules = facts.rules["operators"].get(node.op)
    if node.domain not in ("", "ai.onnx"):
        return []
    if rules is None:
        why = "the operator is not known to {}".format(facts.rules["parser"])
        return [PreflightFinding(REFUSED, node.op, name, why, "export it as operators that are", "operators")]
    if rules.get("refused"):
        return [PreflightFinding(REFUSED, node.op, name, "the operator is refused", rules["do"], rules["source"])]
    found = []
    for rule, check in _CHECKS.items():
        if rule in rules:
            source = rules.get("source_of", {}).get(rule, rules["source"])
            for kind, why in check(node, rules[rule], facts):
                found.append(PreflightFinding(kind, node.op, name, why, rules.get("do", ""), source))
    return found


def _constant(node: OnnxNode, inputs: Dict[str, str], facts: ModelFacts) -> Check:
    for index, what in inputs.items():
        name = _input(node, int(index))
        if name and name not in facts.fixed:
            yield REFUSED, "{} ({}) must be constant, but is computed".format(what, name)


def _shape(node: OnnxNode, inputs: Dict[str, str], facts: ModelFacts) -> Check:
    for index, what in inputs.items():
        name = _input(node, int(index))
        if name and name not in facts.from_shapes:
            yield REFUSED, "{} ({}) depends on data, not only on shapes".format(what, name)


def _input(node: OnnxNode, index: int) -> str:
    """The name of an input, empty where it is left out."""
    return node.inputs[index] if index < len(node.inputs) else ""


def _attributes(node: OnnxNode, accepted: Dict[str, List[Any]], facts: ModelFacts) -> Check:
    for key, values in accepted.items():
        value = node.attributes.get(key)
        value = value.decode("utf-8") if isinstance(value, bytes) else value
        if value is not None and value not in values:
            yield REFUSED, "{} is {}; accepted: {}".format(key, value, ", ".join(map(str, values)))


def _absent(node: OnnxNode, attributes: List[str], facts: ModelFacts) -> Check:
    for key in attributes:
        if key in node.attributes:
            yield REFUSED, "{} is {}, but the attribute is not accepted".format(key, node.attributes[key])


def _spatial(node: OnnxNode, accepted: List[int], facts: ModelFacts) -> Check:
    axes = _spatial_axes(node, facts)
    if axes is not None and not accepted[0] <= axes <= accepted[1]:
        yield REFUSED, "it has {} spatial axes; accepted: {} and {}".format(axes, *accepted)


def _spatial_axes(node: OnnxNode, facts: ModelFacts) -> Optional[int]:
    if "kernel_shape" in node.attributes:
        return len(node.attributes["kernel_shape"])
    weight = facts.model.initializers.get(_input(node, 1))
    return None if weight is None else int(weight.array.ndim - 2)


def _ranks(node: OnnxNode, accepted: List[int], facts: ModelFacts) -> Check:
    for value in facts.model.inputs:
        if node.inputs[0] == value.name and not accepted[0] <= len(value.dims) <= accepted[1]:
            yield REFUSED, "its input has {} axes; accepted: {} to {}".format(len(value.dims), *accepted)


def _outputs(node: OnnxNode, most: int, facts: ModelFacts) -> Check:
    if len([name for name in node.outputs if name]) > most:
        yield REFUSED, "it has {} outputs; accepted: {}".format(len(node.outputs), most)


def _same_activations(node: OnnxNode, required: bool, facts: ModelFacts) -> Check:
    names = [bytes(name).decode("utf-8") for name in node.attributes.get("activations", [])]
    both = node.attributes.get("direction") == b"bidirectional"
    if both and names[: len(names) // 2] != names[len(names) // 2 :]:
        yield REFUSED, "the two directions have different activations: {}".format(", ".join(names))


def _static(node: OnnxNode, required: bool, facts: ModelFacts) -> Check:
    if facts.free:
        yield REFUSED, "it does not accept free axes, and the model's input has some"


def _types(node: OnnxNode, accepted: List[str], facts: ModelFacts) -> Check:
    for name in node.inputs[:1]:
        type_name = TYPES.get(facts.types.get(name, 0), "")
        type_name = str(facts.rules["types"]["narrowed"].get(type_name, type_name))
        if type_name and type_name not in accepted and name not in facts.from_shapes:
            yield REFUSED, "it reads {}; accepted: {}".format(type_name, ", ".join(accepted))


def _note(node: OnnxNode, note: str, facts: ModelFacts) -> Check:
    yield NOTE, note


_CHECKS: Dict[str, Any] = {
    "types": _types,
    "constant": _constant,
    "shape": _shape,
    "attributes": _attributes,
    "absent": _absent,
    "spatial": _spatial,
    "ranks": _ranks,
    "outputs": _outputs,
    "same_activations": _same_activations,
    "static": _static,
    "note": _note,
}
