"""The preflight: what it refuses node by node, what it reads out of shapes, and its report."""

import json

import numpy as np
import pytest

from ocr_app.core.errors import UsageError
from ocr_app.networks import count, onnx_model
from ocr_app.networks.onnx_model import DOUBLE, FLOAT, INT64, OnnxNode, Tensor, loads
from ocr_app.verification.preflight import assessment, memory, rules
from ocr_app.verification.preflight.rules import ALTERED, NOTE, REFUSED


def kinds(model, kind, precision="fp32"):
    found = rules.findings(model, precision)
    return [(own.op, own.node, own.why) for own in found if own.kind == kind]


def refused(model, precision="fp32"):
    return kinds(model, REFUSED, precision)


def with_node(op, inputs=("image",), attributes=None, weights=(), name="n", outputs=("logits",)):
    """A model of one node; ``weights``: Tensors."""
    node = OnnxNode(op, name, "", tuple(inputs), tuple(outputs), dict(attributes or {}), None)
    image = onnx_model.ValueInfo("image", FLOAT, (1, 1, 4, 8))
    return onnx_model.Model((node,), {own.name: own for own in weights}, (image,), ("logits",), 13, (), {}, None)


def weight(name, values, kind=FLOAT):
    return Tensor(name, kind, np.asarray(values))


def test_a_network_of_convolutions_is_taken(small_net):
    assert refused(loads(small_net)) == []


@pytest.mark.parametrize(
    ("op", "why"), [("NonZero", "refused"), ("Mod", "refused"), ("OneHot", "refused"), ("Gelu", "not known")]
)
def test_operators_name_their_node_and_what_to_do(make_model, op, why):
    (own,) = [own for own in rules.findings(loads(make_model([(op, ["image"], ["logits"])]))) if own.kind == REFUSED]
    assert (own.op, own.node) == (op, "logits") and why in own.why and own.do and own.source


def test_opset_and_foreign_operators(make_model):
    model = loads(make_model([("Relu", ["image"], ["logits"])], opset=14))
    assert refused(model) == [("model", "opset", "opset 14, taken are 7 to 13")]
    foreign = with_node("Relu")
    foreign = foreign._replace(nodes=(foreign.nodes[0]._replace(domain="com.example"),))
    assert [op for op, _, _ in refused(foreign)] == ["model"]


@pytest.mark.parametrize(
    ("op", "inputs", "what"),
    [
        ("Conv", ["image", "image"], "its weights"),
        ("Squeeze", ["image", "image"], "its axes"),
        ("TopK", ["image", "image"], "K"),
        ("Slice", ["image", "one", "one", "image"], "its axes"),
        ("InstanceNormalization", ["image", "image", "one"], "its scale"),
    ],
)
def test_inputs_that_must_be_constants(op, inputs, what):
    (found,) = refused(with_node(op, inputs, weights=[weight("one", [1], INT64)]))
    assert found[2].startswith(what) and "taken are constants" in found[2]


def test_shapes_may_come_from_shapes_but_not_from_data(make_model):
    from_shape = [("Shape", ["image"], ["size"]), ("Reshape", ["image", "size"], ["logits"])]
    assert refused(loads(make_model(from_shape))) == []
    from_data = [("ArgMax", ["image"], ["best"]), ("Reshape", ["image", "best"], ["logits"])]
    (found,) = refused(loads(make_model(from_data)))
    assert found[0] == "Reshape" and "depends on data" in found[2]


@pytest.mark.parametrize(
    ("op", "attributes", "words"),
    [
        ("Resize", {"mode": b"cubic"}, "mode is cubic, taken are nearest, linear"),
        ("Resize", {"coordinate_transformation_mode": b"tf_crop_and_resize"}, "taken are half_pixel"),
        ("LSTM", {"input_forget": 1}, "input_forget is 1"),
        ("LSTM", {"clip": 3.0}, "clip is 3.0"),
        ("MaxPool", {"kernel_shape": [3]}, "1 spatial axes"),
        (
            "LSTM",
            {"direction": b"bidirectional", "activations": [b"Sigmoid", b"Tanh", b"Tanh", b"Relu", b"Tanh", b"Tanh"]},
            "different activations",
        ),
    ],
)
def test_attributes_that_are_not_taken(op, attributes, words):
    (found,) = refused(with_node(op, ["image"], attributes))
    assert words in found[2] and found[:2] == (op, "n")


