"""Readers of another framework read by engines too: their own networks then never run."""

from types import SimpleNamespace

import numpy as np
import pytest

from ocr_app.core.errors import EngineError, UsageError
from ocr_app.core.types import ReaderInfo
from ocr_app.engines import selection
from ocr_app.engines.cache import Cache
from ocr_app.engines.key import Platform
from ocr_app.networks.contract import Network
from ocr_app.readers.contract import Reader
from ocr_app.readers.registry import parse_name

PLACE = Platform("onnxruntime", "1.10.0", "", "", "x86_64")


class Engine(Network):
    """Answers with its number."""

    inputs, outputs = ("image",), ("marks",)

    def __init__(self, number):
        self.number = number

    def infer(self, arrays):
        return {"marks": np.full((1, 2), self.number, np.float32)}


def step():
    """A step of PaddleOCR: its predictor must not be asked."""

    def run():
        raise AssertionError("the framework's own network ran")

    return SimpleNamespace(predictor=SimpleNamespace(run=run), input_tensor=None, output_tensors=[None])


class Paddle(Reader):
    """As much of the reader as a twin goes into."""

    def __init__(self):
        self._system = SimpleNamespace(text_detector=step(), text_recognizer=step())
        self.info = ReaderInfo("paddleocr:v4", "PaddleOCR", "cpu", "fp32")


def answer_of(own):
    own.input_tensor.copy_from_cpu(np.zeros((1, 3), np.float32))
    own.predictor.run()
    return own.output_tensors[0].copy_to_cpu().tolist()


@pytest.fixture
def world(monkeypatch):
    """Engines "paddleocr-v4-detector" and "-recogniser", and a reader without a framework."""
    reader = Paddle()
    monkeypatch.setattr(
        selection.registry, "module_of", lambda spec: SimpleNamespace(open_reader=lambda options: reader)
    )
    module = SimpleNamespace(place=lambda: PLACE, load=lambda data, own: Engine(len(own.name)))
    monkeypatch.setattr(selection.target, "module_of", lambda name: module)
    monkeypatch.setattr(
        selection, "choose", lambda cache, entry, place, precision: (b"", SimpleNamespace(name=entry.name))
    )
    return reader


def test_engines_serve_in_the_place_of_another_frameworks_networks(world, tmp_path):
    reader = selection.open_reader(Cache(str(tmp_path)), parse_name("paddleocr"), "onnxruntime", "fp32", 1)
    assert answer_of(reader._system.text_detector) == [[21.0, 21.0]]
    assert answer_of(reader._system.text_recognizer) == [[23.0, 23.0]]
    assert reader.info.engine == "onnxruntime 1.10.0: paddleocr-v4-detector, paddleocr-v4-recogniser"


def test_a_missing_engine_is_told_before_the_reader_is_opened(world, tmp_path, monkeypatch):
    def missing(*asked):
        raise EngineError("no engine", "one", "", "missing")

    monkeypatch.setattr(selection, "choose", missing)
    monkeypatch.setattr(selection, "_opened", lambda *asked: pytest.fail("opened"))
    with pytest.raises(EngineError):
        selection.open_reader(Cache(str(tmp_path)), parse_name("paddleocr"), "onnxruntime", "fp32", 1)


def test_a_reader_in_a_process_of_its_own_takes_no_engines(world, tmp_path):
    with pytest.raises(UsageError, match="takes no engines"):
        selection.open_reader(Cache(str(tmp_path)), parse_name("paddleocr@py37-paddle"), "onnxruntime", "fp32", 1)
