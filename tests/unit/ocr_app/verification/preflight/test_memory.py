"""The estimate of an engine's memory."""

import numpy as np

from ocr_app.networks import count, onnx_model
from ocr_app.verification.preflight import memory
from ocr_app.verification.preflight.memory import MIB, Memory


def test_peak_of_activations_by_hand(make_model, saved):
    """image 32 -> big 128 (alive with image: 160) -> relu in place -> logits 32 (128 + 32 and image gone)."""
    nodes = [
        ("Conv", ["image", "weight"], ["big"]),
        ("Relu", ["big"], ["relu"]),
        ("Conv", ["relu", "back"], ["logits"]),
    ]
    weights = {"weight": np.ones((4, 1, 1, 1)), "back": np.ones((1, 4, 1, 1))}
    path = saved(make_model(nodes, weights))
    model = onnx_model.load(path)
    assert memory.peak(model, count.observe(model, (1, 1, 4, 8), path)) == (160, "big")


def test_a_tensor_used_late_stays_alive(make_model, saved):
    nodes = [
        ("Sigmoid", ["image"], ["a"]),
        ("Sigmoid", ["a"], ["b"]),
        ("Conv", ["b", "weight"], ["c"]),
        ("Add", ["a", "c"], ["logits"]),
    ]
    path = saved(make_model(nodes, {"weight": np.ones((1, 1, 1, 1))}))
    model = onnx_model.load(path)
    elements, _ = memory.peak(model, count.observe(model, (1, 1, 4, 8), path))
    assert elements == 3 * 32  # a, b or its convolution, and the sum


def test_the_cells_of_a_table():
    size = int(MIB)
    estimate = Memory(1 * size, 2 * size, "big", 0, 3 * size, 4 * size, 5 * size)
    assert memory.format_cells(estimate) == ["1", "2", "3", "4", "5"] and estimate.fits
    assert memory.format_cells(None) == ["-"] * 5
    assert not estimate._replace(build=6 * size).fits