@pytest.mark.parametrize(
    ("op", "attributes"),
    [
        ("Resize", {"mode": b"linear", "coordinate_transformation_mode": b"half_pixel"}),
        ("LSTM", {"direction": b"bidirectional", "hidden_size": 8}),
        ("MaxPool", {"kernel_shape": [2, 2]}),
    ],
)
def test_attributes_that_are_taken(op, attributes):
    assert refused(with_node(op, ["image"], attributes)) == []


def test_the_output_of_indices_is_refused():
    (found,) = refused(with_node("MaxPool", attributes={"kernel_shape": [2, 2]}, outputs=("logits", "where")))
    assert "2 outputs" in found[2]


def test_large_integers_are_clamped_unless_they_mean_to_the_end():
    end = weight("end", [2**63 - 1], INT64)
    assert kinds(with_node("Slice", ["image", "end", "end"], weights=[end]), ALTERED) == []
    ((_, node, why),) = kinds(with_node("Gather", ["image", "end"], weights=[end]), ALTERED)
    assert node == "end" and str(2**63 - 1) in why


def test_types():
    assert kinds(with_node("Relu", weights=[weight("w", [1.0], DOUBLE)]), ALTERED)[0][1] == "w"
    assert refused(with_node("Relu", weights=[weight("w", [1], 2)]))[0][2] == "UINT8 is not taken"
    whole = with_node("Exp")._replace(inputs=(onnx_model.ValueInfo("image", 6, (1,)),))
    assert refused(whole)[0][2] == "it reads INT32, taken are FP32, FP16"


def test_free_axes_are_noted(small_net):
    ((_, node, why),) = kinds(loads(small_net), NOTE)
    assert node == "image" and "?x1x4x?" in why
    (found,) = refused(loads(small_net)._replace(nodes=(with_node("ReverseSequence").nodes[0],)))
    assert "free axes" in found[2]


def test_int8_is_refused_with_its_reason(small_net):
    (found,) = refused(loads(small_net), "int8")
    assert found[1] == "INT8" and "5.3 has no INT8" in found[2]


def test_weights_that_a_half_cannot_hold_are_noted():
    large = weight("large", [7e4])
    noted = [node for _, node, _ in kinds(with_node("Mul", ["image", "large"], weights=[large]), NOTE, "fp16")]
    assert noted == ["large"]
    folded = with_node(
        "BatchNormalization", ["image", "one", "one", "one", "large"], weights=[large, weight("one", [1.0])]
    )
    assert kinds(folded, NOTE, "fp16") == [], "its statistics never reach the board"


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


def test_the_report(small_net, saved):
    report = assessment.preflight(saved(small_net), (2, 1, 4, 8))
    assert not report.refused and report.memory.fits and report.band.slow > report.band.fast
    (own,) = json.loads(json.dumps(assessment.to_json([report])))["models"]
    assert own["macs"] == 768 and own["memory"]["weights"] == 2 * 15 and own["shape"] == [2, 1, 4, 8]
    assert "model.onnx: taken" in assessment.words([report])


def test_without_a_shape_the_rules_still_answer(small_net, saved):
    report = assessment.preflight(saved(small_net))
    assert report.counts is None and "give one" in report.uncounted
    assert "give one" in assessment.words([report])
    with pytest.raises(UsageError, match="for the input"):
        assessment.preflight(saved(small_net), (1, 2, 3))


def test_what_does_not_fit_the_board_is_refused(small_net, saved, monkeypatch):
    known = rules.rules()
    known["memory"]["reserve_mib"] = known["memory"]["total_mib"]
    monkeypatch.setattr(rules, "rules", lambda: known)
    report = assessment.preflight(saved(small_net), (1, 1, 4, 8))
    assert report.refused and report.findings[-1].node == "memory"


def test_every_rule_has_a_source_and_a_check():
    known = rules.rules()
    for op, own in known["operators"].items():
        assert own["source"] in known["sources"], op
        assert set(own.get("source_of", {}).values()) <= set(known["sources"]), op
        assert own.get("refused") or own["types"], op
        words = {"source", "source_of", "do", "refused"}
        assert set(own) - words <= set(rules._CHECKS), op
