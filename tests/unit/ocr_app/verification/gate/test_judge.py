"""The precision gate: a network made to overflow is caught by its texts, the node found, the plan proved or refused."""

import json

import numpy as np
import pytest
from onnx_files import model_bytes

from ocr_app.core import model_files
from ocr_app.core.errors import ModelError, PrecisionUnavailable, UsageError
from ocr_app.networks import half, onnx_model
from ocr_app.networks.onnx_model import loads
from ocr_app.networks.rewriting import make_node
from ocr_app.readers.registry import parse_name
from ocr_app.verification import calibration, precision_plan
from ocr_app.verification.calibration import RECOGNISER, Calibration, Item, Judge, Subject
from ocr_app.verification.gate import judge, rounding
from ocr_app.verification.gate.rounding import SUMS, TENSORS, arithmetics_of, layer_errors
from ocr_app.verification.gate.search import Search, find
from ocr_app.verification.precision_plan import ACCEPTED, REFUSED
from tests.conftest import absent

CHARACTERS = ["", *"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"]


def recogniser(between):
    """(N, 1, 32, W) -> logits (N, W / 4, C): a bright column is an "8". ``between``: nodes from "seen" to "scaled"."""
    kernel = np.zeros((len(CHARACTERS), 1, 32, 4), np.float32)
    kernel[CHARACTERS.index("8")] = 0.05
    nodes = [
        make_node("Conv", ["image", "kernel"], ["seen"], kernel_shape=[32, 4], strides=[32, 4]),
        *[make_node(op, inputs, outputs) for op, inputs, outputs in between],
        make_node("Squeeze", ["scaled", "second"], ["flat"]),
        make_node("Identity", ["flat"], ["rows"]),
        make_node("Transpose", ["rows"], ["logits"], perm=[0, 2, 1]),
    ]
    weights = {
        "kernel": kernel,
        "large": np.array([1e4], np.float32),
        "small": np.array([1e-4], np.float32),
        "one": np.array([1.0], np.float32),
        "second": np.array([2], np.int64),
    }
    return model_bytes(nodes, weights, ["n", 1, 32, "w"], metadata=[("characters", json.dumps(CHARACTERS))])


OVERFLOWS = recogniser([("Mul", ["seen", "large"], ["big"]), ("Mul", ["big", "small"], ["scaled"])])
TAME = recogniser([("Mul", ["seen", "one"], ["scaled"])])


@pytest.fixture
def subject(code_models, saved):
    """(model bytes) -> the network as the recogniser of the reader ``codes``."""
    own = model_files.packaged(code_models["recogniser"])
    return lambda data: Subject(saved(data, "made.onnx"), parse_name("codes:v1"), RECOGNISER, own)


@pytest.fixture
def given():
    """Three crops with one, two and three bright columns."""
    items = []
    for number in (1, 2, 3):
        image = np.zeros((32, 160), np.uint8)
        for k in range(number):
            image[:, 16 + 48 * k : 24 + 48 * k] = 255
        items.append(Item(str(number), image, "8" * number))
    return Calibration(tuple(items), ({"name": "columns", "sha256": None, "items": 3},))


def test_overflow_is_found_and_its_nodes_stay_in_fp32(subject, given):
    own = judge.judge(subject(OVERFLOWS), given)
    assert (own.verdict, {kept.layer for kept in own.fp32}) == (ACCEPTED, {"node_of_big", "node_of_scaled"})
    assert "overflows" in own.fp32[0].why
    evidence = own.evidence
    assert evidence["fp32"] == {"cer": 0.0, "exact": 3}
    assert evidence["fp16"][TENSORS]["changed"] == 3 and evidence["fp16"][TENSORS]["cer"] > 50
    assert evidence["plan"][TENSORS] == {"cer": 0.0, "exact": 3, "changed": 0, "cer_to_fp32": 0.0}
    assert [layer["output"] for layer in evidence["layers"][TENSORS]["origins"]] == ["big"]
    assert evidence["changes"][0]["fp32"] == "8"
    assert precision_plan.from_json(json.loads(json.dumps(precision_plan.to_json(own))), "made") == own


def test_a_tame_network_needs_no_plan(subject, given):
    own = judge.judge(subject(TAME), given)
    assert (own.verdict, own.fp32, own.evidence["search"]["trials"]) == (ACCEPTED, (), 0)
    assert own.sha256 == model_files.sha256_of(subject(TAME).path)


def test_without_a_set_that_holds_the_plan_is_refused(subject, given):
    own = judge.judge(subject(OVERFLOWS), given, trials=0)
    assert (own.verdict, own.fp32) == (REFUSED, ())
    with pytest.raises(PrecisionUnavailable, match="texts change"):
        precision_plan.for_model(own, own.sha256)


