"""A recorded line at a rate."""

import pytest

from ocr_app.line.sources.contract import CameraLost
from ocr_app.line.sources.replay import ReplaySource


class Clock:
    def __init__(self):
        self.at = 100.0

    def now(self):
        return self.at

    def sleep(self, seconds):
        self.at += seconds


def made(folder, count=3, rate=10.0, repeat=False):
    for number in range(count):
        (folder / "{}.png".format(number)).write_bytes(b"%d" % number)
    (folder / "notes.txt").write_text("no image")
    clock = Clock()
    return ReplaySource(str(folder), rate, repeat, clock.now, clock.sleep), clock


def test_frames_come_in_order_at_the_rate_and_say_when(tmp_path):
    source, _clock = made(tmp_path)
    source.open()
    found = [source.next(1.0) for _ in range(3)]
    assert [(frame.name, frame.data) for frame in found] == [("0.png", b"0"), ("1.png", b"1"), ("2.png", b"2")]
    assert [round(frame.captured, 3) for frame in found] == [100.0, 100.1, 100.2]
    assert source.ended and source.next(0.5) is None


def test_one_that_is_not_due_yet_is_waited_for(tmp_path):
    source, clock = made(tmp_path, rate=1.0)
    source.open()
    assert source.next(0.1) is not None and source.next(0.1) is None
    assert source.next(2.0).name == "1.png" and clock.at == pytest.approx(101.0)


def test_a_line_that_was_held_up_is_not_caught_up_with_in_a_burst(tmp_path):
    source, clock = made(tmp_path, rate=10.0)
    source.open()
    source.next(1.0)
    clock.at += 5.0
    source.next(1.0)
    assert source.next(0.01) is None


def test_it_repeats_and_goes_on_after_it_was_lost(tmp_path):
    source, _ = made(tmp_path, count=2, repeat=True)
    source.open()
    assert [source.next(1.0).name for _ in range(3)] == ["0.png", "1.png", "0.png"] and not source.ended
    (tmp_path / "1.png").unlink()
    with pytest.raises(CameraLost):
        source.next(1.0)
    source.close()
    source.open()
    assert source.next(1.0).name == "0.png"


def test_no_folder_and_no_images_are_a_lost_camera(tmp_path):
    for folder in (tmp_path / "none", tmp_path):
        with pytest.raises(CameraLost):
            ReplaySource(str(folder), 1.0, False).open()
    source, _ = made(tmp_path)
    assert source.check() == "3 images in {}".format(tmp_path)
