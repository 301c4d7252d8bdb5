"""Queries, tables, zips."""

import csv
import io
import json
import time
import zipfile

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.line.journal import database, history
from ocr_app.line.journal.history import HistoryQuery


@pytest.fixture
def folder(open_journal, make_row, tmp_path):
    journal = open_journal()
    journal.decide(make_row(1, "pass", text="A1", values={"lot": "7", "best": "08/2024"}, decided=1.25))
    journal.decide(make_row(2, "fail", text="=cmd|'/c calc'!A1", reasons=("no-frame",), wall=5000.0))
    (tmp_path / "journal" / "pictures" / "reject").mkdir(parents=True)
    (tmp_path / "journal" / "pictures" / "reject" / "2-fail.jpg").write_bytes(b"\xff\xd8")
    journal.set_picture(2, "pictures/reject/2-fail.jpg")
    journal.begin(make_row(3))
    return str(tmp_path / "journal")


def numbers(folder, **query):
    return [row.number for row in history.find(folder, HistoryQuery(**query))]


def test_what_is_asked_for(folder):
    assert numbers(folder) == [1, 2, 3]
    assert numbers(folder, since=1002.0) == [2, 3] and numbers(folder, until=1002.0) == [1]
    assert numbers(folder, verdicts=("pass", "hold")) == [1] and numbers(folder, ids=("b-0-2", "x' OR 1=1")) == [2]


def test_a_table_runs_nothing_in_a_spreadsheet(folder):
    stream = io.StringIO()
    assert history.write_csv(history.find(folder, HistoryQuery()), stream) == 3
    table = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert table[0]["values"] == "best=08/2024 lot=7" and table[0]["milliseconds"] == "250.0"
    assert table[0]["time"] == "1970-01-01T00:16:41.000Z" and table[2]["verdict"] == ""
    assert table[1]["text"] == "'=cmd|'/c calc'!A1" and table[1]["reasons"] == "no-frame"


def test_json_lines(folder):
    stream = io.StringIO()
    assert history.write_json_lines(history.find(folder, HistoryQuery(verdicts=("pass",))), stream) == 1
    record = json.loads(stream.getvalue())
    assert (record["id"], record["values"], record["clock_trusted"]) == ("b-0-1", {"lot": "7", "best": "08/2024"}, True)


def test_a_zip_holds_the_pictures_that_are_still_there(folder, tmp_path):
    path = str(tmp_path / "out.zip")
    assert history.write_zip(history.find(folder, HistoryQuery()), folder, path) == {"parts": 3, "pictures": 1}
    with zipfile.ZipFile(path) as archive:
        assert sorted(archive.namelist()) == ["b-0-2.jpg", "parts.jsonl"] and archive.read("b-0-2.jpg") == b"\xff\xd8"
        assert len(archive.read("parts.jsonl").splitlines()) == 3
    with pytest.raises(UsageError, match="exists"):
        history.write_zip(iter(()), folder, path)


def test_times():
    assert history.moment_of("90min", 10000.0) == 4600.0 and history.moment_of("2d", 200000.0) == 27200.0
    assert history.moment_of("2026-03-01T06:00", 0.0) == time.mktime((2026, 3, 1, 6, 0, 0, 0, 0, -1))
    for text in ("", "8", "tomorrow", "-8h", "2026-13-01"):
        with pytest.raises(UsageError, match="is not a time"):
            history.moment_of(text, 0.0)


def test_no_journal_and_a_torn_one_are_said(tmp_path):
    with pytest.raises(UsageError, match="no journal"):
        list(history.find(str(tmp_path), HistoryQuery()))
    (tmp_path / database.FILE).write_bytes(b"nothing" * 500)
    with pytest.raises(UsageError, match="cannot be read"):
        list(history.find(str(tmp_path), HistoryQuery()))