def test_texts_stay_out_when_they_should(subject, given):
    own = judge.judge(subject(OVERFLOWS), given, with_texts=False)
    assert {(change["fp32"], change["fp16"]) for change in own.evidence["changes"]} == {(None, None)}


def test_images_without_text_are_no_calibration(subject):
    blank = Calibration((Item("blank", np.zeros((32, 160), np.uint8), None),), ())
    with pytest.raises(UsageError, match="reads nothing"):
        judge.judge(subject(TAME), blank)


def test_every_accepted_set_was_read_in_full(subject, given):
    """The search may try what it likes; what it hands back is read again here, item by item."""
    judge = Judge(subject(OVERFLOWS), given.items)
    model = onnx_model.load(judge.subject.path)
    search = Search(judge, model, judge.texts(), 20, lambda words: None)
    outcome = find(search)
    assert outcome.complete and outcome.kept == {"big", "scaled"}
    assert search.changed(outcome.kept, TENSORS) == []
    assert [index for index, _ in search.changed(frozenset({"big"}), TENSORS)] == [0, 1, 2]


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
    assert rounding._parts(["a", "b", "c", "d"], [3, 2, 1, 9], 5) == [["a", "b"], ["c"], ["d"]]
    whole = layer_errors(model, "test", [image], (), TENSORS)
    monkeypatch.setattr(rounding, "_AT_ONCE", 1)
    assert layer_errors(model, "test", [image], (), TENSORS) == whole


def test_means_are_judged_with_their_sums_too(make_model):
    model = loads(make_model([("GlobalAveragePool", ["image"], ["logits"])]))
    assert arithmetics_of(model) == (TENSORS, SUMS)
    assert arithmetics_of(loads(make_model([("Relu", ["image"], ["logits"])]))) == (TENSORS,)
    image = {"image": np.full((1, 1, 4, 200), 100.0, np.float32)}
    assert [own.origin for own in layer_errors(model, "test", [image], (), TENSORS)] == [False]
    assert [own.origin for own in layer_errors(model, "test", [image], (), SUMS)] == [True]


def test_what_the_thesis_ran_into_is_caught():
    """PP-OCRv4's detector: sums of its squeeze-and-excitation blocks pass what a half holds, and no line is found."""
    if model_files.missing(["ppocr-v4-mobile-det.onnx", "ppocr-v4-mobile-rec.onnx"]):
        absent("PP-OCRv4", "./inv models")
    subject = calibration.subject_of("ppocr-v4-mobile-det.onnx")
    given = calibration.calibration(["data/nano-codes-100"], subject.role, 1)
    judge, model = Judge(subject, given.items), onnx_model.load(subject.path)
    (reference,) = judge.texts()
    means = [node.outputs[0] for node in rounding.judged_nodes(model) if node.op in half.MEANS]
    search = Search(judge, model, [reference], 1, lambda words: None)
    assert reference.strip()
    ((_, read),) = search.changed(frozenset(), SUMS)
    assert read.strip() == ""
    assert search.changed(frozenset(means), SUMS) == []


def test_a_file_of_no_reader_needs_one_named(saved):
    with pytest.raises(UsageError, match="belongs to no reader"):
        calibration.subject_of("nobody.onnx")
    with pytest.raises(UsageError, match="has no corrector"):
        calibration.subject_of(saved(TAME), parse_name("codes"), "corrector")
    with pytest.raises(ModelError, match="is not there"):
        calibration.subject_of("nowhere/made.onnx", parse_name("codes"), RECOGNISER)
    with pytest.raises(UsageError, match="opens no networks"):
        calibration.subject_of(saved(TAME), parse_name("tesseract"), RECOGNISER)


def test_white_space_is_no_change_and_rates_are_of_what_is_known():
    assert calibration.same("EXP 01.24", "EXP01.24") and not calibration.same("01.24", "01.25")
    assert calibration.cer(["AB", "XX"], ["AC", None]) == 50.0
    assert calibration.cer(["AB"], [None]) is None
    assert calibration.exact(["A B", "C"], ["AB", "D"]) == 1


def test_a_folder_of_images_without_a_manifest(tmp_path):
    import cv2

    for name in ("b.png", "a.png"):
        cv2.imwrite(str(tmp_path / name), np.zeros((20, 60, 3), np.uint8))
    own = calibration.calibration([str(tmp_path)], RECOGNISER)
    assert [item.id.rpartition("/")[2] for item in own.items] == ["a.png", "b.png"]
    assert own.items[0].truth is None and own.sets[0]["items"] == 2
    assert len(calibration.calibration([str(tmp_path)], RECOGNISER, 1).items) == 1
