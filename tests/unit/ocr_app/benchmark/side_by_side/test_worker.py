"""The worker of one reader: it loads, reads and measures in its own process."""

from pathlib import Path

import numpy as np
import pytest

from ocr_app.benchmark.observe import warm_up_image
from ocr_app.benchmark.side_by_side import worker
from ocr_app.core.errors import ReaderFailed
from ocr_app.core.types import ReaderInfo, Reading, TextLine

BOX = np.array([[0, 0], [100, 0], [100, 20], [0, 20]], np.float32)


ROOT = Path(__file__).resolve().parents[5]


def asked(path, **others):
    return dict({"path": path, "layout": "page", "recipe": None, "gap": None, "box": None, "degrees": 0.0}, **others)


def text_of(answer):
    return answer["lines"][0]["text"]


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
    answer = echo._read(asked(picture))
    assert [line["text"] for line in answer["lines"]] == ["240 x 640"]
    assert answer["ms"] >= 0 and answer["cpu_ms"] >= 0 and answer["memory_mb"]["self"] > 1
    assert answer["error"] is None and answer["code"] is None


def test_an_image_can_be_turned_by_quarters(echo, picture):
    assert text_of(echo._read(asked(picture, degrees=90.0))) == "640 x 240"


def test_a_tilted_image_keeps_all_of_itself(echo, picture):
    assert text_of(echo._read(asked(picture, degrees=45.0))) == "623 x 623"


def test_a_box_is_cut_before_the_image_is_turned(echo, picture):
    assert text_of(echo._read(asked(picture, box=[10, 20, 100, 50], degrees=90.0))) == "100 x 50"


def test_turning_is_to_the_left():
    image = np.zeros((100, 100), np.uint8)
    image[40:60, 80:] = 255  # on the right
    assert worker.turned(image, 90)[:20, 40:60].all() and worker.turned(image, 60)[:40].mean() > 5


def test_a_recipe_can_be_asked_for_with_another_lead(echo):
    path = str(ROOT / "recipes" / "dates.yaml")
    assert echo._request(path, None).recipe.tolerances.gap == 2.5
    assert echo._request(path, 0.0).recipe.tolerances.gap == 0.0
    assert echo._request(None, None) is None


def test_nothing_is_read_before_a_reader_is_open(picture):
    with pytest.raises(ReaderFailed):
        worker.TurnsWorker()._read(asked(picture))


def test_the_error_of_a_reading_is_part_of_the_answer():
    reading = Reading("a", (), "error", ("hung",), {}, Echo.info, {"code": "hung"})
    assert worker.answer_of(reading, 1.0, 2.0)["error"] == {"code": "hung"}


def test_processor_time_only_grows():
    before = worker.processor_ms()
    assert sum(range(10000)) and worker.processor_ms() >= before
