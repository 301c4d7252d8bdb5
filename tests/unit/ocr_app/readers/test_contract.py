"""What every reader inherits: times, notes, failures, and refusals of what it cannot do."""

import pytest

from ocr_app.core.errors import ImageError, ReaderFailed, UsageError
from ocr_app.core.types import ReaderInfo
from ocr_app.readers.contract import Reader, Timer, failures_of


class Plain(Reader):
    info = ReaderInfo("plain", "plain 1", "cpu", "fp32")
    closed = 0

    def read_line(self, image, timer=None):
        return [image]

    def close(self):
        self.closed += 1


def test_times_of_one_phase_are_added_even_if_it_fails():
    timer = Timer()
    timer.add("detect", 2.0)
    timer.add("detect", 1.5)
    with pytest.raises(ValueError), timer.phase("decode"):
        raise ValueError
    assert timer.ms["detect"] == 3.5 and timer.ms["decode"] >= 0.0


def test_a_note_is_kept_once_in_its_order():
    timer = Timer()
    for reason in ("b", "a", "b"):
        timer.note(reason)
    assert timer.notes == ["b", "a"]


def test_what_a_library_raises_is_a_failure_of_the_reader():
    with pytest.raises(ReaderFailed, match="plain failed: KeyError: 'x'") as caught, failures_of("plain"):
        raise KeyError("x")
    assert isinstance(caught.value.__cause__, KeyError)


def test_errors_of_this_package_pass_unchanged():
    error = ImageError("bad", code="bad-region")
    with pytest.raises(ImageError) as caught, failures_of("plain"):
        raise error
    assert caught.value is error


def test_several_lines_are_read_one_by_one_by_default():
    assert Plain().read_lines([1, 2]) == [[1], [2]]


@pytest.mark.parametrize("method, argument", [("posteriors", None), ("line_posteriors", [])])
def test_a_reader_of_texts_refuses_posteriors(method, argument):
    with pytest.raises(UsageError, match="plain gives texts only"):
        getattr(Plain(), method)(argument)


def test_a_network_that_is_not_there_cannot_be_replaced():
    assert Plain().networks() == {}
    with pytest.raises(UsageError, match="has no network 'detector'") as caught:
        Plain().replace_network("detector", None)
    assert caught.value.expected == "none of its networks can be replaced"


def test_leaving_the_block_closes_the_reader():
    with Plain() as reader:
        assert reader.closed == 0
    assert reader.closed == 1
