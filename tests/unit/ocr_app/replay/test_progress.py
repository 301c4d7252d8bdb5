"""Exact numbers, and a rate of the last minute."""

import io

import pytest

from ocr_app.replay.progress import ProgressLine, ReplayProgress, duration


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_numbers_are_exact_and_earlier_rows_do_not_count_for_the_rate():
    clock = [0.0]
    progress = ReplayProgress(200, 100, now=lambda: clock[0])
    assert progress.line() == "100 of 200 pictures (50.0 %), 100 left" and progress.rate() is None
    clock[0] = 10.0
    progress.count(120)
    assert (progress.left, progress.rate(), progress.seconds()) == (80, 2.0, 10.0)
    assert progress.line() == "120 of 200 pictures (60.0 %), 80 left, 2 a second, 40 s left"


def test_the_rate_is_that_of_the_last_minute():
    clock = [0.0]
    progress = ReplayProgress(10000, 0, now=lambda: clock[0])
    for second in range(1, 200):
        clock[0] = float(second)
        progress.count(second if second <= 100 else 100 + 3 * (second - 100))
    assert progress.rate() == pytest.approx(3.0)


def test_the_end_and_nothing_at_all():
    assert ReplayProgress(0, 0).line() == "0 of 0 pictures (100.0 %), 0 left"
    assert ReplayProgress(5, 5).line() == "5 of 5 pictures (100.0 %), 0 left"


@pytest.mark.parametrize(
    "seconds, text", [(0.4, "0 s"), (89, "89 s"), (600, "10 min"), (7500, "2 h 5 min"), (260000, "3 d 0 h")]
)
def test_durations(seconds, text):
    assert duration(seconds) == text


@pytest.mark.parametrize("stream, every, expected", [(io.StringIO(), 30.0, "\n"), (Terminal(), 1.0, "\r\x1b[K")])
def test_a_terminal_is_written_in_place_and_a_file_twice_a_minute(stream, every, expected):
    clock = [0.0]
    progress = ReplayProgress(9, 0, now=lambda: clock[0])
    shown = ProgressLine(progress, stream)
    shown.show()
    shown.show()
    assert stream.getvalue().count(" of 9 ") == 1 and expected in stream.getvalue()
    clock[0] = every
    shown.show()
    shown.show(is_last=True)
    assert stream.getvalue().count(" of 9 ") == 3 and stream.getvalue().endswith("\n")
