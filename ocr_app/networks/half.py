"""A network with every tensor rounded to half precision, computed on any machine.

Each float32 weight is rounded once; behind the graph's input and behind every operator stands a cast to float16 and
one back, so that each intermediate value is a half, infinite from 65520 on as in hardware. What an operator sums up
inside itself stays float32: of a GPU this tells what FP16 storage does to the texts, not its own order of summation.
"""

from typing import List, Set

import numpy as np

from ocr_app.errors import ModelError
from ocr_app.networks import onnx_file, protobuf
from ocr_app.networks.onnx_file import FLOAT, FLOAT16, GRAPH_INITIALIZER, GRAPH_NODE, Model
from ocr_app.networks.protobuf import Field

PRECISION = "fp16-simulated"
_FULL, _HALF, _COPY = ":full", ":half", ":copy"


def rounded(model: Model) -> bytes:
    """The model's bytes with every float32 tensor rounded; names of inputs and outputs stay.

    Raises ModelError for a model in which a name that this needs is taken.
    """
    types = onnx_file.element_types(model)
    taken = [name for name in types if name.endswith((_FULL, _HALF, _COPY))]
    if taken:
        raise ModelError("a tensor is called {}".format(taken[0]), "names that do not end in :full, :half or :copy")
    floats = [name for name, kind in types.items() if kind == FLOAT]
    given = {value.name for value in model.inputs if value.data_type == FLOAT}
    graph = [field for field in model.graph if field.number not in (GRAPH_NODE, GRAPH_INITIALIZER)]
    graph += [_rounded_weight(field) for field in model.graph if field.number == GRAPH_INITIALIZER]
    graph += [field for name in sorted(given) for field in _casts(name, name + _FULL)]
    for node in model.nodes:
        graph += _rounded_node(node, set(floats), given)
    return onnx_file.with_graph(model, graph)


def _casts(source: str, target: str) -> List[Field]:
    """To float16 and back; ONNX Runtime until 1.14 drops two casts in a row, so a copy stands between them."""
    return [
        onnx_file.node_field("Cast", [source], [target + _HALF], to=FLOAT16),
        onnx_file.node_field("Identity", [target + _HALF], [target + _COPY]),
        onnx_file.node_field("Cast", [target + _COPY], [target], to=FLOAT),
    ]


def _rounded_node(node: onnx_file.Node, floats: Set[str], given: Set[str]) -> List[Field]:
    """The node reading rounded inputs and writing aside, then the casts that write what it wrote before."""
    outputs = [name for name in node.outputs if name in floats]
    inputs = [name + _FULL if name in given else name for name in node.inputs]
    aside = [name + _FULL if name in outputs else name for name in node.outputs]
    return [onnx_file.renamed(node, inputs, aside)] + [
        field for name in outputs for field in _casts(name + _FULL, name)
    ]


def _rounded_weight(field: Field) -> Field:
    tensor = onnx_file.tensor_of(field.value)
    if tensor.data_type != FLOAT:
        return field
    return onnx_file.tensor_field(GRAPH_INITIALIZER, tensor._replace(array=to_half(tensor.array)))


def to_half(array: np.ndarray) -> np.ndarray:
    """float32 values rounded to the nearest half (ties to even), infinite beyond its range."""
    with np.errstate(over="ignore"):
        return array.astype(np.float16).astype(np.float32)


def probe_model() -> bytes:
    """A model that does nothing but round its input ``(N,)``: shows whether a runtime keeps the casts."""
    value = [
        protobuf.message(
            2,
            [protobuf.message(1, [protobuf.integer(1, FLOAT), protobuf.message(2, [protobuf.message(1, [])])])],
        )
    ]
    graph = _casts("x", "y") + [
        protobuf.text(2, "probe"),
        protobuf.message(onnx_file.GRAPH_INPUT, [protobuf.text(1, "x")] + value),
        protobuf.message(onnx_file.GRAPH_OUTPUT, [protobuf.text(1, "y")] + value),
    ]
    opset = protobuf.message(onnx_file.MODEL_OPSET, [protobuf.integer(2, 13)])
    return protobuf.serialise([protobuf.integer(1, 7), protobuf.message(onnx_file.MODEL_GRAPH, graph), opset])
