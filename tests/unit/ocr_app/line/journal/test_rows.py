"""A part as columns and back."""

import pytest

from ocr_app.line.journal import rows


def test_a_row_survives_its_columns(make_row):
    row = make_row(
        7, "no-read", text="08/2024 é", reasons=("a", "b:c"), values={"lot": "1"}, witnesses={"needed": 2},
        timings={"total": 1.5}, captured=None, picture="pictures/reject/7.png",
    )  # fmt: skip
    assert rows.from_columns(rows.to_columns(row)) == row
    assert len(rows.to_columns(row)) == rows.COLUMNS.count(",") + 1


def test_a_torn_row_is_an_error(make_row):
    values = rows.to_columns(make_row(1))
    values[rows.PartRow._fields.index("reasons")] = "[{"
    with pytest.raises(ValueError):
        rows.from_columns(values)


def test_only_pass_passes(make_row):
    assert [make_row(1, verdict).passed for verdict in rows.VERDICTS + (None,)] == [True, False, False, False, False]


def test_json_has_no_nulls_where_objects_belong(make_row):
    record = rows.to_json(make_row(1))
    assert (record["values"], record["witnesses"], record["timings"], record["reasons"]) == ({}, {}, {}, [])
