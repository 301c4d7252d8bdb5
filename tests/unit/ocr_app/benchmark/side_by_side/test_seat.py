"""A seat: a real worker process, opened, asked and closed."""

import cv2
import pytest

from ocr_app.benchmark.observe import warm_up_image
from ocr_app.benchmark.side_by_side.seat import ReaderSeat
from ocr_app.core.errors import ImageError, ReaderUnavailable, UsageError


def test_a_reader_reads_in_a_process_of_its_own(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), warm_up_image("page"))
    with ReaderSeat("codes:v2", 1) as seat:
        seat.warm_up("page", 1)
        assert seat.peak_mb is None
        answer = seat.read(str(tmp_path / "a.png"))
        assert seat.info.reader.startswith("codes:") and seat.peak_mb > 10
        assert answer["lines"] and answer["verdict"] == "read" and "memory_mb" not in answer
        with pytest.raises(ImageError):
            seat.read(str(tmp_path / "gone.png"))


def test_a_process_that_is_gone_is_started_again_for_the_next_image(tmp_path):
    cv2.imwrite(str(tmp_path / "a.png"), warm_up_image("line"))
    with ReaderSeat("codes:v2", 1) as seat:
        seat._child.end()
        assert seat.read(str(tmp_path / "a.png"), "line")["verdict"] == "read"


def test_what_cannot_be_opened_says_why():
    with pytest.raises(UsageError):
        ReaderSeat("no-such-reader", 1)
    with pytest.raises(UsageError):
        ReaderSeat("codes:v0", 1)
    with pytest.raises(ReaderUnavailable):
        ReaderSeat("codes@no-such-environment", 1)
