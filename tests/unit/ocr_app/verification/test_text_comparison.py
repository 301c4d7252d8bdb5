"""Texts compared without white space."""

from ocr_app.verification import text_comparison


def test_white_space_is_no_change_and_rates_are_of_what_is_known():
    assert text_comparison.same("EXP 01.24", "EXP01.24") and not text_comparison.same("01.24", "01.25")
    assert text_comparison.cer(["AB", "XX"], ["AC", None]) == 50.0
    assert text_comparison.cer(["AB"], [None]) is None
    assert text_comparison.exact(["A B", "C"], ["AB", "D"]) == 1
