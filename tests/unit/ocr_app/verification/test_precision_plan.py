"""Precision plans: written and read back, refused when malformed or foreign, and matched with TensorRT's layers."""

import json

import pytest

from ocr_app.core.errors import ModelError, PrecisionUnavailable, ResultError
from ocr_app.networks.onnx_model import Model, OnnxNode
from ocr_app.verification import precision_plan
from ocr_app.verification.precision_plan import ACCEPTED, REFUSED, KeptLayer, PrecisionPlan

POW = KeptLayer("Pow_3", "Pow", ("squares",), "up to 1e9")
SHA = "ab" * 32
MADE = PrecisionPlan("net.onnx", SHA, 3, ACCEPTED, "no text changes", (POW,), {"texts": 30})


def model_of(*names):
    nodes = tuple(OnnxNode("Pow", name, "", ("x",), (name + ":out",), {}, None) for name in names)
    return Model(nodes, {}, (), (), 13, (), {}, None)


def test_a_plan_survives_its_file(tmp_path):
    path = str(tmp_path / "new" / "net.plan.json")
    precision_plan.write(MADE, path)
    assert precision_plan.read(path) == MADE


@pytest.mark.parametrize(
    "change",
    [
        {"schema": "nano-ocr/precision-plan/9"},
        {"constraints": "prefer"},
        {"verdict": "perhaps"},
        {"model": {"name": "net.onnx", "nodes": 3, "sha256": "short"}},
        {"fp32": [{"layer": "", "op": "Pow", "outputs": ["y"], "why": ""}]},
        {"fp32": [{"op": "Pow", "outputs": ["y"], "why": ""}]},
        {"evidence": None},
    ],
)
def test_a_malformed_plan_is_refused(change):
    with pytest.raises(ResultError, match="not a precision plan"):
        precision_plan.from_json(dict(precision_plan.to_json(MADE), **change), "net.plan.json")


def test_a_truncated_file_is_refused(tmp_path):
    path = tmp_path / "net.plan.json"
    path.write_text(json.dumps(precision_plan.to_json(MADE))[:-9], encoding="utf-8")
    with pytest.raises(ResultError, match="cannot read"):
        precision_plan.read(str(path))


def test_only_an_accepted_plan_of_the_same_file_is_handed_out():
    assert precision_plan.for_model(MADE, SHA) is MADE
    with pytest.raises(ModelError, match=r"net\.onnx"):
        precision_plan.for_model(MADE, "cd" * 32)
    with pytest.raises(PrecisionUnavailable, match="3 texts change"):
        precision_plan.for_model(MADE._replace(verdict=REFUSED, reason="3 texts change"), SHA)


def test_the_digest_is_of_what_is_obeyed():
    assert precision_plan.digest(MADE) == precision_plan.digest(MADE._replace(reason="other", evidence={}))
    assert precision_plan.digest(MADE) != precision_plan.digest(MADE._replace(fp32=()))
    assert precision_plan.digest(MADE) != precision_plan.digest(MADE._replace(sha256="cd" * 32))


def test_layers_are_found_by_name_by_suffix_and_by_tensor():
    layers = [("Pow_3", ["a"]), ("Pow_3_14", ["b"]), ("Pow_31", ["c"]), ("(Unnamed Layer* 7) [Shuffle]", ["squares"])]
    assert sorted(precision_plan.kept_layers(MADE, model_of("Pow_3"), layers)) == [0, 1, 3]


def test_a_suffix_that_is_another_nodes_name_is_not_taken():
    layers = [("Pow_3", ["a"]), ("Pow_3_1", ["b"])]
    assert sorted(precision_plan.kept_layers(MADE, model_of("Pow_3", "Pow_3_1"), layers)) == [0]


def test_a_plan_that_cannot_be_obeyed_is_an_error():
    with pytest.raises(ModelError, match="Pow_3"):
        precision_plan.kept_layers(MADE, model_of("Pow_3"), [("Conv_0", ["y"])])


def test_nodes_without_a_name_are_called_as_the_parser_calls_them():
    assert precision_plan.layer_name(OnnxNode("Conv", "", "", ("x",), ("y",), {}, None)) == "node_of_y"
    assert precision_plan.names(MADE) == ["Pow Pow_3"]
