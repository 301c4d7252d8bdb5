"""Every tensor as a half: weights, the input, what lies between, and overflow."""

import numpy as np
import pytest

from ocr_app.core.errors import ModelError
from ocr_app.networks import half, onnx_model, onnx_runtime
from ocr_app.networks.half import to_half


def simulated(path):
    return onnx_runtime.OnnxNetwork(path, threads=1, precision=half.PRECISION)


def test_each_tensor_is_rounded(small_net, saved):
    image = (np.random.RandomState(0).randn(2, 1, 4, 8) * 3).astype(np.float32)
    model = onnx_model.loads(small_net)
    weight, bias = (to_half(model.initializers[name].array) for name in ("weight", "bias"))
    between = to_half(to_half(image).reshape(2, 1, 32) * weight.reshape(3, 1) + bias[:, None])
    answer = simulated(saved(small_net)).infer_one(image)
    np.testing.assert_array_equal(answer, np.maximum(between, 0))
    assert np.abs(answer - onnx_runtime.OnnxNetwork(saved(small_net)).infer_one(image)).max() > 0.1


def test_values_beyond_the_range_become_infinite(make_model, saved):
    path = saved(
        make_model(
            [("Mul", ["image", "large"], ["big"]), ("Mul", ["big", "small"], ["logits"])],
            {"large": [300.0], "small": [0.001]},
        )
    )
    image = np.array([1.0, 300.0, -300.0, 200.0], np.float32).reshape(1, 1, 4, 1)
    assert np.isfinite(onnx_runtime.OnnxNetwork(path).infer_one(image)).all()
    answer = simulated(path).infer_one(image).ravel()
    np.testing.assert_array_equal(np.isinf(answer), [False, True, True, False])
    assert answer[3] == to_half(to_half(np.float32(60000)) * to_half(np.float32(0.001)))


def test_a_sum_that_half_cannot_hold_is_lost(make_model, saved):
    path = saved(make_model([("Add", ["image", "one"], ["sum"]), ("Sub", ["sum", "one"], ["logits"])], {"one": [1.0]}))
    image = np.full((1, 1, 4, 1), 2.0**-12, np.float32)
    assert simulated(path).infer_one(image).max() == 0.0
    assert onnx_runtime.OnnxNetwork(path).infer_one(image).min() > 0.0


def test_rounding_is_to_nearest_even():
    values = np.array([1 + 2**-11, 1 + 3 * 2**-11, 65519, 65520], np.float32)
    np.testing.assert_array_equal(to_half(values), [1.0, 1 + 2**-9, 65504, np.inf])


def test_names_that_are_taken_are_an_error(make_model):
    model = onnx_model.loads(make_model([("Relu", ["image"], ["a:full"]), ("Relu", ["a:full"], ["logits"])]))
    with pytest.raises(ModelError, match="a:full"):
        half.rounded(model)


def run(model, image):
    return onnx_runtime.session(model, "CPUExecutionProvider", 1, "test", optimised=False).run(None, {"image": image})[
        0
    ]


def test_kept_nodes_store_float32_and_their_readers_round(make_model):
    nodes = [
        ("Mul", ["image", "large"], ["big"]),
        ("Mul", ["big", "small"], ["mid"]),
        ("Mul", ["mid", "one"], ["logits"]),
    ]
    model = onnx_model.loads(make_model(nodes, {"large": [300.1], "small": [0.001], "one": [1.0]}))
    image = np.full((1, 1, 4, 1), 300.0, np.float32)
    assert np.isinf(run(half.rounded(model), image)).all()
    assert np.isinf(run(half.rounded(model, ["big"]), image)).all(), "its reader is FP16"
    exact = (image * np.float32(300.1)) * np.float32(0.001)
    np.testing.assert_array_equal(run(half.rounded(model, ["big", "mid"]), image), to_half(exact))
    np.testing.assert_array_equal(run(half.rounded(model, ["big", "mid", "logits"]), image), exact)


def test_a_node_that_is_not_there_cannot_be_kept(small_net):
    with pytest.raises(ModelError, match="no node writes nothing"):
        half.rounded(onnx_model.loads(small_net), ["nothing"])


def test_the_sum_behind_a_mean_overflows_where_sums_are_halves(make_model):
    model = onnx_model.loads(make_model([("GlobalAveragePool", ["image"], ["logits"])]))
    image = np.full((1, 1, 4, 200), 100.0, np.float32)
    assert run(half.rounded(model), image).ravel() == [100.0]
    assert np.isinf(run(half.rounded(model, sums=True), image)).all()
    assert run(half.rounded(model, ["logits"], sums=True), image).ravel() == [100.0]
    assert run(half.rounded(model, sums=True), image / 2).ravel() == [50.0]


def test_statistics_of_a_batch_normalisation_are_folded_before_they_are_rounded(make_model):
    weights = {"scale": [1e4], "offset": [0.0], "mean": [0.0], "variance": [1e8]}
    nodes = [("BatchNormalization", ["image", "scale", "offset", "mean", "variance"], ["logits"])]
    model = onnx_model.loads(make_model(nodes, weights))
    answer = run(half.rounded(model), np.full((1, 1, 4, 1), 3.0, np.float32))
    np.testing.assert_allclose(answer, 3.0, atol=1e-3)
