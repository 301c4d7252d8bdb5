"""Small networks as ONNX files, and the log as each test found it."""

import logging

import numpy as np
import pytest
from onnx_files import model_bytes

from ocr_app.networks.rewriting import make_node


@pytest.fixture(autouse=True)
def as_it_was_logged():
    """Restores the package's logger: a program that a test runs sets it up for itself, and later tests read its log."""
    logger = logging.getLogger("ocr_app")
    handlers, level, propagates = logger.handlers[:], logger.level, logger.propagate
    yield
    logger.handlers[:], logger.propagate = handlers, propagates
    logger.setLevel(level)


@pytest.fixture
def small_net():
    """(N, 1, 4, W) -> 1x1 convolution to 3 channels -> Relu -> (N, 3, 4 W) by a constant shape -> (N, 4 W, 3)."""
    nodes = [
        make_node("Conv", ["image", "weight", "bias"], ["conv"]),
        make_node("Relu", ["conv"], ["relu"]),
        make_node("Reshape", ["relu", "shape"], ["flat"]),
        make_node("Shape", ["flat"], ["size"]),
        make_node("MatMul", ["mix", "flat"], ["logits"]),
    ]
    weights = {
        "weight": np.linspace(-1, 1.3, 3, dtype=np.float32).reshape(3, 1, 1, 1),
        "bias": np.array([0.1, 0.2, 700.3], np.float32),
        "shape": np.array([0, 3, -1], np.int64),
        "mix": np.eye(3, dtype=np.float32),
    }
    return model_bytes(nodes, weights, ["n", 1, 4, "w"], metadata=[("characters", '["", "A"]')])


@pytest.fixture
def make_model():
    """(nodes as (op, inputs, outputs), {name: array}, **options) -> bytes; the input is ``image``."""

    def make(nodes, weights=(), dims=("n", 1, 4, "w"), **options):
        protos = [make_node(op, inputs, outputs) for op, inputs, outputs in nodes]
        tensors = {name: np.asarray(array, np.float32) for name, array in dict(weights).items()}
        return model_bytes(protos, tensors, dims, **options)

    return make


@pytest.fixture
def raw_model():
    """(``onnx.NodeProto``s, {name: array}, dims, **options) -> bytes, for what make_model cannot say."""
    return model_bytes


@pytest.fixture
def saved(tmp_path):
    """Bytes to a path."""

    def save(data, name="model.onnx"):
        (tmp_path / name).write_bytes(data)
        return str(tmp_path / name)

    return save
