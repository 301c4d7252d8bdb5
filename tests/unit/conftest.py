"""A small convolutional network as an ONNX file, made with the application's own writer."""

import numpy as np
import pytest

from ocr_app.networks import onnx_model, protobuf
from ocr_app.networks.onnx_model import FLOAT, INT64, Tensor


def value_info(number, name, dims):
    """dims: numbers, or strings for free ones."""
    sizes = [protobuf.message(1, [protobuf.integer(1, d) if isinstance(d, int) else protobuf.text(2, d)]) for d in dims]
    kind = [protobuf.integer(1, FLOAT), protobuf.message(2, sizes)]
    return protobuf.message(number, [protobuf.text(1, name), protobuf.message(2, [protobuf.message(1, kind)])])


def model_bytes(nodes, tensors, dims, outputs=("logits",), opset=13, metadata=()):
    graph = list(nodes) + [protobuf.text(2, "test")]
    graph += [onnx_model.tensor_field(onnx_model.GRAPH_INITIALIZER, tensor) for tensor in tensors]
    graph += [value_info(onnx_model.GRAPH_INPUT, "image", dims)]
    graph += [protobuf.message(onnx_model.GRAPH_OUTPUT, [protobuf.text(1, name)]) for name in outputs]
    fields = [protobuf.integer(1, 7), protobuf.message(onnx_model.MODEL_GRAPH, graph)]
    fields += [protobuf.message(onnx_model.MODEL_OPSET, [protobuf.integer(2, opset)])]
    pairs = [[protobuf.text(1, key), protobuf.text(2, value)] for key, value in metadata]
    return protobuf.serialise(fields + [protobuf.message(onnx_model.MODEL_METADATA, pair) for pair in pairs])


def tensor(name, values, kind=FLOAT):
    return Tensor(name, kind, np.asarray(values))


@pytest.fixture
def small_net():
    """(N, 1, 4, W) -> 1x1 convolution to 3 channels -> Relu -> (N, 3, 4 W) by a constant shape -> (N, 4 W, 3)."""
    nodes = [
        onnx_model.node_field("Conv", ["image", "weight", "bias"], ["conv"]),
        onnx_model.node_field("Relu", ["conv"], ["relu"]),
        onnx_model.node_field("Reshape", ["relu", "shape"], ["flat"]),
        onnx_model.node_field("Shape", ["flat"], ["size"]),
        onnx_model.node_field("MatMul", ["mix", "flat"], ["logits"]),
    ]
    tensors = [
        tensor("weight", np.linspace(-1, 1.3, 3, dtype=np.float32).reshape(3, 1, 1, 1)),
        tensor("bias", np.array([0.1, 0.2, 700.3], np.float32)),
        tensor("shape", np.array([0, 3, -1]), INT64),
        tensor("mix", np.eye(3, dtype=np.float32)),
    ]
    return model_bytes(nodes, tensors, ["n", 1, 4, "w"], metadata=[("characters", '["", "A"]')])


@pytest.fixture
def make_model():
    """(nodes as (op, inputs, outputs), {name: array}, **options) -> bytes; the input is ``image``."""

    def make(nodes, weights=(), dims=("n", 1, 4, "w"), **options):
        fields = [onnx_model.node_field(op, inputs, outputs) for op, inputs, outputs in nodes]
        tensors = [tensor(name, np.asarray(array, np.float32)) for name, array in dict(weights).items()]
        return model_bytes(fields, tensors, dims, **options)

    return make


@pytest.fixture
def raw_model():
    """(node fields, Tensors, dims, **options) -> bytes, for what make_model cannot say."""
    return model_bytes


@pytest.fixture
def saved(tmp_path):
    """Bytes to a path."""

    def save(data, name="model.onnx"):
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return save
