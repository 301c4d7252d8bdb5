"""Normalising an ONNX model: the table's names, axes and numbers; the same outputs."""

import numpy as np
import pytest

from ocr_app.core.errors import ModelError
from ocr_app.export.network_specs import NetworkSpec, Port
from ocr_app.export.normal_form import normalised
from ocr_app.networks import onnx_model, onnx_runtime
from ocr_app.networks.onnx_model import FLOAT, FLOAT16
from ocr_app.networks.rewriting import make_node

WEIGHT = np.linspace(-1, 1, 6, dtype=np.float32).reshape(6, 1, 1, 1)


def entry(opset=13, input_dims=("n", 1, 4, "w"), output_dims=("n", 6, 4, "w"), output="answer"):
    ports = Port("pixels", input_dims), Port(output, output_dims)
    return NetworkSpec(
        "small", "codes:v1", "detector", "onnx", ("small.onnx",), None, opset, *ports, (1, 1, 4, 8), 1, (1, 9)
    )


def convolution(make_model, nodes=(), outputs=("y",), **options):
    first = [("Conv", ["image", "weight"], ["y"])]
    return make_model(list(nodes) or first, {"weight": WEIGHT}, outputs=outputs, **options)


def answers(data, array):
    made = onnx_runtime.session(data, onnx_runtime.check_device("cpu"), 1, "test")
    return made.run(None, {made.get_inputs()[0].name: array})[0]


ARRAY = np.random.RandomState(3).rand(2, 1, 4, 5).astype(np.float32)


def test_names_and_axes_become_those_of_the_table_and_values_stay(make_model):
    before = convolution(make_model)
    after = normalised(before, entry(), {"network": "small"})
    model = onnx_model.loads(after)
    assert [value.name for value in model.inputs] == ["pixels"] and model.outputs == ("answer",)
    assert model.inputs[0].dims == (None, 1, 4, None)
    assert model.metadata["network"] == "small"
    np.testing.assert_array_equal(answers(after, ARRAY), answers(before, ARRAY))


def test_its_own_metadata_stays(make_model):
    data = convolution(make_model, metadata=[("characters", '["", "A"]')])
    assert onnx_model.loads(normalised(data, entry(), {"a": "b"})).metadata == {"characters": '["", "A"]', "a": "b"}


def test_a_free_axis_is_fixed_where_the_table_fixes_it(make_model):
    data = convolution(make_model, dims=("n", 1, "h", "w"))
    assert onnx_model.loads(normalised(data, entry(), {})).inputs[0].dims == (None, 1, 4, None)


def test_weights_that_are_stored_as_halves_become_float32_initializers(raw_model):
    nodes = [make_node("Cast", ["half"], ["weight"], to=FLOAT), make_node("Conv", ["image", "weight"], ["y"])]
    before = raw_model(nodes, {"half": WEIGHT.astype(np.float16)}, ["n", 1, 4, "w"], outputs=("y",))
    after = normalised(before, entry(), {})
    model = onnx_model.loads(after)
    assert [node.op for node in model.nodes] == ["Conv"] and list(model.initializers) == ["weight"]
    assert model.initializers["weight"].array.dtype == np.float32
    np.testing.assert_array_equal(answers(after, ARRAY), answers(before, ARRAY))


def test_a_cast_of_what_is_computed_stays(raw_model):
    nodes = [
        make_node("Cast", ["image"], ["half"], to=FLOAT16),
        make_node("Cast", ["half"], ["same"], to=FLOAT),
        make_node("Conv", ["same", "weight"], ["y"]),
    ]
    after = normalised(raw_model(nodes, {"weight": WEIGHT}, ["n", 1, 4, "w"], outputs=("y",)), entry(), {})
    assert [node.op for node in onnx_model.loads(after).nodes] == ["Cast", "Cast", "Conv"]


def test_copies_of_weights_become_the_weights(make_model):
    nodes = [("Identity", ["weight"], ["copy"]), ("Identity", ["copy"], ["again"]), ("Conv", ["image", "again"], ["y"])]
    before = convolution(make_model, nodes)
    after = normalised(before, entry(), {})
    (node,) = onnx_model.loads(after).nodes
    assert node.op == "Conv" and node.inputs == ("pixels", "weight")
    np.testing.assert_array_equal(answers(after, ARRAY), answers(before, ARRAY))


def test_a_copy_that_is_the_output_stays(make_model):
    nodes = [("Conv", ["image", "weight"], ["y"]), ("Identity", ["y"], ["z"])]
    after = normalised(convolution(make_model, nodes, outputs=("z",)), entry(), {})
    assert [node.op for node in onnx_model.loads(after).nodes] == ["Conv", "Identity"]


