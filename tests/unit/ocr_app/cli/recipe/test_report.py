"""The report of `recipe test` is one page that shows each code to look at with its reasons."""

import numpy as np
import pytest

from ocr_app.cli.recipe.report import Card, write_report
from ocr_app.core.errors import UsageError
from ocr_app.core.types import ReaderInfo, Reading


def test_the_page_needs_nothing_else_and_escapes_texts(tmp_path):
    reading = Reading("a", (), "no-read", (), {}, ReaderInfo("x", "x 1", "cpu", "fp32"))
    card = Card("good code rejected", "a<1>", np.zeros((9, 9, 3), np.uint8), reading, "<b>", ["Character 1 & 2."])
    write_report(str(tmp_path / "r.html"), "x on y", "1 < 2", [card])
    page = (tmp_path / "r.html").read_text()
    assert "data:image/jpeg;base64," in page and "http" not in page
    assert "<code>&lt;b&gt;</code>" in page and "<li>Character 1 &amp; 2.</li>" in page and "1 &lt; 2" in page
    assert 'class="rejected"' in page and "(nothing)" in page


def test_a_page_without_cards_says_that_all_is_well(tmp_path):
    write_report(str(tmp_path / "r.html"), "x", "", [])
    assert "Every code passes" in (tmp_path / "r.html").read_text()
    with pytest.raises(UsageError, match="No such file"):
        write_report(str(tmp_path / "absent" / "r.html"), "x", "", [])
