"""ONNX files read and written without the onnx package, which has no wheel for the boards' Python.

Field numbers: onnx.proto of ONNX 1.8 (opset 13). Everything that is not named here is carried along as it is.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from ocr_app.core.errors import ModelError
from ocr_app.networks import protobuf
from ocr_app.networks.protobuf import Field

# ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto: the fields used here
MODEL_GRAPH, MODEL_OPSET, MODEL_METADATA = 7, 8, 14
GRAPH_NODE, GRAPH_INITIALIZER, GRAPH_INPUT, GRAPH_OUTPUT, GRAPH_SPARSE = 1, 5, 11, 12, 15
NODE_INPUT, NODE_OUTPUT, NODE_NAME, NODE_OP, NODE_ATTRIBUTE, NODE_DOMAIN = 1, 2, 3, 4, 5, 7
FLOAT, INT32, INT64, BOOL, FLOAT16, DOUBLE = 1, 6, 7, 9, 10, 11
_TENSOR_NAME, _TENSOR_RAW, _TENSOR_EXTERNAL = 8, 9, 13
_DTYPES = {
    1: np.float32, 2: np.uint8, 3: np.int8, 4: np.uint16, 5: np.int16, 6: np.int32, 7: np.int64, 9: np.bool_,
    10: np.float16, 11: np.float64, 12: np.uint32, 13: np.uint64,
}  # fmt: skip
_MOST_GRAPHS = "a graph without control flow (If, Loop, Scan)"


class Tensor(NamedTuple):
    """A constant tensor; ``data_type`` as in ONNX (1 float32, 7 int64, ...)."""

    name: str
    data_type: int
    array: np.ndarray


class OnnxNode(NamedTuple):
    """One operator. Attributes: numbers, strings (bytes), lists of them, Tensor."""

    op: str
    name: str
    domain: str
    inputs: Tuple[str, ...]
    outputs: Tuple[str, ...]
    attributes: Dict[str, Any]
    fields: Tuple[Field, ...]


class ValueInfo(NamedTuple):
    """A graph input: its dimensions, None where they are free."""

    name: str
    data_type: int
    dims: Tuple[Optional[int], ...]


class Model(NamedTuple):
    """A model file. ``opset`` is that of the ONNX operators; ``domains`` are other operator sets it wants."""

    nodes: Tuple[OnnxNode, ...]
    initializers: Dict[str, Tensor]
    inputs: Tuple[ValueInfo, ...]
    outputs: Tuple[str, ...]
    opset: int
    domains: Tuple[str, ...]
    metadata: Dict[str, str]
    fields: Tuple[Field, ...]
    graph: Tuple[Field, ...]


def load(path: str) -> Model:
    """Raises ModelError for a file that is not there or not an ONNX model that this module understands."""
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise ModelError("cannot read {}: {}".format(path, error.strerror), "an ONNX file") from error
    return loads(data, path)


def loads(data: bytes, name: str = "model") -> Model:
    """The same from bytes."""
    try:
        return _model(protobuf.parse(data))
    except (ValueError, KeyError, TypeError, UnicodeDecodeError) as error:
        raise ModelError("{} is not an ONNX model: {}".format(name, error), "an ONNX file") from error


def _model(fields: List[Field]) -> Model:
    graphs = protobuf.all_of(fields, MODEL_GRAPH)
    if len(graphs) != 1:
        raise ValueError("{} graphs".format(len(graphs)))
    graph = protobuf.parse(graphs[0])
    if protobuf.all_of(graph, GRAPH_SPARSE):
        raise ValueError("sparse weights")
    opsets = dict(map(_opset, protobuf.all_of(fields, MODEL_OPSET)))
    tensors = [tensor_of(value) for value in protobuf.all_of(graph, GRAPH_INITIALIZER)]
    initializers = {tensor.name: tensor for tensor in tensors}
    inputs = [_value_info(value) for value in protobuf.all_of(graph, GRAPH_INPUT)]
    return Model(
        tuple(_node(value) for value in protobuf.all_of(graph, GRAPH_NODE)),
        initializers,
        tuple(value for value in inputs if value.name not in initializers),
        tuple(_name_of(value) for value in protobuf.all_of(graph, GRAPH_OUTPUT)),
        opsets.get("", 0),
        tuple(sorted(domain for domain in opsets if domain)),
        dict(_pair(value) for value in protobuf.all_of(fields, MODEL_METADATA)),
        tuple(fields),
        tuple(graph),
    )


def _opset(data: Any) -> Tuple[str, int]:
    fields = protobuf.parse(data)
    domain = protobuf.text_of(fields, 1)
    return ("" if domain == "ai.onnx" else domain), protobuf.integer_of(fields, 2)


def _pair(data: Any) -> Tuple[str, str]:
    fields = protobuf.parse(data)
    return protobuf.text_of(fields, 1), protobuf.text_of(fields, 2)


def _name_of(data: Any) -> str:
    return protobuf.text_of(protobuf.parse(data), 1)


def _value_info(data: Any) -> ValueInfo:
    fields = protobuf.parse(data)
    kind = _inside(_inside(fields, 2), 1)
    dims = [protobuf.parse(value) for value in protobuf.all_of(_inside(kind, 2), 1)]
    sizes = [protobuf.integers_of(dim, 1) for dim in dims]
    return ValueInfo(
        protobuf.text_of(fields, 1), protobuf.integer_of(kind, 1), tuple(size[-1] if size else None for size in sizes)
    )


def _inside(fields: List[Field], number: int) -> List[Field]:
    found = protobuf.all_of(fields, number)
    return protobuf.parse(found[-1]) if found else []


def _node(data: Any) -> OnnxNode:
    fields = protobuf.parse(data)
    attributes = dict(_attribute(value) for value in protobuf.all_of(fields, NODE_ATTRIBUTE))
    return OnnxNode(
        protobuf.text_of(fields, NODE_OP),
        protobuf.text_of(fields, NODE_NAME),
        protobuf.text_of(fields, NODE_DOMAIN),
        tuple(protobuf.texts_of(fields, NODE_INPUT)),
        tuple(protobuf.texts_of(fields, NODE_OUTPUT)),
        attributes,
        tuple(fields),
    )


def _attribute(data: Any) -> Tuple[str, Any]:
    """Name and value by AttributeProto.type: 1 float, 2 int, 3 string, 4 tensor, 6 floats, 7 ints, 8 strings."""
    fields = protobuf.parse(data)
    name, kind = protobuf.text_of(fields, 1), protobuf.integer_of(fields, 20)
    if kind == 1:
        return name, (protobuf.floats_of(fields, 2) or [0.0])[-1]
    if kind == 2:
        return name, protobuf.integer_of(fields, 3)
    if kind == 3:
        return name, bytes((protobuf.all_of(fields, 4) or [b""])[-1])
    if kind == 4:
        return name, tensor_of(protobuf.all_of(fields, 5)[-1])
    if kind in (6, 7):
        return name, protobuf.floats_of(fields, 7) if kind == 6 else protobuf.integers_of(fields, 8)
    if kind == 8:
        return name, [bytes(value) for value in protobuf.all_of(fields, 9)]
    raise ValueError("attribute {} of kind {}; expected {}".format(name, kind, _MOST_GRAPHS))


def tensor_of(data: Any) -> Tensor:
    """A TensorProto. Raises ValueError for data outside the file."""
    fields = protobuf.parse(data)
    name, data_type = protobuf.text_of(fields, _TENSOR_NAME), protobuf.integer_of(fields, 2)
    if protobuf.all_of(fields, _TENSOR_EXTERNAL) or data_type not in _DTYPES:
        raise ValueError("tensor {}: data outside the file, or of type {}".format(name, data_type))
    dims = protobuf.integers_of(fields, 1)
    return Tensor(name, data_type, _numbers(fields, data_type).reshape(dims))


def _numbers(fields: List[Field], data_type: int) -> np.ndarray:
    """The flat values: raw_data, else the list field of the type (float16 is kept as bits in int32_data)."""
    dtype = np.dtype(_DTYPES[data_type])
    raw = protobuf.all_of(fields, _TENSOR_RAW)
    if raw:
        return np.frombuffer(bytes(raw[-1]), dtype.newbyteorder("<")).astype(dtype)
    if data_type in (FLOAT, DOUBLE):
        number, kind = (4, "<f4") if data_type == FLOAT else (10, "<f8")
        return np.frombuffer(b"".join(bytes(v) for v in protobuf.all_of(fields, number)), kind).astype(dtype)
    values = protobuf.integers_of(fields, 7 if data_type == INT64 else 11 if data_type in (12, 13) else 5)
    if data_type == FLOAT16:
        return np.array(values, np.uint16).view(np.float16)
    return np.array(values, np.int64).astype(dtype)


def tensor_field(number: int, tensor: Tensor) -> Field:
    """A tensor as field ``number`` of the message that holds it."""
    dims = [protobuf.integer(1, size) for size in tensor.array.shape]
    data = np.ascontiguousarray(tensor.array, np.dtype(_DTYPES[tensor.data_type]).newbyteorder("<")).tobytes()
    kind = protobuf.integer(2, tensor.data_type)
    raw = Field(_TENSOR_RAW, protobuf.BYTES, data)
    return protobuf.message(number, dims + [kind, protobuf.text(_TENSOR_NAME, tensor.name), raw])


def node_field(op: str, inputs: Sequence[str], outputs: Sequence[str], **integers: int) -> Field:
    """A node of the graph whose attributes are integers."""
    fields = [protobuf.text(NODE_INPUT, name) for name in inputs]
    fields += [protobuf.text(NODE_OUTPUT, name) for name in outputs] + [protobuf.text(NODE_OP, op)]
    for name, value in sorted(integers.items()):
        own = [protobuf.text(1, name), protobuf.integer(3, value), protobuf.integer(20, 2)]
        fields.append(protobuf.message(NODE_ATTRIBUTE, own))
    return protobuf.message(GRAPH_NODE, fields)


def renamed(node: OnnxNode, inputs: Sequence[str], outputs: Sequence[str]) -> Field:
    """The node with other names of its inputs and outputs, all else as it was."""
    kept = [field for field in node.fields if field.number not in (NODE_INPUT, NODE_OUTPUT)]
    names = [protobuf.text(NODE_INPUT, name) for name in inputs] + [
        protobuf.text(NODE_OUTPUT, name) for name in outputs
    ]
    return protobuf.message(GRAPH_NODE, names + kept)


def with_graph(model: Model, graph: Sequence[Field]) -> bytes:
    """The model's bytes with another graph."""
    return protobuf.serialise(
        protobuf.message(MODEL_GRAPH, graph) if field.number == MODEL_GRAPH else field for field in model.fields
    )


