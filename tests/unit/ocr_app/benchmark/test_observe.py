"""Reading a data set pass by pass."""

import pytest

from ocr_app.benchmark.observe import observe, warm_up, warm_up_image
from ocr_app.core.errors import ReaderFailed
from ocr_app.core.types import ReaderInfo, Reading

INFO = ReaderInfo("scripted", "scripted 1", "cpu", "fp32")
READING = Reading("", (), "no-read", (), {"total": 5.0}, INFO)
FAILED = READING._replace(verdict="error", error=ReaderFailed("no model").to_json())


def test_warm_up_pictures_are_drawn_for_each_layout():
    page, line = warm_up_image("page"), warm_up_image("line")
    assert (page.shape, line.shape) == ((240, 640, 3), (48, 320, 3))
    assert page.dtype == line.dtype == "uint8" and page.min() < 100 < page.max()


def test_an_error_in_the_warm_up_is_raised():
    calls = []

    def read(image, name, layout):
        calls.append((name, layout))
        return READING

    warm_up(read, warm_up_image("line"), "line", 3)
    assert calls == [("warm-up", "line")] * 3
    with pytest.raises(ReaderFailed, match="no model"):
        warm_up(lambda *arguments: FAILED, warm_up_image("line"), "line", 1)


def test_every_pass_reads_every_image_in_turn_and_reports_progress(dataset):
    read, progress = [], []

    def read_it(image, name, layout):
        read.append(name)
        return READING

    seen = observe(dataset, read_it, "box", 2, lambda done, total, name: progress.append((done, total, name)))
    names = [sample.id for sample in dataset.samples]
    assert read == names * 2
    assert progress[0] == (0, 6, names[0]) and progress[-1] == (6, 6, "")
    assert [len(each.timings) for each in seen] == [2, 2, 2] and all(each.stable for each in seen)


def test_one_failed_repeat_makes_the_image_an_error(dataset):
    answers = iter([READING, READING, READING, READING, FAILED, READING])
    seen = observe(dataset, lambda *arguments: next(answers), "box", 2, lambda *progress: None)
    assert [each.error and each.error["found"] for each in seen] == [None, "no model", None]
    assert [len(each.timings) for each in seen] == [2, 1, 2] and seen[1].verdict == "error"
