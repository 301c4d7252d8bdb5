"""Cutting PaddleOCR's networks: which classes stay, what the rewritten network computes, and that it is repeatable."""

import hashlib
import json

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper, numpy_helper

from fleet.core.errors import ArtefactError
from fleet.environments import cut_models
from ocr_app.networks import onnx_model

PUBLISHED = ["", "b", "日", "a", " "]


def recogniser(last="Softmax", opset=11, character="b\n日\na"):
    """Column sums over the height, then a head of five classes, as PP-OCR ends: copies between its parts."""
    rng = np.random.default_rng(7)
    weights = {"w": rng.normal(size=(3, 5)), "b": rng.normal(size=5), "unused": np.zeros(4)}
    nodes = [
        helper.make_node("ReduceMean", ["x"], ["mean"], axes=[2], keepdims=1),
        helper.make_node("Squeeze", ["mean"], ["flat"], axes=[2]),
        helper.make_node("Transpose", ["flat"], ["steps"], perm=[0, 2, 1]),
        helper.make_node("MatMul", ["steps", "w"], ["product"]),
        helper.make_node("Add", ["product", "b"], ["sum"]),
        helper.make_node("Identity", ["sum"], ["copy"]),
        helper.make_node(last, ["copy"], ["y"], **({"axis": 2} if last == "Softmax" else {})),
    ]
    graph = helper.make_graph(
        nodes,
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3, 48, "w"])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        [numpy_helper.from_array(array.astype(np.float32), name) for name, array in weights.items()],
    )
    made = helper.make_model(graph, ir_version=7, opset_imports=[helper.make_opsetid("", opset)])
    made.metadata_props.add(key="character", value=character)
    return onnx_model.loads(made.SerializeToString())


def run(data, image):
    session = onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
    return session.run(None, {session.get_inputs()[0].name: image})[0]


def image():
    return np.random.default_rng(1).normal(size=(2, 3, 48, 16)).astype(np.float32)


def test_the_published_classes_are_the_blank_the_list_and_the_space(tmp_path):
    (tmp_path / "dict.txt").write_bytes("b\r\n日\r\na\r\n".encode())
    assert cut_models.published_classes("dict.txt", recogniser(), tmp_path) == PUBLISHED
    assert cut_models.published_classes("metadata", recogniser(), tmp_path) == PUBLISHED


def test_a_character_that_the_network_does_not_know_is_named():
    assert cut_models.indices_of(["", "a", " "], PUBLISHED) == [0, 3, 4]
    with pytest.raises(ArtefactError, match="'z'"):
        cut_models.indices_of(["", "z"], PUBLISHED)


def test_the_softmax_over_kept_classes_is_the_published_one_normalised_again():
    cut = cut_models.with_classes(recogniser(), [0, 3, 1])
    logits = run(cut.proto.SerializeToString(), image())
    kept = run(recogniser().proto.SerializeToString(), image())[:, :, [0, 3, 1]]
    softmax = np.exp(logits) / np.exp(logits).sum(axis=2, keepdims=True)
    np.testing.assert_allclose(softmax, kept / kept.sum(axis=2, keepdims=True), atol=1e-6)
    assert "character" not in cut.metadata


def test_another_head_is_refused():
    with pytest.raises(ArtefactError, match="Sigmoid"):
        cut_models.with_classes(recogniser(last="Sigmoid"), [0])


def test_opset_13_computes_the_same():
    moved = cut_models.at_opset_13(recogniser())
    assert onnx_model.loads(moved).opset == 13
    np.testing.assert_array_equal(run(moved, image()), run(recogniser().proto.SerializeToString(), image()))


def test_an_operator_that_opset_13_changed_is_refused():
    changed = onnx.ModelProto.FromString(recogniser().proto.SerializeToString())
    changed.graph.node[0].op_type = "ReduceSum"
    with pytest.raises(ArtefactError, match="ReduceSum at opset 11"):
        cut_models.at_opset_13(onnx_model.loads(changed.SerializeToString()))


