"""Pieces neither begin nor end where a neighbour would make them part of more."""

import pytest

from ocr_app.recipes.decoding.free_decoding.borders import find_borders


@pytest.mark.parametrize(
    ("sort", "text", "left", "right"),
    [
        ("letter", "A1", [1, 0, 1], [0, 1, 1]),
        ("digit", "A1", [1, 1, 0], [1, 0, 1]),
        ("alnum", "A1", [1, 0, 0], [0, 0, 1]),
        ("digit", "1/A", [1, 0, 0, 1], [0, 1, 1, 1]),
        ("digit", "A/1", [1, 1, 1, 0], [1, 0, 0, 1]),
        ("letter", "A/1", [1, 0, 1, 1], [0, 1, 1, 1]),
        ("alnum", "", [1], [1]),
    ],
)
def test_where_pieces_may_begin_and_end(sort, text, left, right):
    assert find_borders(text)[sort] == ([bool(each) for each in left], [bool(each) for each in right])
