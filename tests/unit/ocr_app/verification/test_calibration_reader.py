"""Calibration images read with one network replaced."""

import numpy as np
import pytest

from ocr_app.core.errors import ReaderFailed
from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.imaging.geometry import box_quad
from ocr_app.networks.contract import Network
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import parse_name
from ocr_app.verification import calibration_reader
from ocr_app.verification.calibration import CalibrationItem
from ocr_app.verification.calibration_reader import UNREADABLE, CalibrationReader
from ocr_app.verification.subjects import DETECTOR, RECOGNISER, Subject

IMAGE = np.zeros((40, 100), np.uint8)
UPPER, LOWER = box_quad(0, 0, 100, 20), box_quad(0, 20, 100, 20)


class OneFramework(Reader):
    """A reader of another framework: reads what its network is called, above "LOT"; fails when that is empty."""

    def __init__(self):
        self.info = ReaderInfo("one", "one 1", "cpu", "fp32")
        self.network, self.closed, self.replaced = "own", False, []

    def replace_network(self, role, network):
        self.network = network.metadata["name"]
        self.replaced.append(role)

    def read(self, image, timer=None):
        return [TextLine(self.read_line(image)[0].text, UPPER, 0.9), TextLine("LOT", LOWER, 0.9)]

    def read_line(self, image, timer=None):
        if not self.network:
            raise ReaderFailed("no network")
        return [TextLine(self.network, UPPER, 0.9)]

    def close(self):
        self.closed = True


class Named(Network):
    inputs, outputs = ("image",), ("logits",)

    def __init__(self, name):
        self.metadata = {"name": name}


@pytest.fixture
def framework(monkeypatch):
    """The reader that is opened, whatever its name."""
    reader = OneFramework()
    module = type("Module", (), {"open_reader": staticmethod(lambda options: reader)})
    monkeypatch.setattr(calibration_reader.registry, "module_of", lambda spec: module)
    return reader


def reader_of(role, items):
    subject = Subject("made.onnx", parse_name("easyocr"), role, "made.onnx", object())
    return CalibrationReader(subject, items)


def test_the_network_of_another_framework_is_replaced_and_its_reader_closed(framework):
    reader = reader_of(RECOGNISER, [CalibrationItem("1", IMAGE, None), CalibrationItem("2", IMAGE, None)])
    assert reader.texts(Named("A")) == ["A", "A"] and reader.texts(Named("B"), [1]) == ["B"]
    assert framework.replaced == [RECOGNISER, RECOGNISER]
    reader.close()
    assert framework.closed


def test_a_detector_is_judged_on_the_labelled_lines_where_there_are_any(framework):
    items = [CalibrationItem("all", IMAGE, None), CalibrationItem("lower", IMAGE, None, (LOWER,))]
    assert reader_of(DETECTOR, items).texts(Named("A")) == ["A\nLOT", "LOT"]


def test_an_image_on_which_the_reader_fails_has_a_text_of_its_own(framework):
    assert reader_of(RECOGNISER, [CalibrationItem("1", IMAGE, None)]).texts(Named("")) == [UNREADABLE]


def test_our_own_reader_reads_with_the_file_itself_or_with_another_network(code_models, saved):
    pytest.importorskip("onnxruntime")
    from ocr_app.core import model_files
    from ocr_app.networks.onnx_runtime import OnnxNetwork

    path = model_files.packaged(code_models["recogniser"])
    image = np.full((32, 200), 200, np.uint8)
    image[8:24, 20:180:12] = 40
    reader = CalibrationReader(Subject(path, parse_name("codes"), RECOGNISER, path), [CalibrationItem("1", image, "")])
    assert reader.texts() == reader.texts(OnnxNetwork(path, "cpu", 1))