def test_large_weights_become_halves_with_a_cast_and_small_ones_stay(monkeypatch):
    monkeypatch.setattr(cut_models, "_FEWEST", 10)
    stored = cut_models.with_half_weights(recogniser())
    model = onnx_model.loads(stored)
    assert model.initializers["w.half"].array.dtype == np.float16 and model.initializers["b"].array.dtype == np.float32
    assert [node.op for node in model.nodes].count("Cast") == 1
    np.testing.assert_allclose(run(stored, image()), run(recogniser().proto.SerializeToString(), image()), atol=2e-3)


def test_a_weight_beyond_the_range_of_a_half_is_refused(monkeypatch):
    monkeypatch.setattr(cut_models, "_FEWEST", 10)
    large = recogniser()
    large.initializers["w"] = large.initializers["w"]._replace(array=np.full((3, 5), 1e6, np.float32))
    with pytest.raises(ArtefactError, match="w has weights beyond"):
        cut_models.with_half_weights(large)


def test_a_published_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ArtefactError, match=r"ppocr-v6-tiny-det\.onnx"):
        cut_models.made(cut_models.cuts()[0], tmp_path)


TUNED = [cut for cut in cut_models.cuts() if cut.tuned]


@pytest.mark.usefixtures("ppocr_models")
@pytest.mark.parametrize("cut", TUNED, ids=lambda cut: cut.network)
def test_a_tuned_file_differs_from_what_it_began_with_in_its_weights_alone(cut):
    record = json.loads(cut_models.CATALOGUE.read_text())["models"][cut.model][cut.part]
    shipped = (cut_models.PACKAGED / record["file"]).read_bytes()
    assert hashlib.sha256(shipped).hexdigest() == record["sha256"] and len(shipped) == record["size"]
    start, tuned = (onnx.load_model_from_string(data) for data in (cut_models.made(cut), shipped))
    assert start.graph.node == tuned.graph.node and start.opset_import == tuned.opset_import
    forms = [
        [(each.name, each.data_type, list(each.dims)) for each in model.graph.initializer] for model in (start, tuned)
    ]
    assert forms[0] == forms[1] and start.graph.initializer != tuned.graph.initializer
    told = [{entry.key: entry.value for entry in model.metadata_props} for model in (start, tuned)]
    assert set(told[1]) == {*told[0], "training"} and told[1].items() >= told[0].items()


@pytest.mark.usefixtures("ppocr_models")
@pytest.mark.parametrize("cut", [cut for cut in cut_models.cuts() if not cut.tuned], ids=lambda cut: cut.network)
def test_the_files_of_the_package_are_what_cutting_makes(cut):
    record = json.loads(cut_models.CATALOGUE.read_text())["models"][cut.model][cut.part]
    data = cut_models.made(cut)
    assert hashlib.sha256(data).hexdigest() == record["sha256"] and len(data) == record["size"]
    assert (cut_models.PACKAGED / record["file"]).read_bytes() == data


CUTS = cut_models.cuts()


@pytest.mark.usefixtures("ppocr_models")
def test_the_files_and_the_catalogue_are_written_together(tmp_path, monkeypatch):
    monkeypatch.setattr(cut_models, "cuts", lambda: [cut for cut in CUTS if cut.model == "v6-tiny-codes"])
    catalogue = tmp_path / "ppocr.json"
    record = json.loads(cut_models.CATALOGUE.read_text())
    record["models"]["v6-tiny-codes"]["detector"]["sha256"] = "old"
    catalogue.write_text(json.dumps(record))
    assert cut_models.main(into=tmp_path, catalogue=catalogue, starts=tmp_path / "starts") == 0
    assert json.loads(catalogue.read_text()) == json.loads(cut_models.CATALOGUE.read_text())
    assert [path.name for path in tmp_path.glob("*.onnx")] == ["ppocr-v6-tiny-codes-det.onnx"]
    assert [path.name for path in tmp_path.glob("starts/*")] == ["ppocr-v6-tiny-codes-recogniser.onnx"]
