"""What TensorRT 8.2.1's ONNX parser accepts, and what the hardware of a board has.

The rules are data, each with its source (data/tensorrt-8.2.1.json): what can be known without TensorRT. Exports
keep to them for every board: that later parsers accept what 8.2.1 accepts is an assumption. Precisions and memory are
those of the board (data/boards.json).
"""

from typing import Any, Dict, Iterator, List, Tuple

import numpy as np

from ocr_app.core.paths import load_data
from ocr_app.networks import half, roofline
from ocr_app.networks.graph import foreign_domains
from ocr_app.networks.onnx_model import FLOAT, INT64, Model, OnnxNode
from ocr_app.verification.preflight import operator_rules
from ocr_app.verification.preflight.findings import (
    ALTERED,
    NOTE,
    REFUSED,
    TYPES,
    ModelFacts,
    PreflightFinding,
    facts_of,
)

_TO_THE_END = {"Slice": (1, 2)}
"""Inputs in which a huge INT64 means "to the end" and may be clamped."""
_HALF_MAX = 65504.0


def rules(board: str = "nano") -> Dict[str, Any]:
    """What the parser accepts, and what the board has. Raises UsageError for an unknown board."""
    known, own = load_data("tensorrt-8.2.1.json"), roofline.known_board(board)
    int8 = {"taken": own["int8"], "why": own["int8_why"], "do": "build with --precision fp16", "source": "int8"}
    memory = dict(known["memory"], total_mib=own["memory_mib"])
    sources = dict(known["sources"], int8=own["int8_source"])
    return dict(
        known,
        compute_capability=own["capability"],
        precisions=dict(known["precisions"], int8=int8),
        memory=memory,
        sources=sources,
    )


def findings(model: Model, precision: str = "fp16", board: str = "nano") -> List[PreflightFinding]:
    """Everything that is known to matter: first for the model as a whole, then node by node in the file's order."""
    facts = facts_of(model, rules(board))
    found = [*_model_findings(facts, precision), *_weight_findings(facts, precision)]
    for node in model.nodes:
        found += operator_rules.check_node(node, facts)
    return [finding._replace(source=_page(facts.rules, finding.source)) for finding in found]


def refusals(model: Model, precision: str = "fp32") -> List[str]:
    """What the parser or the board would refuse, as text; empty when it accepts everything that is known to matter."""
    found = findings(model, precision)
    return ["{} {}: {}".format(each.op, each.node, each.why) for each in found if each.kind == REFUSED]


def _page(known: Dict[str, Any], source: str) -> str:
    return str(known["sources"].get(source, source))


def _model_findings(facts: ModelFacts, precision: str) -> Iterator[PreflightFinding]:
    yield from _precision_findings(facts, precision)
    yield from _opset_findings(facts)
    yield from _domain_findings(facts.model)
    for value in facts.model.inputs:
        if None in value.dims:
            sizes = "x".join("?" if size is None else str(size) for size in value.dims)
            why = "its shape {} has free axes (?)".format(sizes)
            yield PreflightFinding(NOTE, "input", value.name, why, "build an optimisation profile for it", "shapes")
        yield from _type_findings("input", value.name, value.data_type, facts.rules)
    for name in facts.model.outputs:
        yield from _type_findings("output", name, facts.types.get(name, FLOAT), facts.rules)


def _precision_findings(facts: ModelFacts, precision: str) -> Iterator[PreflightFinding]:
    rule = facts.rules["precisions"].get(precision)
    if rule is None or not rule["taken"]:
        rule = rule or {"why": "there is no such precision", "do": "fp16 or fp32", "source": "operators"}
        yield PreflightFinding(REFUSED, "model", precision.upper(), rule["why"], rule["do"], rule["source"])


def _opset_findings(facts: ModelFacts) -> Iterator[PreflightFinding]:
    accepted, opset = facts.rules["opset"], facts.model.opset
    if not accepted["least"] <= opset <= accepted["most"]:
        why = "opset {}; the parser accepts {} to {}".format(opset, accepted["least"], accepted["most"])
        do = "export it again with opset {}".format(accepted["most"])
        yield PreflightFinding(REFUSED, "model", "opset", why, do, accepted["source"])


def _domain_findings(model: Model) -> Iterator[PreflightFinding]:
    for domain in foreign_domains(model):
        operators = sorted({node.op for node in model.nodes if node.domain == domain})
        why = "{} of the domain {}".format(", ".join(operators), domain)
        yield PreflightFinding(REFUSED, "model", domain, why, "export with ONNX's own operators", "operators")


def _type_findings(kind: str, name: str, data_type: int, known: Dict[str, Any]) -> Iterator[PreflightFinding]:
    """``kind``: "input" or "output"."""
    type_name, types = TYPES.get(data_type, str(data_type)), known["types"]
    if type_name in types["narrowed"]:
        narrowed = types["narrowed"][type_name]
        why, do = "{} becomes {}".format(type_name, narrowed), "expect {}".format(narrowed)
        yield PreflightFinding(ALTERED, kind, name, why, do, types["source"])
    elif type_name not in types["taken"]:
        why = "{} is not accepted".format(type_name)
        yield PreflightFinding(REFUSED, kind, name, why, "FP32 or INT32", types["source"])


def _weight_findings(facts: ModelFacts, precision: str) -> Iterator[PreflightFinding]:
    types = facts.rules["types"]
    for name, data_type, array in _weights(facts.model):
        type_name = TYPES.get(data_type, str(data_type))
        if type_name not in types["taken"] and type_name not in types["narrowed"]:
            why = "{} is not accepted".format(type_name)
            yield PreflightFinding(REFUSED, "weight", name, why, "FP32 or INT32", types["source"])
        if data_type == INT64 and _beyond_int32(array) and not _only_to_the_end(facts.model, name):
            why = "INT64 values up to {} are clamped to INT32".format(int(array[np.abs(array).argmax()]))
            yield PreflightFinding(ALTERED, "weight", name, why, "keep integers within INT32", types["source"])
        if type_name == "FP64":
            yield PreflightFinding(ALTERED, "weight", name, "FP64 becomes FP32", "save it as FP32", types["source"])
        if precision == "fp16" and data_type == FLOAT and _beyond_half(array) and _stored_as_half(facts, name):
            largest = float(np.abs(array).max())
            why = "values up to {:.3g}; FP16 represents up to {:.0f}".format(largest, _HALF_MAX)
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
    return bool(array.size and not np.all(np.abs(array) <= _HALF_MAX))


def _uses(model: Model, name: str) -> Iterator[Tuple[OnnxNode, int]]:
    """Every node that reads the tensor, and at which of its inputs."""
    return ((node, index) for node in model.nodes for index, each in enumerate(node.inputs) if each == name)


def _only_to_the_end(model: Model, name: str) -> bool:
    return all(index in _TO_THE_END.get(node.op, ()) for node, index in _uses(model, name))


def _stored_as_half(facts: ModelFacts, name: str) -> bool:
    """Whether arithmetic in half precision reads it: not the statistics of a normalisation, nor what is folded."""
    uses = _uses(facts.model, name)
    return any(node.outputs[0] not in facts.fixed and half.is_arithmetic(node, index) for node, index in uses)