def with_every_output(model: Model) -> bytes:
    """The model's bytes with every node's outputs as outputs of the graph; ONNX Runtime infers their types."""
    return with_outputs(model, [name for node in model.nodes for name in node.outputs if name])


def with_outputs(model: Model, names: Sequence[str]) -> bytes:
    """The model's bytes with these tensors as outputs of the graph too."""
    names = [name for name in names if name not in model.outputs]
    added = [protobuf.message(GRAPH_OUTPUT, [protobuf.text(1, name)]) for name in names]
    return with_graph(model, list(model.graph) + added)


def element_types(model: Model) -> Dict[str, int]:
    """The element type of every tensor of the graph, by the operators' own rules."""
    types = {value.name: value.data_type for value in model.inputs}
    types.update((name, tensor.data_type) for name, tensor in model.initializers.items())
    for node in model.nodes:
        for position, name in enumerate(node.outputs):
            if name:
                types[name] = _output_type(node, position, types)
    return types


_TO_BOOL = {"And", "Or", "Not", "Xor", "Equal", "Greater", "GreaterOrEqual", "Less", "LessOrEqual", "IsNaN", "IsInf"}
_TO_INT64 = {"Shape", "Size", "NonZero", "ArgMax", "ArgMin"}


def _output_type(node: OnnxNode, position: int, types: Dict[str, int]) -> int:
    if node.op in _TO_BOOL:
        return BOOL
    if node.op in _TO_INT64 or (position == 1 and node.op in ("TopK", "MaxPool")):
        return INT64
    if node.op == "Cast":
        return int(node.attributes["to"])
    if node.op in ("Constant", "ConstantOfShape"):
        return _constant_type(node)
    return types.get(node.inputs[1 if node.op == "Where" else 0], FLOAT)


def _constant_type(node: OnnxNode) -> int:
    if "value" in node.attributes:
        return int(node.attributes["value"].data_type)
    return INT64 if "value_int" in node.attributes or "value_ints" in node.attributes else FLOAT
