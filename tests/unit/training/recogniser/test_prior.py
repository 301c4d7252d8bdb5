"""The measurement of the prior tells lines that hold a piece of the grammar from those that hold none."""

import pytest

from training.recogniser.prior import holds_piece


@pytest.mark.parametrize("text", ["06/11/2022", "A24 H05:29", "LOT 5512", "XX 04SEP20", "25|11|21"])
def test_dates_times_and_keywords_are_pieces(text):
    assert holds_piece(text)


@pytest.mark.parametrize("text", ["", "A24364975 30", "31.13.2021X", "25:61", "XQ-7"])
def test_other_text_holds_none(text):
    assert not holds_piece(text)
