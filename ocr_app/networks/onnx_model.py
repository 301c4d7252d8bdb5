"""ONNX files, loaded through the ``onnx`` package as plain views.

``onnx`` is imported inside the functions: reading an image does not need it, and must not wait for it. The views
(:class:`Model`, :class:`OnnxNode`, :class:`Tensor`) hold plain Python values and numpy arrays. Each keeps the message
that it was made from, so that rewriting a model (rewriting.py) keeps everything else in the file.
"""

from typing import Any, Dict, NamedTuple, Optional, Tuple

import numpy as np

from ocr_app.core.errors import ModelError, ReaderUnavailable

FLOAT, INT32, INT64, BOOL, FLOAT16, DOUBLE = 1, 6, 7, 9, 10, 11
"""Element types, numbered as in ``onnx.TensorProto``."""
_STRING = 8
_LAST_TYPE = 13  # UINT64; complex numbers and formats that numpy lacks follow
_EXTERNAL = 1  # onnx.TensorProto.EXTERNAL
_ATTRIBUTE_FIELDS = {1: "f", 2: "i", 3: "s", 4: "t", 6: "floats", 7: "ints", 8: "strings"}
"""The field of an ``onnx.AttributeProto`` that holds its value, by the attribute's type."""
_FAULTS = (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError, SystemError)
"""What broken bytes raise, with protobuf's DecodeError. SystemError: protobuf 3.19 in C++, for a field numbered 0."""
_NO_CONTROL_FLOW = "a graph without control flow (If, Loop, Scan)"


class Tensor(NamedTuple):
    """A constant tensor. ``data_type`` is numbered as in ONNX (1 is float32, 7 is int64)."""

    name: str
    data_type: int
    array: np.ndarray


class OnnxNode(NamedTuple):
    """One operator. An attribute is a number, bytes, a list of either, or a Tensor. ``proto``: ``onnx.NodeProto``."""

    op: str
    name: str
    domain: str
    inputs: Tuple[str, ...]
    outputs: Tuple[str, ...]
    attributes: Dict[str, Any]
    proto: Any


class ValueInfo(NamedTuple):
    """An input of the graph. A dimension is None where it is free."""

    name: str
    data_type: int
    dims: Tuple[Optional[int], ...]


class Model(NamedTuple):
    """A model file. ``inputs`` leaves out the initializers; ``proto`` is the ``onnx.ModelProto``.

    ``opset`` is the version of ONNX's own operator set; ``domains`` are the other operator sets that the file imports.
    """

    nodes: Tuple[OnnxNode, ...]
    initializers: Dict[str, Tensor]
    inputs: Tuple[ValueInfo, ...]
    outputs: Tuple[str, ...]
    opset: int
    domains: Tuple[str, ...]
    metadata: Dict[str, str]
    proto: Any


def library() -> Any:
    """The ``onnx`` package. Raises ReaderUnavailable where it is not installed, or does not fit protobuf."""
    try:
        import onnx
        import onnx.helper
        import onnx.numpy_helper
    except (ImportError, TypeError) as error:  # protobuf reports classes that are too old for it with a TypeError
        found = "the Python package onnx, which examines models, does not import: {}".format(error)
        raise ReaderUnavailable(found, "onnx with a protobuf that fits it", "install the environment's lock") from error
    return onnx


def load(path: str) -> Model:
    """The model in a file. Raises ModelError for a file that cannot be read, and as :func:`loads` does."""
    try:
        with open(path, "rb") as stream:
            data = stream.read()
    except OSError as error:
        raise ModelError("cannot read {}: {}".format(path, error.strerror), "an ONNX file") from error
    return loads(data, path)


def loads(data: bytes, name: str = "model") -> Model:
    """The model in a file's bytes; no other file is opened.

    Raises ModelError for bytes that are not an ONNX model, and for what this application does not handle: control
    flow, sparse weights, weights outside the file, and tensors of other types than numbers and booleans.
    Raises ReaderUnavailable without the package ``onnx``.
    """
    onnx = library()
    from google.protobuf.message import DecodeError

    try:
        return _model(onnx.ModelProto.FromString(data), onnx.numpy_helper.to_array)
    except (DecodeError,) + _FAULTS as error:
        raise ModelError("{} is not an ONNX model: {}".format(name, error), "an ONNX file") from error


def _model(proto: Any, to_array: Any) -> Model:
    graph = proto.graph
    if not graph.node:
        raise ValueError("it has no operators")
    if graph.sparse_initializer:
        raise ValueError("it has sparse weights")
    tensors = [_tensor(own, to_array) for own in graph.initializer]
    initializers = {tensor.name: tensor for tensor in tensors}
    opsets = {"" if own.domain == "ai.onnx" else _text(own.domain): int(own.version) for own in proto.opset_import}
    return Model(
        tuple(_node(own, to_array) for own in graph.node),
        initializers,
        tuple(_value_info(own) for own in graph.input if own.name not in initializers),
        tuple(_text(own.name) for own in graph.output),
        opsets.get("", 0),
        tuple(sorted(domain for domain in opsets if domain)),
        {_text(own.key): _text(own.value) for own in proto.metadata_props},
        proto,
    )


def _text(value: Any) -> str:
    """The string. Raises TypeError for bytes: what some implementations of protobuf give for text that is not UTF-8."""
    if not isinstance(value, str):
        raise TypeError("text that is not UTF-8: {!r}".format(value))
    return value


def _node(proto: Any, to_array: Any) -> OnnxNode:
    if not proto.output:
        raise ValueError("the operator {} {} has no output".format(proto.op_type, proto.name))
    return OnnxNode(
        _text(proto.op_type),
        _text(proto.name),
        _text(proto.domain),
        tuple(map(_text, proto.input)),
        tuple(map(_text, proto.output)),
        {_text(own.name): _attribute(own, to_array) for own in proto.attribute},
        proto,
    )


def _attribute(proto: Any, to_array: Any) -> Any:
    if proto.type not in _ATTRIBUTE_FIELDS:
        raise ValueError("attribute {} is of type {}; expected {}".format(proto.name, proto.type, _NO_CONTROL_FLOW))
    value = getattr(proto, _ATTRIBUTE_FIELDS[proto.type])
    if _ATTRIBUTE_FIELDS[proto.type] == "t":
        return _tensor(value, to_array)
    return value if isinstance(value, (bytes, int, float)) else list(value)


def _tensor(proto: Any, to_array: Any) -> Tensor:
    name, kind = _text(proto.name), int(proto.data_type)
    if proto.external_data or proto.data_location == _EXTERNAL:
        raise ValueError("the data of tensor {} is outside the file".format(name))
    if not FLOAT <= kind <= _LAST_TYPE or kind == _STRING:
        raise ValueError("tensor {} is of type {}; expected numbers or booleans".format(name, kind))
    if any(size < 0 for size in proto.dims):
        raise ValueError("tensor {} has the shape {}".format(name, list(proto.dims)))
    return Tensor(name, kind, to_array(proto))


def _value_info(proto: Any) -> ValueInfo:
    tensor = proto.type.tensor_type
    dims = tuple(int(dim.dim_value) if dim.HasField("dim_value") else None for dim in tensor.shape.dim)
    return ValueInfo(_text(proto.name), int(tensor.elem_type), dims)
