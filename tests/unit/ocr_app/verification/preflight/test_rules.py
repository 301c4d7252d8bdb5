"""What preflight finds about a model as a whole: opset, domains, types, weights, free axes."""

from preflight_models import kinds, refused, weight, with_node

from ocr_app.networks import onnx_model
from ocr_app.networks.onnx_model import DOUBLE, INT64, loads
from ocr_app.verification.preflight.findings import ALTERED, NOTE


def test_a_network_of_convolutions_is_accepted(small_net):
    assert refused(loads(small_net)) == []


def test_opset_and_foreign_operators(make_model):
    model = loads(make_model([("Relu", ["image"], ["logits"])], opset=14))
    assert refused(model) == [("model", "opset", "opset 14; the parser accepts 7 to 13")]
    foreign = with_node("Relu")
    foreign = foreign._replace(nodes=(foreign.nodes[0]._replace(domain="com.example"),))
    assert [op for op, _, _ in refused(foreign)] == ["model"]


def test_large_integers_are_clamped_unless_they_mean_to_the_end():
    end = weight("end", [2**63 - 1], INT64)
    assert kinds(with_node("Slice", ["image", "end", "end"], weights=[end]), ALTERED) == []
    ((_, node, why),) = kinds(with_node("Gather", ["image", "end"], weights=[end]), ALTERED)
    assert node == "end" and str(2**63 - 1) in why


def test_types():
    assert kinds(with_node("Relu", weights=[weight("w", [1.0], DOUBLE)]), ALTERED)[0][1] == "w"
    assert refused(with_node("Relu", weights=[weight("w", [1], 2)]))[0][2] == "UINT8 is not accepted"
    whole = with_node("Exp")._replace(inputs=(onnx_model.ValueInfo("image", 6, (1,)),))
    assert refused(whole)[0][2] == "it reads INT32; accepted: FP32, FP16"


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
