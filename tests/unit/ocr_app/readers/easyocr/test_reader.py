"""The easyocr reader around stand-ins of easyocr and torch; the real ones are tried in tests/envs."""

import os

import numpy as np
import pytest

from ocr_app.core import model_files
from ocr_app.core.errors import DeviceUnavailable, ModelError, PrecisionUnavailable, ReaderFailed, UsageError
from ocr_app.readers.contract import ReaderOptions, Timer
from ocr_app.readers.easyocr import reader as easyocr


class Net:
    def __init__(self, parts=()):
        self.training = True
        self._parts = parts

    def eval(self):
        self.training = False

    def modules(self):
        return self._parts


Quantized = type("Quantized", (), {"__module__": "torch.ao.nn.quantized.dynamic"})


class Torch:
    __version__ = "1.10.1"

    def __init__(self, cuda=False):
        self.threads = None
        self.cuda = type("cuda", (), {"is_available": staticmethod(lambda: cuda)})

    def set_num_threads(self, threads):
        self.threads = threads


class Library:
    """``Reader`` as EasyOCR's: boxes of two lines and what it was given."""

    __version__ = "1.6.2"
    quantizes = True

    def Reader(self, languages, **options):
        self.options = options
        self.detector = Net()
        self.recognizer = Net([Quantized()] if options["quantize"] and self.quantizes else [object()])
        return self

    def detect(self, image, reformat):
        self.seen = image.copy()
        image[:] = 0
        return [[[0, 8, 4, 8]]], [[[[0, 0], [8, 0], [8, 3], [0, 3]]]]

    def recognize(self, grey, upright, slanted, reformat):
        assert grey.ndim == 2
        if self.fails:
            raise ValueError("weights of another shape")
        boxes = [[[b[0], b[2]], [b[1], b[2]], [b[1], b[3]], [b[0], b[3]]] for b in upright] + slanted
        return [(box, text, score) for box, text, score in zip(boxes, self.texts, [0.5, float("nan"), 2.0])]

    fails = False
    texts = ["second", "first", "third"]


@pytest.fixture
def library(monkeypatch, tmp_path):
    library, torch = Library(), Torch()
    library.torch = torch
    monkeypatch.setattr(easyocr, "_libraries", lambda: (library, torch))
    monkeypatch.setattr(model_files, "locate", lambda name: os.path.join(str(tmp_path), name))
    return library


def test_the_weights_are_ours_and_nothing_is_downloaded(library, tmp_path):
    easyocr.open_reader(ReaderOptions(threads=3))
    assert library.options["model_storage_directory"] == str(tmp_path)
    assert library.options["user_network_directory"] == str(tmp_path)
    assert library.options["download_enabled"] is False
    assert library.torch.threads == 3


def test_both_networks_are_in_evaluation_mode_from_the_start(library):
    easyocr.open_reader(ReaderOptions())
    assert (library.detector.training, library.recognizer.training) == (False, False)


def test_quantization_is_a_choice_and_named(library):
    assert "CRAFT + english_g2" in easyocr.open_reader(ReaderOptions()).info.engine
    assert library.options["quantize"] is False
    assert "quantized to int8" in easyocr.open_reader(ReaderOptions(model="quantized")).info.engine
    assert library.options["quantize"] is True


def test_quantization_that_failed_in_silence_is_refused(library):
    library.quantizes = False
    with pytest.raises(PrecisionUnavailable):
        easyocr.open_reader(ReaderOptions(model="quantized"))


@pytest.mark.parametrize(
    "options, error",
    [
        (ReaderOptions(device="cuda"), DeviceUnavailable),
        (ReaderOptions(device="tpu"), DeviceUnavailable),
        (ReaderOptions(precision="fp16"), PrecisionUnavailable),
        (ReaderOptions(model="tiny"), UsageError),
    ],
)
def test_what_cannot_be_had_is_refused(library, options, error):
    with pytest.raises(error):
        easyocr.open_reader(options)


def test_lines_come_in_reading_order_with_times_of_both_phases(library, image):
    timer, before = Timer(), image.copy()
    lines = easyocr.open_reader(ReaderOptions()).read(image, timer)
    assert [(line.text, line.confidence) for line in lines] == [("first", 0.0), ("second", 0.5)]
    assert sorted(timer.ms) == ["detect", "recognise"]
    assert np.array_equal(library.seen, before[:, :, ::-1])  # RGB, as EasyOCR loads files
    assert np.array_equal(image, before)


def test_one_line_is_the_whole_image(library, image):
    lines = easyocr.open_reader(ReaderOptions()).read_line(image[:, :, 0])
    assert [line.text for line in lines] == ["second"]
    assert lines[0].quad.tolist() == [[0, 0], [8, 0], [8, 4], [0, 4]]


def test_an_empty_line_is_no_line(library, image):
    library.texts = [" "]
    assert easyocr.open_reader(ReaderOptions()).read_line(image) == []


def test_what_the_library_raises_is_a_failure_of_the_reader(library, image):
    library.fails = True
    with pytest.raises(ReaderFailed) as caught:
        easyocr.open_reader(ReaderOptions()).read(image)
    assert "weights of another shape" in caught.value.found


def test_the_probe_names_missing_weights_and_the_next_step(library, monkeypatch):
    assert easyocr.probe().problem is None

    def missing(name):
        raise ModelError(name + " is not there", "", "./inv models")

    monkeypatch.setattr(model_files, "locate", missing)
    probe = easyocr.probe()
    assert (probe.problem, probe.next_step) == ("craft_mlt_25k.pth is not there", "./inv models")
