"""The search for the layers that must stay in FP32."""

import pytest
from gate_networks import OVERFLOWS

from ocr_app.core import model_files
from ocr_app.networks import half, onnx_model
from ocr_app.verification import calibration, subjects
from ocr_app.verification.calibration_reader import CalibrationReader
from ocr_app.verification.gate import rounding
from ocr_app.verification.gate.rounding import SUMS, TENSORS
from ocr_app.verification.gate.search import Search, TrialsExhausted, find
from tests.conftest import absent


def test_every_accepted_set_was_read_in_full(subject, crops):
    """The search may try what it likes; what it hands back is read again here, item by item."""
    reader = CalibrationReader(subject(OVERFLOWS), crops.items)
    model = onnx_model.load(reader.subject.path)
    search = Search(reader, model, reader.texts(), 20, lambda message: None)
    result = find(search)
    assert result.complete and result.kept == {"big", "scaled"}
    assert search.changed(result.kept, TENSORS) == []
    assert [index for index, _ in search.changed(frozenset({"big"}), TENSORS)] == [0, 1, 2]


def test_what_the_thesis_ran_into_is_caught():
    """PP-OCRv4's detector: sums of its squeeze-and-excitation blocks pass what a half holds, and no line is found."""
    if model_files.missing(["ppocr-v4-mobile-det.onnx", "ppocr-v4-mobile-rec.onnx"]):
        absent("PP-OCRv4", "./inv models")
    subject = subjects.subject_of("ppocr-v4-mobile-det.onnx")
    given = calibration.calibration(["data/nano-codes-100"], subject.role, 1)
    reader, model = CalibrationReader(subject, given.items), onnx_model.load(subject.path)
    (reference,) = reader.texts()
    means = [node.outputs[0] for node in rounding.judged_nodes(model) if node.op in half.MEANS]
    search = Search(reader, model, [reference], 1, lambda message: None)
    assert reference.strip()
    ((_, read),) = search.changed(frozenset(), SUMS)
    assert read.strip() == ""
    assert search.changed(frozenset(means), SUMS) == []


def test_a_search_stops_when_its_trials_are_used_up(subject, crops):
    reader = CalibrationReader(subject(OVERFLOWS), crops.items)
    search = Search(reader, onnx_model.load(reader.subject.path), reader.texts(), 0, lambda message: None)
    with pytest.raises(TrialsExhausted):
        search.keeps_texts(frozenset())
    result = find(search)
    assert (result.kept, result.complete, result.trials) == (None, False, 0)
