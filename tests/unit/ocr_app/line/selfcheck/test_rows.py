"""Rows of the self-check."""

from ocr_app.core.errors import ModelError
from ocr_app.line.selfcheck.rows import FAILED, OK, UNSEEN, Row, attempt, compared, failed


def test_the_next_step_is_for_rows_that_failed():
    assert compared("a", True, "x", "x", "do this") == Row("a", OK, "x", "x", "")
    assert compared("a", False, "y", "x", "do this") == Row("a", FAILED, "y", "x", "do this")


def test_an_error_is_a_row_that_failed():
    def look():
        raise ModelError("another file", "", "./inv models")

    assert attempt("a", "the file", look) == Row("a", FAILED, "another file", "the file", "./inv models")
    assert attempt("a", "the file", lambda: 7) == Row("a", OK, "7", "the file")


def test_what_was_not_checked_has_not_failed():
    rows = [Row("a", OK, ""), Row("b", FAILED, ""), Row("c", UNSEEN, "")]
    assert failed(rows) == [rows[1]]


def test_a_row_as_json():
    assert Row("a", OK, "x").to_json() == {"check": "a", "status": "ok", "found": "x", "expected": "", "next_step": ""}
