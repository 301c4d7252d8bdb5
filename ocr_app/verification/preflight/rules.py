"""What TensorRT 8.2.1's ONNX parser takes on compute capability 5.3, node by node.

The rules are data, each with its source (data/tensorrt-8.2.1.json). This is what can be known without TensorRT.
"""

from typing import Any, Dict, Iterator, List, NamedTuple, Set, Tuple

import numpy as np

from ocr_app.core.paths import load_data
from ocr_app.networks import half
from ocr_app.networks.graph import constants, element_types, foreign_domains
from ocr_app.networks.onnx_model import FLOAT, INT64, Model, OnnxNode

REFUSED, ALTERED, NOTE = "refused", "altered", "note"
"""refused: the parser or the board does not take it; altered: taken, but values change; note: worth knowing."""
TYPES = {
    1: "FP32", 2: "UINT8", 3: "INT8", 4: "UINT16", 5: "INT16", 6: "INT32", 7: "INT64", 9: "BOOL", 10: "FP16",
    11: "FP64", 12: "UINT32", 13: "UINT64",
}  # fmt: skip
_FROM_SHAPES = {"Shape", "Size"}
_TO_THE_END = {"Slice": (1, 2)}
"""Inputs in which a huge INT64 means "to the end" and may be clamped."""
_HALF_MOST = 65504.0


class PreflightFinding(NamedTuple):
    """One thing that speaks against a model, or is worth knowing: of which node, why, what to do, says who."""

    kind: str
    op: str
    node: str
    why: str
    do: str
    source: str


class _Graph(NamedTuple):
    model: Model
    rules: Dict[str, Any]
    types: Dict[str, int]
    fixed: Set[str]
    from_shapes: Set[str]
    free: bool


def rules() -> Dict[str, Any]:
    """What the parser takes."""
    return load_data("tensorrt-8.2.1.json")  # type: ignore[no-any-return]


def findings(model: Model, precision: str = "fp16") -> List[PreflightFinding]:
    """Everything that is known to matter, the model's own first, then node by node in the file's order."""
    known = rules()
    fixed = constants(model)
    graph = _Graph(
        model,
        known,
        element_types(model),
        fixed,
        _from_shapes(model, fixed),
        any(None in value.dims for value in model.inputs),
    )
    found = [*_of_the_model(graph, precision), *_of_the_weights(graph, precision)]
    for node in model.nodes:
        found += _of_a_node(node, graph)
    return [own._replace(source=_page(known, own.source)) for own in found]


def refusals(model: Model, precision: str = "fp32") -> List[str]:
    """In words, what the parser or the board would refuse; empty when it takes everything that is known to matter."""
    found = findings(model, precision)
    return ["{} {}: {}".format(own.op, own.node, own.why) for own in found if own.kind == REFUSED]


def _page(known: Dict[str, Any], source: str) -> str:
    return str(known["sources"].get(source, source))


def _from_shapes(model: Model, fixed: Set[str]) -> Set[str]:
    """Tensors that depend on nothing but shapes and constants: what the host computes before the network runs."""
    known = set(fixed)
    for node in model.nodes:
        if node.op in _FROM_SHAPES or all(name in known for name in node.inputs if name):
            known.update(node.outputs)
    return known


def _of_the_model(graph: _Graph, precision: str) -> Iterator[PreflightFinding]:
    known, opset, model = graph.rules, graph.rules["opset"], graph.model
    asked = known["precisions"].get(precision)
    if asked is None or not asked["taken"]:
        own = asked or {"why": "no such precision", "do": "fp16 or fp32", "source": "operators"}
        yield PreflightFinding(REFUSED, "model", precision.upper(), own["why"], own["do"], own["source"])
    if not opset["least"] <= model.opset <= opset["most"]:
        why = "opset {}, taken are {} to {}".format(model.opset, opset["least"], opset["most"])
        do = "export it again with opset {}".format(opset["most"])
        yield PreflightFinding(REFUSED, "model", "opset", why, do, opset["source"])
    for domain in foreign_domains(model):
        nodes = sorted({node.op for node in model.nodes if node.domain == domain})
        why = "{} of the domain {}".format(", ".join(nodes), domain)
        yield PreflightFinding(REFUSED, "model", domain, why, "export with ONNX's own operators", "operators")
    for value in model.inputs:
        if None in value.dims:
            sizes = "x".join("?" if size is None else str(size) for size in value.dims)
            why = "its axes {} are free where ? stands".format(sizes)
            yield PreflightFinding(
                NOTE, "input", value.name, why, "build with an optimisation profile for it", "shapes"
            )
        yield from _of_a_type("input", value.name, value.data_type, known)
    for name in model.outputs:
        yield from _of_a_type("output", name, graph.types.get(name, FLOAT), known)


