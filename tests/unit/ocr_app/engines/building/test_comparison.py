"""An engine compared with its model."""

import numpy as np
import pytest

from ocr_app.core.errors import BuildError
from ocr_app.engines.building import comparison
from ocr_app.engines.building.comparison import EngineCheck, ObservedNetwork
from ocr_app.engines.building.jobs import BuildJob
from ocr_app.export import network_specs
from ocr_app.networks.contract import Network
from ocr_app.verification.calibration import CalibrationItem


def test_an_engine_is_compared_as_the_gate_compares():
    """White space is not a change there, so it is not one here; a digit is."""
    observed = ObservedNetwork(Network())
    result = comparison.check(["EXP 01.24", "LOT 7"], ["EXP01.24", "LOT 1"], observed)
    assert (result.samples, result.changed) == (2, [1])


class Constant(Network):
    """Answers every input with one array."""

    def __init__(self, answer):
        self.inputs, self.outputs, self.metadata = ("image",), ("logits",), {}
        self.answer = np.asarray(answer, np.float32)

    def infer(self, arrays):
        return {"logits": self.answer}


def observe(answer, expected):
    observed = ObservedNetwork(Constant(answer), Constant(expected))
    observed.infer_one(np.zeros((1, 1, 32, 40), np.float32))
    return observed


def test_shapes_and_the_largest_difference_are_kept():
    observed = observe([1.0, 2.0], [1.0, 2.5])
    assert observed.shapes == [(1, 1, 32, 40)] and observed.largest_error == 0.5
    assert observe([np.nan], [0.0]).largest_error == float(np.finfo(np.float32).max), "not lost, and still JSON"


def test_an_answer_of_another_shape_refuses_the_engine():
    with pytest.raises(BuildError) as caught:
        observe([1.0], [1.0, 2.0])
    assert caught.value.code == "unfit" and "(1,)" in caught.value.found


def test_texts_that_changed_are_quoted():
    job = BuildJob(network_specs.networks()["codes-recogniser"], "m.onnx", "ab" * 32, "fp16", None)
    items = [CalibrationItem(str(number), np.zeros((1, 1), np.uint8), None) for number in range(2)]
    comparison.refuse_changes(job, EngineCheck(2, [], 0.0), items, ["a", "b"], ["a", "b"])
    with pytest.raises(BuildError) as caught:
        comparison.refuse_changes(job, EngineCheck(2, [1], 0.0), items, ["a", "b"], ["a", "c"])
    assert caught.value.code == "text-changed" and "1 of 2" in caught.value.found
    assert "1: 'b' became 'c'" in caught.value.found


def test_the_fingerprint_depends_on_names_and_pixels_but_not_on_folders():
    image = np.arange(6, dtype=np.uint8).reshape(2, 3)
    one = [CalibrationItem("here/a.png", image, None)]
    assert comparison.fingerprint(one) == comparison.fingerprint([CalibrationItem("there/a.png", image, "x")])
    assert comparison.fingerprint(one) != comparison.fingerprint([CalibrationItem("b.png", image, None)])
    assert comparison.fingerprint(one) != comparison.fingerprint([CalibrationItem("a.png", image.reshape(3, 2), None)])