def test_what_no_output_needs_is_left_out(make_model):
    nodes = [("Conv", ["image", "weight"], ["y"]), ("Relu", ["y"], ["unused"])]
    assert [node.op for node in onnx_model.loads(normalised(convolution(make_model, nodes), entry(), {})).nodes] == [
        "Conv"
    ]


def test_opset_14_is_lowered_for_operators_whose_meaning_stayed(make_model):
    before = convolution(make_model, opset=14)
    after = normalised(before, entry(opset=13), {})
    assert onnx_model.loads(after).opset == 13
    np.testing.assert_array_equal(answers(after, ARRAY), answers(before, ARRAY))


def test_an_operator_that_changed_is_not_lowered(make_model):
    nodes = [("Conv", ["image", "weight"], ["x"]), ("HardSwish", ["x"], ["y"])]
    with pytest.raises(ModelError) as caught:
        normalised(convolution(make_model, nodes, opset=14), entry(opset=13), {})
    assert "HardSwish" in str(caught.value)


@pytest.mark.parametrize("own", [9, 12, 15])
def test_no_other_opset_is_renumbered(make_model, own):
    with pytest.raises(ModelError):
        normalised(convolution(make_model, opset=own), entry(opset=13), {})


def test_the_ir_version_is_lowered_to_that_of_opset_13(make_model):
    data = b"\x08\x09" + convolution(make_model)[2:]
    assert onnx_model.loads(normalised(data, entry(), {})).proto.ir_version == 7


def test_two_outputs_are_refused(make_model):
    nodes = [("Conv", ["image", "weight"], ["y"]), ("Relu", ["y"], ["z"])]
    with pytest.raises(ModelError):
        normalised(convolution(make_model, nodes, outputs=("y", "z")), entry(), {})


def test_an_axis_of_another_size_is_refused(make_model):
    with pytest.raises(ModelError) as caught:
        normalised(convolution(make_model, dims=("n", 1, 5, "w")), entry(), {})
    assert "5" in str(caught.value)


def test_a_name_that_is_taken_is_refused(make_model):
    with pytest.raises(ModelError) as caught:
        normalised(convolution(make_model), entry(output="weight"), {})
    assert "weight" in str(caught.value)


def lstm(state):
    """Input (n, 1, 4, w) -> (w, n, 4) -> LSTM of 2 with initial states that are computed from its batch."""
    random = np.random.RandomState(5)
    nodes = [
        make_node("Squeeze", ["image", "one"], ["flat"]),
        make_node("Transpose", ["flat"], ["turned"]),
        make_node("Shape", ["turned"], ["size"]),
        make_node("Gather", ["size", "one"], ["batch"]),
        make_node("Concat", ["one", "batch", "hidden"], ["wanted"], axis=0),
        make_node("Expand", ["state", "wanted"], ["first"]),
        make_node("LSTM", ["turned", "w", "r", "b", "", "first", "first"], ["y"], hidden_size=2),
    ]
    weights = {
        "w": random.rand(1, 8, 1).astype(np.float32),
        "r": random.rand(1, 8, 2).astype(np.float32),
        "b": random.rand(1, 16).astype(np.float32),
        "state": np.full((1,), state, np.float32),
        "one": np.array([1], np.int64),
        "hidden": np.array([2], np.int64),
    }
    return nodes, weights


@pytest.fixture
def recurrent(raw_model):
    """A model with an LSTM whose states hold ``state``; Transpose without perm turns (n, 4, w) to (w, 4, n)."""

    def make(state):
        nodes, weights = lstm(state)
        return raw_model(nodes, weights, ["n", 1, 4, "w"], outputs=("y",))

    return make


def test_zero_states_of_an_lstm_are_left_to_their_default(recurrent):
    before = recurrent(0.0)
    after = normalised(before, entry(output_dims=("t", 1, "b", 2)), {})
    model = onnx_model.loads(after)
    (own,) = [node for node in model.nodes if node.op == "LSTM"]
    assert not any(own.inputs[5:])
    assert not {"Shape", "Gather", "Expand"} & {node.op for node in model.nodes}
    array = np.random.RandomState(1).rand(1, 1, 4, 7).astype(np.float32)
    np.testing.assert_allclose(answers(after, array), answers(before, array), atol=1e-6)


def test_other_states_stay(recurrent):
    model = onnx_model.loads(normalised(recurrent(0.5), entry(output_dims=("t", 1, "b", 2)), {}))
    (own,) = [node for node in model.nodes if node.op == "LSTM"]
    assert all(own.inputs[5:])
