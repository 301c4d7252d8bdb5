"""A network in simulated half precision, and the errors of its layers."""

import numpy as np

from ocr_app.networks.onnx_model import loads
from ocr_app.verification.gate import rounding
from ocr_app.verification.gate.rounding import SUMS, TENSORS, arithmetics_of, layer_errors


def test_errors_of_layers(make_model):
    model = loads(make_model([("Mul", ["image", "large"], ["big"]), ("Mul", ["big", "small"], ["logits"])],
                             {"large": [300.0], "small": [0.001]}))  # fmt: skip
    image = {"image": np.full((1, 1, 4, 1), 300.0, np.float32)}
    big, logits = layer_errors(model, "test", [image], (), TENSORS)
    assert (big.peak, big.overflow, big.origin) == (90000.0, 4, True)
    assert (logits.overflow, logits.origin) == (4, False)
    big, logits = layer_errors(model, "test", [image], ("big",), TENSORS)
    assert (big.overflow, logits.origin) == (0, True), "its reader rounds what it reads"


def test_layers_are_asked_for_in_groups_that_memory_holds(make_model, monkeypatch):
    model = loads(make_model([("Mul", ["image", "large"], ["big"]), ("Mul", ["big", "large"], ["logits"])],
                             {"large": [2.0]}))  # fmt: skip
    image = {"image": np.full((1, 1, 4, 1), 300.0, np.float32)}
    assert rounding._sizes(model, ["big", "logits"], image, "test") == [4, 4]
    assert rounding._groups(["a", "b", "c", "d"], [3, 2, 1, 9], 5) == [["a", "b"], ["c"], ["d"]]
    whole = layer_errors(model, "test", [image], (), TENSORS)
    monkeypatch.setattr(rounding, "_AT_ONCE", 1)
    assert layer_errors(model, "test", [image], (), TENSORS) == whole


def test_means_are_judged_with_their_sums_too(make_model):
    model = loads(make_model([("GlobalAveragePool", ["image"], ["logits"])]))
    assert arithmetics_of(model) == (TENSORS, SUMS)
    assert arithmetics_of(loads(make_model([("Relu", ["image"], ["logits"])]))) == (TENSORS,)
    image = {"image": np.full((1, 1, 4, 200), 100.0, np.float32)}
    assert [layer.origin for layer in layer_errors(model, "test", [image], (), TENSORS)] == [False]
    assert [layer.origin for layer in layer_errors(model, "test", [image], (), SUMS)] == [True]
