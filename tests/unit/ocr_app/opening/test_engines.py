"""Readers read with engines in the place of their own networks, which are then gone."""

import gc
import subprocess
import sys
import weakref
from types import SimpleNamespace

import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable, EngineError
from ocr_app.core.types import ReaderInfo
from ocr_app.engines.key import Platform
from ocr_app.networks.contract import Network
from ocr_app.opening import engines
from ocr_app.readers.contract import ReaderOptions
from ocr_app.readers.easyocr.reader import EasyOcrReader
from ocr_app.readers.paddleocr.reader import PaddleOcrReader
from ocr_app.readers.registry import parse_name

PLATFORM = Platform("onnxruntime", "1.10.0", "", "", "x86_64")


class Engine(Network):
    """Answers with its number."""

    inputs, outputs = ("image",), ("marks",)

    def __init__(self, number, threads):
        self.number, self.threads = number, threads

    def infer(self, arrays):
        return {"marks": np.full((1, 2), self.number, np.float32)}


class Own:
    """A network of the framework: it must not be asked, and it must be let go."""

    def run(self):
        raise AssertionError("the framework's own network ran")

    def eval(self):
        return self


def paddle():
    steps = [SimpleNamespace(predictor=Own(), input_tensor=Own(), output_tensors=[Own()]) for _ in range(2)]
    system = SimpleNamespace(text_detector=steps[0], text_recognizer=steps[1], drop_score=0.5)
    return PaddleOcrReader(system, None, ReaderInfo("paddleocr:v4", "PaddleOCR", "cpu", "fp32"))


def easy():
    own = SimpleNamespace(detector=Own(), recognizer=Own())
    return EasyOcrReader(own, ReaderInfo("easyocr:english_g2", "EasyOCR", "cpu", "fp32"))


@pytest.fixture
def world(monkeypatch):
    """Engines "NAME-detector" and "NAME-recogniser", and readers without their frameworks."""
    made = {}

    def open_reader(options):
        made["reader"] = paddle() if made["asked"].startswith("paddle") else easy()
        made["own"] = [weakref.ref(part) for part in networks_of(made["reader"])]
        return made["reader"]

    def spec(name):
        made["asked"] = name
        return name

    monkeypatch.setattr(engines.registry, "spec", spec)
    monkeypatch.setattr(engines.registry, "module_of", lambda spec: SimpleNamespace(open_reader=open_reader))
    target = SimpleNamespace(
        current_platform=lambda: PLATFORM,
        how=lambda: "",
        load=lambda data, own, threads: Engine(len(own.name), threads),
    )
    monkeypatch.setattr(engines.target, "module_of", lambda name: target)
    monkeypatch.setattr(
        engines.selection, "choose", lambda cache, entry, platform, precision: (b"", SimpleNamespace(name=entry.name))
    )
    return made


def networks_of(reader):
    if isinstance(reader, PaddleOcrReader):
        steps = (reader._system.text_detector, reader._system.text_recognizer)
        return [part for step in steps for part in (step.predictor, step.input_tensor, step.output_tensors[0])]
    return [reader._network.detector, reader._network.recognizer]


def opened(name, options=ReaderOptions()):  # noqa: B008
    return engines.open_with_engines(parse_name(name), options, "onnxruntime")


def test_engines_serve_in_the_place_of_paddles_networks(world):
    reader = opened("paddleocr")
    for step, answer in ((reader._system.text_detector, 21.0), (reader._system.text_recognizer, 23.0)):
        step.input_tensor.copy_from_cpu(np.zeros((1, 3), np.float32))
        step.predictor.run()
        assert step.output_tensors[0].copy_to_cpu().tolist() == [[answer, answer]]
    assert reader.info.engine == "onnxruntime 1.10.0: paddleocr-v4-detector, paddleocr-v4-recogniser"


@pytest.mark.parametrize("name", ["paddleocr", "easyocr"])
def test_the_networks_that_engines_replace_are_freed(world, name):
    reader = opened(name)
    gc.collect()
    assert [part() for part in world["own"]] == [None] * len(world["own"])
    assert all(isinstance(network, Engine) for network in reader.networks().values())


def test_engines_take_the_threads_that_were_asked_for(world):
    reader = opened("paddleocr", ReaderOptions(threads=3))
    assert [network.threads for network in reader.networks().values()] == [3, 3]


def test_a_missing_engine_is_told_before_the_reader_is_opened(world, monkeypatch):
    def missing(*asked):
        raise EngineError("no engine", "one", "", "missing")

    monkeypatch.setattr(engines.selection, "choose", missing)
    with pytest.raises(EngineError):
        opened("paddleocr")
    assert "reader" not in world


def test_engines_that_run_on_the_cpu_are_not_taken_for_the_gpus(world):
    with pytest.raises(DeviceUnavailable, match="run on the CPU"):
        opened("paddleocr", ReaderOptions(device="cuda"))


def test_nothing_that_compares_is_loaded_by_what_reads():
    """The twin belongs to verification: a process that reads, with or without engines, does not even import it."""
    code = "import sys, ocr_app.opening, ocr_app.line.reading.program, ocr_app.cli.benchmark.run; "
    code += "print([name for name in sys.modules if name.startswith('ocr_app.verification.twins')])"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, check=True)
    assert done.stdout.strip() == b"[]"


@pytest.mark.parametrize(
    "target, how, shown",
    [("tensorrt", "by tensors", "tensorrt 1.10.0 by tensors: a"), ("onnxruntime", "", "onnxruntime 1.10.0: a")],
)
def test_the_result_says_how_the_library_is_used(target, how, shown):
    assert engines._described(target, PLATFORM, how, "a") == shown
