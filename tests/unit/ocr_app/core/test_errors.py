"""Messages and exit codes are part of what users rely on."""

import pytest

from ocr_app.core import errors


def test_message_says_found_expected_next():
    error = errors.UsageError("found this", "that", "do so")
    assert str(error) == "found this\n  expected: that\n  next: do so"
    assert str(errors.UsageError("only this")) == "only this"


def test_each_kind_has_its_own_exit_code():
    codes = [cls.exit_code for cls in errors.ERRORS]
    assert len(set(codes)) == len(codes) and not {0, 1} & set(codes)


@pytest.mark.parametrize("cls", errors.ERRORS)
def test_json_round_trip(cls):
    error = errors.from_json(cls("found", "expected", "next").to_json())
    assert type(error) is cls
    assert (error.found, error.expected, error.next_step) == ("found", "expected", "next")


def test_code_of_an_image_error_survives():
    assert errors.from_json(errors.ImageError("x", code="animated").to_json()).code == "animated"


def test_unknown_kind_becomes_reader_failed():
    assert isinstance(errors.from_json({"type": "Strange", "found": "x"}), errors.ReaderFailed)