def _of_a_type(what: str, name: str, data_type: int, known: Dict[str, Any]) -> Iterator[PreflightFinding]:
    kind, types = TYPES.get(data_type, str(data_type)), known["types"]
    if kind in types["narrowed"]:
        do = "expect {}".format(types["narrowed"][kind])
        yield PreflightFinding(
            ALTERED, what, name, "{} becomes {}".format(kind, types["narrowed"][kind]), do, types["source"]
        )
    elif kind not in types["taken"]:
        yield PreflightFinding(REFUSED, what, name, "{} is not taken".format(kind), "FP32, or INT32", types["source"])


def _of_the_weights(graph: _Graph, precision: str) -> Iterator[PreflightFinding]:
    for name, data_type, array in _weights(graph.model):
        kind, types = TYPES.get(data_type, str(data_type)), graph.rules["types"]
        if kind not in types["taken"] and kind not in types["narrowed"]:
            yield PreflightFinding(
                REFUSED, "weight", name, "{} is not taken".format(kind), "FP32 or INT32", types["source"]
            )
        if data_type == INT64 and _beyond_int32(array) and not _only_to_the_end(graph.model, name):
            why = "INT64 values up to {} are clamped to INT32".format(int(array[np.abs(array).argmax()]))
            yield PreflightFinding(ALTERED, "weight", name, why, "keep integers within INT32", types["source"])
        if kind == "FP64":
            yield PreflightFinding(ALTERED, "weight", name, "FP64 becomes FP32", "save it as FP32", types["source"])
        if precision == "fp16" and data_type == FLOAT and _beyond_half(array) and _stored_as_half(graph, name):
            why = "values up to {:.3g}, a half holds {:.0f}".format(float(np.abs(array).max()), _HALF_MOST)
            yield PreflightFinding(NOTE, "weight", name, why, "run `ocr-app engine gate`", "IEEE 754, binary16")


def _weights(model: Model) -> Iterator[Tuple[str, int, np.ndarray]]:
    for name, tensor in model.initializers.items():
        yield name, tensor.data_type, tensor.array.ravel()
    for node in model.nodes:
        if node.op == "Constant" and "value" in node.attributes:
            tensor = node.attributes["value"]
            yield node.outputs[0], tensor.data_type, tensor.array.ravel()


def _beyond_int32(array: np.ndarray) -> bool:
    return bool(array.size and (array.max() > 2**31 - 1 or array.min() < -(2**31)))


def _beyond_half(array: np.ndarray) -> bool:
    return bool(array.size and not np.all(np.abs(array) <= _HALF_MOST))


def _readers(model: Model, name: str) -> Iterator[Tuple[OnnxNode, int]]:
    return ((node, place) for node in model.nodes for place, own in enumerate(node.inputs) if own == name)


def _only_to_the_end(model: Model, name: str) -> bool:
    return all(place in _TO_THE_END.get(node.op, ()) for node, place in _readers(model, name))


def _stored_as_half(graph: _Graph, name: str) -> bool:
    """Whether arithmetic in half precision reads it: not the statistics of a normalisation, nor what is folded."""
    uses = _readers(graph.model, name)
    return any(node.outputs[0] not in graph.fixed and half.is_arithmetic(node, place) for node, place in uses)


def _of_a_node(node: OnnxNode, graph: _Graph) -> List[PreflightFinding]:
    name = node.name or (node.outputs[0] if node.outputs else "")
    own = graph.rules["operators"].get(node.op)
    if node.domain not in ("", "ai.onnx"):
        return []
    if own is None:
        why = "the operator is not known to {}".format(graph.rules["parser"])
        return [PreflightFinding(REFUSED, node.op, name, why, "export it as operators that are", "operators")]
    if own.get("refused"):
        return [PreflightFinding(REFUSED, node.op, name, "the operator is refused", own["do"], own["source"])]
    found = []
    for rule, check in _CHECKS.items():
        if rule in own:
            source = own.get("source_of", {}).get(rule, own["source"])
            for kind, why in check(node, own[rule], graph):
                found.append(PreflightFinding(kind, node.op, name, why, own.get("do", ""), source))
    return found


