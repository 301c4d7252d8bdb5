"""The worker of one reader: it loads, reads and measures in its own process."""

import numpy as np
import pytest

from ocr_app.benchmark.observe import warm_up_image
from ocr_app.benchmark.side_by_side import worker
from ocr_app.core.errors import ReaderFailed
from ocr_app.core.types import ReaderInfo, Reading, TextLine

BOX = np.array([[0, 0], [100, 0], [100, 20], [0, 20]], np.float32)


class Echo:
    info = ReaderInfo("echo", "", "cpu", "fp32")

    def read(self, image, timer):
        return [TextLine("{} x {}".format(*image.shape[:2]), BOX, 0.5)]


@pytest.fixture
def echo(monkeypatch):
    program = worker.TurnsWorker()
    monkeypatch.setattr(worker, "open_here", lambda name, options, engine: Echo())
    options = {"device": "cpu", "precision": "fp32", "threads": 1, "model": None}
    program._open({"reader": "codes", "options": options, "engine": "none"})
    return program


@pytest.fixture
def picture(tmp_path):
    import cv2

    path = str(tmp_path / "a.png")
    cv2.imwrite(path, warm_up_image("page"))
    return path


def test_an_answer_has_lines_times_and_memory(echo, picture):
    answer = echo._read({"path": picture, "layout": "page"})
    assert [line["text"] for line in answer["lines"]] == ["240 x 640"]
    assert answer["ms"] >= 0 and answer["cpu_ms"] >= 0 and answer["memory_mb"]["self"] > 1
    assert answer["error"] is None and answer["code"] is None


def test_an_image_can_be_turned_by_quarters(echo, picture):
    assert echo._read({"path": picture, "layout": "page", "turn": 1})["lines"][0]["text"] == "640 x 240"


def test_nothing_is_read_before_a_reader_is_open(picture):
    with pytest.raises(ReaderFailed):
        worker.TurnsWorker()._read({"path": picture, "layout": "page"})


def test_the_error_of_a_reading_is_part_of_the_answer():
    reading = Reading("a", (), "error", ("hung",), {}, Echo.info, {"code": "hung"})
    assert worker.answer_of(reading, 1.0, 2.0)["error"] == {"code": "hung"}


def test_processor_time_only_grows():
    before = worker.processor_ms()
    assert sum(range(10000)) and worker.processor_ms() >= before
