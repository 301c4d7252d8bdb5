"""The facts about a model that the rules are checked against."""

from ocr_app.networks.onnx_model import FLOAT, loads
from ocr_app.verification.preflight import rules
from ocr_app.verification.preflight.findings import TYPES, facts_of


def test_tensors_computed_from_shapes_are_known(make_model):
    nodes = [("Shape", ["image"], ["size"]), ("Relu", ["image"], ["relu"]), ("Reshape", ["relu", "size"], ["logits"])]
    facts = facts_of(loads(make_model(nodes, {"unused": [1.0]})), rules.rules())
    assert "size" in facts.from_shapes and not {"relu", "logits"} & facts.from_shapes
    assert facts.free and TYPES[facts.types["relu"]] == TYPES[FLOAT] == "FP32"


def test_a_model_with_fixed_axes_is_not_free(make_model):
    model = loads(make_model([("Relu", ["image"], ["logits"])], dims=(1, 1, 4, 8)))
    assert not facts_of(model, rules.rules()).free
