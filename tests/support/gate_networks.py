"""Small recognisers whose tensors overflow in half precision, or do not, for the tests of the precision gate."""

import json

import numpy as np
from onnx_files import model_bytes

from ocr_app.networks.rewriting import make_node

CHARACTERS = ["", *"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


def recogniser(between):
    """(N, 1, 32, W) -> logits (N, W / 4, C): a bright column is an "8". ``between``: nodes from "seen" to "scaled"."""
    kernel = np.zeros((len(CHARACTERS), 1, 32, 4), np.float32)
    kernel[CHARACTERS.index("8")] = 0.05
    nodes = [
        make_node("Conv", ["image", "kernel"], ["seen"], kernel_shape=[32, 4], strides=[32, 4]),
        *[make_node(op, inputs, outputs) for op, inputs, outputs in between],
        make_node("Squeeze", ["scaled", "second"], ["flat"]),
        make_node("Identity", ["flat"], ["rows"]),
        make_node("Transpose", ["rows"], ["logits"], perm=[0, 2, 1]),
    ]
    weights = {
        "kernel": kernel,
        "large": np.array([1e4], np.float32),
        "small": np.array([1e-4], np.float32),
        "one": np.array([1.0], np.float32),
        "second": np.array([2], np.int64),
    }
    return model_bytes(nodes, weights, ["n", 1, 32, "w"], metadata=[("characters", json.dumps(CHARACTERS))])


OVERFLOWS = recogniser([("Mul", ["seen", "large"], ["big"]), ("Mul", ["big", "small"], ["scaled"])])


TAME = recogniser([("Mul", ["seen", "one"], ["scaled"])])
