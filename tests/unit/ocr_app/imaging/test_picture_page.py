"""A page of cards that needs nothing else."""

import numpy as np

from ocr_app.imaging import picture_page


def test_the_page_escapes_texts_and_carries_its_pictures():
    card = picture_page.figure(np.zeros((9, 9, 3), np.uint8), "a<1>", picture_page.heading("wrong", "x & y", "<m>"))
    page = picture_page.page("t < u", "1 < 2", [card], "nothing")
    assert "data:image/jpeg;base64," in page and "http" not in page and "t &lt; u" in page and "1 &lt; 2" in page
    assert 'alt="a&lt;1&gt;"' in page and 'class="wrong">x &amp; y<' in page and "&lt;m&gt;" in page


def test_a_page_without_cards_says_so_and_a_card_may_lack_its_picture():
    assert "<p>all &amp; well</p>" in picture_page.page("t", "", [], "all & well")
    assert "<img" not in picture_page.figure_without_picture("c")


def test_rows_are_a_list_of_texts():
    assert picture_page.bullets([]) == "" and picture_page.bullets(["<a>"]) == "<ul><li>&lt;a&gt;</li></ul>"
