"""The field of a column is the narrowest one that accepts all its texts."""

import pytest

from ocr_app.recipes.teaching.columns import ProposedField, is_date, propose_field, quote


@pytest.mark.parametrize(
    ("column", "yaml", "kind"),
    [
        (["31.12.2024", "01.02.2025"], "date: DD.MM.YYYY", "date"),
        (["04 SEP 20", "14 OCT 21"], "date: DD MMM YY", "date"),
        (["02:05", "22:15"], 'time: "HH:MM"', "time"),
        (["EXP:", "EXP:"], '"EXP:"', "literal"),
        (["20", "07"], "digits: 2", "number"),
        (["L22999", "L23010"], "lot: \"'L'99999\"", "lot"),
        (["A1-B", "C2-D"], 'lot: "A9-A"', "lot"),
        (["A1", "1A"], 'lot: "XX"', "lot"),
        (["A-", "B/"], 'lot: "A[/-]"', "lot"),
        (["1", "123"], "digits: 1-3", "number"),
        (["AB", "ABCD"], "letters: 2-4", "text"),
        (["A1-7", "A1299/71"], 'alphanumeric: 4-8, signs: "-/"', "text"),
    ],
)
def test_the_narrowest_field_of_a_column(column, yaml, kind):
    assert propose_field(column) == ProposedField(yaml, kind)


def test_dates_of_any_pattern_are_dates():
    assert is_date("2020OCT28") and is_date("MMM 2020".replace("MMM", "DEC")) and not is_date("31.02.2024")


def test_quotes_and_backslashes_are_escaped():
    assert quote('a"b\\c') == '"a\\"b\\\\c"'
