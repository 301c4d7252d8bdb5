"""The paddleocr reader around stand-ins of its libraries; the real ones are tried in tests/envs."""

import os
import sys

import numpy as np
import pytest

from ocr_app.core import model_files
from ocr_app.core.errors import DeviceUnavailable, PrecisionUnavailable, ReaderFailed, UsageError
from ocr_app.readers.contract import ReaderOptions, Timer
from ocr_app.readers.paddleocr import reader as paddleocr


class Steps:
    """PaddleOCR's own helpers."""

    def sorted_boxes(self, boxes):
        return sorted(boxes, key=lambda box: box[0][1])

    def get_rotate_crop_image(self, image, quad):
        return image[int(quad[0][1]) : int(quad[2][1])]


class Library:
    __version__ = "2.7.0.2"
    drop_score = 0.5
    boxes = np.array([[[0, 2], [8, 2], [8, 4], [0, 4]], [[0, 0], [8, 0], [8, 2], [0, 2]]], np.float32)
    fails = False

    def PaddleOCR(self, **options):
        self.options = options
        return self

    def text_detector(self, image):
        image[:] = 0
        if self.fails:
            raise RuntimeError("operator not registered")
        return self.boxes, 0.1

    def text_recognizer(self, crops):
        self.crops = [crop.shape for crop in crops]
        return [("line{}".format(i), score) for i, score in zip(range(len(crops)), [0.9, 0.4])], 0.1


class Paddle:
    __version__ = "2.4.2"

    def is_compiled_with_cuda(self):
        return True

    class device:
        class cuda:
            @staticmethod
            def device_count():
                raise OSError("no driver")


@pytest.fixture
def library(monkeypatch, tmp_path):
    library = Library()
    monkeypatch.setattr(paddleocr, "_libraries", lambda: (library, Paddle()))
    monkeypatch.setattr(model_files, "locate", lambda name: os.path.join(str(tmp_path), name))
    monkeypatch.setitem(sys.modules, "tools", type(sys)("tools"))
    monkeypatch.setitem(sys.modules, "tools.infer", type(sys)("tools.infer"))
    monkeypatch.setitem(sys.modules, "tools.infer.predict_system", Steps())
    return library


def test_every_model_folder_is_given_so_that_nothing_is_downloaded(library, tmp_path):
    paddleocr.open_reader(ReaderOptions(threads=3))
    options = library.options
    assert options["det_model_dir"] == options["cls_model_dir"] == str(tmp_path / "paddle-v4-det")
    assert options["rec_model_dir"] == str(tmp_path / "paddle-v4-rec")
    assert (options["use_angle_cls"], options["show_log"], options["cpu_threads"]) == (False, False, 3)
    assert (options["use_gpu"], options["enable_mkldnn"]) == (False, False)


def test_mkldnn_is_a_choice_and_named(library):
    assert paddleocr.open_reader(ReaderOptions(model="v4-mkldnn")).info.engine.endswith("PP-OCRv4-mkldnn")
    assert library.options["enable_mkldnn"] is True


@pytest.mark.parametrize(
    "options, error",
    [
        (ReaderOptions(device="cuda"), DeviceUnavailable),
        (ReaderOptions(device="tpu"), DeviceUnavailable),
        (ReaderOptions(precision="fp16"), PrecisionUnavailable),
        (ReaderOptions(model="v9"), UsageError),
    ],
)
def test_what_cannot_be_had_is_refused(library, options, error):
    with pytest.raises(error):
        paddleocr.open_reader(options)


def test_lines_come_in_its_order_without_those_below_its_score(library, image):
    timer, before = Timer(), image.copy()
    lines = paddleocr.open_reader(ReaderOptions()).read(image, timer)
    assert [(line.text, line.quad[0].tolist()) for line in lines] == [("line0", [0, 0])]
    assert sorted(timer.ms) == ["detect", "recognise"]
    assert np.array_equal(image, before)


def test_grey_images_are_made_three_channels(library, image):
    paddleocr.open_reader(ReaderOptions()).read(image[:, :, 0])
    assert library.crops == [(2, 8, 3), (2, 8, 3)]


def test_lines_are_read_in_one_batch(library, image):
    found = paddleocr.open_reader(ReaderOptions()).read_lines([image, image[:2]])
    assert [[line.text for line in lines] for lines in found] == [["line0"], ["line1"]]
    assert library.crops == [(4, 8, 3), (2, 8, 3)]


@pytest.mark.parametrize("boxes", [None, np.zeros((0, 4, 2)), np.array([])])
def test_nothing_found_is_no_lines(library, image, boxes):
    library.boxes = boxes
    assert paddleocr.open_reader(ReaderOptions()).read(image) == []


def test_what_the_library_raises_is_a_failure_of_the_reader(library, image):
    library.fails = True
    with pytest.raises(ReaderFailed):
        paddleocr.open_reader(ReaderOptions()).read(image)
