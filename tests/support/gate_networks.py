"""Small recognisers whose tensors overflow in half precision, or do not, for the tests of the precision gate."""

import json

import numpy as np

from ocr_app.networks import onnx_model, protobuf
from ocr_app.networks.onnx_model import INT64
from tests.unit.conftest import model_bytes, tensor

CHARACTERS = ["", *"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


def conv(inputs, outputs, kernel, strides):
    """A convolution's node with its two lists."""
    node = onnx_model.node_field("Conv", inputs, outputs)
    lists = []
    for name, values in (("kernel_shape", kernel), ("strides", strides)):
        numbers = [protobuf.integer(8, value) for value in values]
        own = [protobuf.text(1, name), *numbers, protobuf.integer(20, 7)]
        lists.append(protobuf.message(onnx_model.NODE_ATTRIBUTE, own))
    return protobuf.message(onnx_model.GRAPH_NODE, [*protobuf.parse(node.value), *lists])


def recogniser(between):
    """(N, 1, 32, W) -> logits (N, W / 4, C): a bright column is an "8". ``between``: nodes from "seen" to "scaled"."""
    kernel = np.zeros((len(CHARACTERS), 1, 32, 4), np.float32)
    kernel[CHARACTERS.index("8")] = 0.05
    nodes = [
        conv(["image", "kernel"], ["seen"], (32, 4), (32, 4)),
        *[onnx_model.node_field(op, inputs, outputs) for op, inputs, outputs in between],
        onnx_model.node_field("Squeeze", ["scaled", "second"], ["flat"]),
        onnx_model.node_field("Identity", ["flat"], ["rows"]),
        protobuf.message(
            onnx_model.GRAPH_NODE,
            [
                *protobuf.parse(onnx_model.node_field("Transpose", ["rows"], ["logits"]).value),
                protobuf.message(
                    onnx_model.NODE_ATTRIBUTE,
                    [protobuf.text(1, "perm"), *[protobuf.integer(8, k) for k in (0, 2, 1)], protobuf.integer(20, 7)],
                ),
            ],
        ),
    ]
    weights = [
        tensor("kernel", kernel),
        tensor("large", np.array([1e4], np.float32)),
        tensor("small", np.array([1e-4], np.float32)),
        tensor("one", np.array([1.0], np.float32)),
        tensor("second", np.array([2]), INT64),
    ]
    return model_bytes(nodes, weights, ["n", 1, 32, "w"], metadata=[("characters", json.dumps(CHARACTERS))])


OVERFLOWS = recogniser([("Mul", ["seen", "large"], ["big"]), ("Mul", ["big", "small"], ["scaled"])])


TAME = recogniser([("Mul", ["seen", "one"], ["scaled"])])
