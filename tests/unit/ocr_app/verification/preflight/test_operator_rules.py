"""What preflight refuses node by node."""

import pytest
from preflight_models import refused, weight, with_node

from ocr_app.networks.onnx_model import INT64, loads
from ocr_app.verification.preflight import operator_rules, rules
from ocr_app.verification.preflight.findings import REFUSED


@pytest.mark.parametrize(
    ("op", "why"), [("NonZero", "refused"), ("Mod", "refused"), ("OneHot", "refused"), ("Gelu", "not known")]
)
def test_operators_name_their_node_and_what_to_do(make_model, op, why):
    findings = rules.findings(loads(make_model([(op, ["image"], ["logits"])])))
    (found,) = [finding for finding in findings if finding.kind == REFUSED]
    assert (found.op, found.node) == (op, "logits") and why in found.why and found.do and found.source


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
    assert found[2].startswith(what) and "must be constant" in found[2]


def test_shapes_may_come_from_shapes_but_not_from_data(make_model):
    from_shape = [("Shape", ["image"], ["size"]), ("Reshape", ["image", "size"], ["logits"])]
    assert refused(loads(make_model(from_shape))) == []
    from_data = [("ArgMax", ["image"], ["best"]), ("Reshape", ["image", "best"], ["logits"])]
    (found,) = refused(loads(make_model(from_data)))
    assert found[0] == "Reshape" and "depends on data" in found[2]


@pytest.mark.parametrize(
    ("op", "attributes", "reason"),
    [
        ("Resize", {"mode": b"cubic"}, "mode is cubic; accepted: nearest, linear"),
        ("Resize", {"coordinate_transformation_mode": b"tf_crop_and_resize"}, "accepted: half_pixel"),
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
def test_attributes_that_are_not_accepted(op, attributes, reason):
    (found,) = refused(with_node(op, ["image"], attributes))
    assert reason in found[2] and found[:2] == (op, "n")


@pytest.mark.parametrize(
    ("op", "attributes"),
    [
        ("Resize", {"mode": b"linear", "coordinate_transformation_mode": b"half_pixel"}),
        ("LSTM", {"direction": b"bidirectional", "hidden_size": 8}),
        ("MaxPool", {"kernel_shape": [2, 2]}),
    ],
)
def test_attributes_that_are_accepted(op, attributes):
    assert refused(with_node(op, ["image"], attributes)) == []


def test_the_output_of_indices_is_refused():
    (found,) = refused(with_node("MaxPool", attributes={"kernel_shape": [2, 2]}, outputs=("logits", "where")))
    assert "2 outputs" in found[2]


def test_every_rule_has_a_source_and_a_check():
    known = rules.rules()
    for op, own in known["operators"].items():
        assert own["source"] in known["sources"], op
        assert set(own.get("source_of", {}).values()) <= set(known["sources"]), op
        assert own.get("refused") or own["types"], op
        words = {"source", "source_of", "do", "refused"}
        assert set(own) - words <= set(operator_rules._CHECKS), op
