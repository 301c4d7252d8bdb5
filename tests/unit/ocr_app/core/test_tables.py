"""Tables and numbers for a terminal."""

import pytest

from ocr_app.core.tables import milliseconds, percent, table


def test_the_first_column_is_aligned_left_and_the_others_right():
    assert table(("name", "ms"), [["a", "1.5"], ["longer", "10"]]).splitlines() == [
        "name     ms",
        "------  ---",
        "a       1.5",
        "longer   10",
    ]


def test_a_table_without_rows_has_its_head():
    assert table(("name", "ms"), []) == "name  ms\n----  --"


def test_no_line_ends_in_blanks():
    assert all(line == line.rstrip() for line in table(("a",), [["b "], ["long"]]).splitlines())


@pytest.mark.parametrize("share, text", [(None, "-"), (0.0, "0.0 %"), (0.1234, "12.3 %"), (1.0, "100.0 %")])
def test_a_share_in_percent(share, text):
    assert percent(share) == text


@pytest.mark.parametrize(
    "value, text", [(None, "-"), (0.12345, "0.123"), (9.876, "9.88"), (99.4, "99.4"), (100.0, "100"), (1234.5, "1234")]
)
def test_a_time_in_milliseconds(value, text):
    assert milliseconds(value) == text
