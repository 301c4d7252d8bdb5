"""Counted by hand: operations, weights, traffic, and what counts as part of the layer before."""

import numpy as np
import pytest

from ocr_app.core.errors import ModelError, UsageError
from ocr_app.networks import count
from ocr_app.networks.onnx_model import FLOAT
from ocr_app.networks.rewriting import make_node


def by_op(counts):
    return {layer.op: layer for layer in counts.layers}


def test_a_small_net_by_hand(small_net, saved):
    counts = count.count(saved(small_net), (2, 1, 4, 8))
    layers = by_op(counts)
    assert set(layers) == {"Conv", "Relu", "MatMul"}  # Reshape is a view, Shape is arithmetic on shapes
    assert layers["Conv"].macs == 2 * 3 * 32 and layers["Conv"].flops == 2 * 192 + 192
    assert (layers["Conv"].weights, layers["Conv"].read, layers["Conv"].written) == (6, 64, 192)
    assert layers["Relu"].fused and (layers["Relu"].read, layers["Relu"].written, layers["Relu"].flops) == (0, 0, 192)
    assert layers["MatMul"].macs == 192 * 3 and layers["MatMul"].weights == 9
    assert counts.parameters == 3 + 3 + 9
    assert counts.macs == 192 + 576 and counts.activations == 64 + 192 + 192 + 192


def test_strides_groups_and_kernels(make_model, saved):
    weights = {"w": np.zeros((6, 1, 3, 3)), "v": np.zeros((6, 2, 2, 2))}
    data = make_model([("Conv", ["image", "w"], ["a"]), ("ConvTranspose", ["a", "v"], ["logits"])], weights)
    layers = by_op(count.count(saved(data), (1, 1, 4, 10)))
    assert layers["Conv"].shape == (1, 6, 2, 8) and layers["Conv"].macs == 96 * 9
    assert layers["ConvTranspose"].macs == 96 * 2 * 4


def test_pointwise_layers_that_share_an_input_are_one_kernel(make_model, saved):
    weights = {"w": np.zeros((2, 1, 1, 1))}
    nodes = [("Conv", ["image", "w"], ["a"]), ("Relu", ["a"], ["b"]), ("Add", ["a", "b"], ["logits"])]
    layers = by_op(count.count(saved(make_model(nodes, weights)), (1, 1, 4, 5)))
    assert not layers["Relu"].fused and (layers["Relu"].read, layers["Relu"].written) == (40, 40)
    assert layers["Add"].fused and (layers["Add"].read, layers["Add"].written, layers["Add"].flops) == (0, 0, 40)


def test_a_layer_whose_input_has_another_use_is_not_part_of_the_layer_before(make_model, saved):
    weights = {"w": np.zeros((2, 1, 1, 1)), "v": np.zeros((2, 2, 1, 1))}
    nodes = [("Conv", ["image", "w"], ["a"]), ("Relu", ["a"], ["b"]), ("Conv", ["a", "v"], ["c"])]
    nodes.append(("Add", ["b", "c"], ["logits"]))
    counts = count.count(saved(make_model(nodes, weights)), (1, 1, 4, 5))
    layers = {layer.name: layer for layer in counts.layers}
    relu, add = by_op(counts)["Relu"], by_op(counts)["Add"]
    assert not relu.fused and add.fused and len(layers) == 4
    assert (relu.read, relu.written) == (80, 40)


def test_weights_that_are_stored_as_halves_are_parameters(raw_model, saved):
    nodes = [make_node("Cast", ["h"], ["w"], to=FLOAT), make_node("Conv", ["image", "w"], ["logits"])]
    data = raw_model(nodes, {"h": np.ones((2, 1, 1, 1), np.float16)}, ["n", 1, 4, "w"])
    counts = count.count(saved(data), (1, 1, 4, 5))
    assert [layer.op for layer in counts.layers] == ["Conv"]
    assert counts.parameters == counts.layers[0].weights == 2


def test_what_is_constant_costs_nothing(make_model, saved):
    nodes = [("Neg", ["w"], ["v"]), ("Conv", ["image", "v"], ["logits"])]
    counts = count.count(saved(make_model(nodes, {"w": np.ones((2, 1, 1, 1))})), (1, 1, 4, 5))
    assert [layer.op for layer in counts.layers] == ["Conv"]
    assert counts.layers[0].weights == counts.parameters == 2


@pytest.mark.parametrize("shape", [None, (1, 1, 5, 8), (1, 1, 4)])
def test_a_shape_that_does_not_fit_is_a_usage_error(small_net, saved, shape):
    with pytest.raises(UsageError, match=r"\?x1x4x\?"):
        count.count(saved(small_net), shape)


def test_a_shape_that_the_network_cannot_compute_is_a_usage_error(make_model, saved):
    path = saved(make_model([("Conv", ["image", "w"], ["logits"])], {"w": np.zeros((1, 1, 3, 3))}))
    with pytest.raises(UsageError, match="does not run"):
        count.count(path, (1, 1, 4, 1))


def test_an_operator_that_cannot_be_counted_is_said(make_model, saved):
    with pytest.raises(ModelError, match="operator Sin"):
        count.count(saved(make_model([("Sin", ["image"], ["logits"])])), (1, 1, 4, 4))