def _constant(node: OnnxNode, wanted: Dict[str, str], graph: _Graph) -> Iterator[Tuple[str, str]]:
    for place, what in wanted.items():
        if _given(node, int(place)) and node.inputs[int(place)] not in graph.fixed:
            yield REFUSED, "{} ({}) are computed, taken are constants".format(what, node.inputs[int(place)])


def _shape(node: OnnxNode, wanted: Dict[str, str], graph: _Graph) -> Iterator[Tuple[str, str]]:
    for place, what in wanted.items():
        if _given(node, int(place)) and node.inputs[int(place)] not in graph.from_shapes:
            yield REFUSED, "{} ({}) depends on data, not on shapes alone".format(what, node.inputs[int(place)])


def _given(node: OnnxNode, place: int) -> bool:
    return place < len(node.inputs) and bool(node.inputs[place])


def _attributes(node: OnnxNode, wanted: Dict[str, List[Any]], graph: _Graph) -> Iterator[Tuple[str, str]]:
    for key, taken in wanted.items():
        value = node.attributes.get(key)
        value = value.decode("utf-8") if isinstance(value, bytes) else value
        if value is not None and value not in taken:
            yield REFUSED, "{} is {}, taken are {}".format(key, value, ", ".join(map(str, taken)))


def _absent(node: OnnxNode, wanted: List[str], graph: _Graph) -> Iterator[Tuple[str, str]]:
    for key in wanted:
        if key in node.attributes:
            yield REFUSED, "{} is {}, and is not taken".format(key, node.attributes[key])


def _spatial(node: OnnxNode, wanted: List[int], graph: _Graph) -> Iterator[Tuple[str, str]]:
    axes = _spatial_axes(node, graph)
    if axes is not None and not wanted[0] <= axes <= wanted[1]:
        yield REFUSED, "it has {} spatial axes, taken are {} and {}".format(axes, *wanted)


def _spatial_axes(node: OnnxNode, graph: _Graph) -> Any:
    if "kernel_shape" in node.attributes:
        return len(node.attributes["kernel_shape"])
    weight = graph.model.initializers.get(node.inputs[1]) if len(node.inputs) > 1 else None
    return None if weight is None else weight.array.ndim - 2


def _ranks(node: OnnxNode, wanted: List[int], graph: _Graph) -> Iterator[Tuple[str, str]]:
    for value in graph.model.inputs:
        if node.inputs[0] == value.name and not wanted[0] <= len(value.dims) <= wanted[1]:
            yield REFUSED, "its input has {} axes, taken are {} to {}".format(len(value.dims), *wanted)


def _outputs(node: OnnxNode, most: int, graph: _Graph) -> Iterator[Tuple[str, str]]:
    if len([name for name in node.outputs if name]) > most:
        yield REFUSED, "it has {} outputs, taken is {}".format(len(node.outputs), most)


def _same_activations(node: OnnxNode, wanted: bool, graph: _Graph) -> Iterator[Tuple[str, str]]:
    names = [bytes(name).decode("utf-8") for name in node.attributes.get("activations", [])]
    both = node.attributes.get("direction") == b"bidirectional"
    if both and names[: len(names) // 2] != names[len(names) // 2 :]:
        yield REFUSED, "the two directions have different activations: {}".format(", ".join(names))


def _static(node: OnnxNode, wanted: bool, graph: _Graph) -> Iterator[Tuple[str, str]]:
    if graph.free:
        yield REFUSED, "it takes no free axes, and the model's input has some"


def _types(node: OnnxNode, wanted: List[str], graph: _Graph) -> Iterator[Tuple[str, str]]:
    for name in node.inputs[:1]:
        kind = TYPES.get(graph.types.get(name, 0), "")
        kind = str(graph.rules["types"]["narrowed"].get(kind, kind))
        if kind and kind not in wanted and name not in graph.from_shapes:
            yield REFUSED, "it reads {}, taken are {}".format(kind, ", ".join(wanted))


def _note(node: OnnxNode, words: str, graph: _Graph) -> Iterator[Tuple[str, str]]:
    yield NOTE, words


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
