"""Actions of people and remarks about parts, in tables of their own."""

import sqlite3

import pytest

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal import database, rows
from ocr_app.line.journal import journal as journals
from ocr_app.line.journal.beside import JournalBeside
from ocr_app.line.journal.journal import PartJournal


@pytest.fixture
def journal(tmp_path):
    made = PartJournal(str(tmp_path), ServiceStatus())
    yield made
    made.close()


def asked(tmp_path, query):
    connection = database.open_for_reading(str(tmp_path))
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_actions_are_numbered_and_long_texts_are_cut(journal, tmp_path):
    beside = JournalBeside(journal, lambda: 12.5)
    assert beside.record_action("anna", "operator", "::1", "sign-in") and beside.record_action("x" * 9999, "", "", "a")
    found = asked(tmp_path, "SELECT number, wall, user, action, length(user) FROM actions ORDER BY number")
    assert found[0] == (1, 12.5, "anna", "sign-in", 4) and found[1][4] == 2000


def test_a_remark_is_exchanged_and_goes_with_its_part(journal, tmp_path):
    beside = JournalBeside(journal)
    assert beside.remark(1, {"a": "ü"}) and beside.remark(1, {"a": 2})
    assert asked(tmp_path, "SELECT * FROM remarks") == [(1, '{"a": 2}')]
    journal.numbers._last, journal._keep = 200, 100
    journal._prune()
    assert asked(tmp_path, "SELECT * FROM remarks") == []


def test_actions_are_bounded(journal, tmp_path, monkeypatch):
    monkeypatch.setattr(journals, "MOST_ACTIONS", 2)
    beside = JournalBeside(journal)
    for number in range(5):
        beside.record_action(str(number), "", "", "sign-in-refused")
    journal._prune()
    assert asked(tmp_path, "SELECT user FROM actions ORDER BY number") == [("3",), ("4",)]


def test_an_older_journal_gets_the_tables(tmp_path):
    connection = sqlite3.connect(str(tmp_path / database.FILE))
    connection.executescript(rows.SCHEMA)
    connection.close()
    made = PartJournal(str(tmp_path), ServiceStatus())
    assert JournalBeside(made).record_action("a", "", "", "b")
    made.close()


def test_a_disk_that_takes_nothing_is_said(journal):
    journal._sure.execute("DROP TABLE actions")
    assert not JournalBeside(journal).record_action("a", "", "", "b")


def test_a_change_and_its_action_are_written_together(tmp_path):
    journal = PartJournal(str(tmp_path), ServiceStatus())
    beside = JournalBeside(journal, lambda: 7.0)
    assert beside.last_change() is None and beside.last_batch() is None
    assert beside.record_change("anna", "operator", "127.0.0.1", "product", "a -> b", True, {"product": "b"})
    journal.numbers.take()
    assert beside.record_change("erik", "engineer", "127.0.0.1", "regions", "", False, {"product": "b"})
    assert beside.last_change()[1:] == (2, 7.0, "erik", "regions", False, {"product": "b"})
    assert beside.last_batch()[1:] == (1, 7.0, "anna", "product", True, {"product": "b"})
    assert journal.ask_beside("SELECT user, action, detail FROM actions") == [
        ("anna", "product", "a -> b"), ("erik", "regions", "")
    ]  # fmt: skip
    journal.close()


def test_half_a_change_is_none(tmp_path):
    journal = PartJournal(str(tmp_path), ServiceStatus())
    insert = "INSERT INTO remarks VALUES (?, ?)"
    assert not journal.write_together([(insert, (1, "{}")), ("INSERT INTO nothing VALUES (?)", (1,))], "two")
    assert journal.ask_beside("SELECT COUNT(*) FROM remarks") == [(0,)] and journal.ask_beside("SELECT nothing") == []
    assert journal.write_together([(insert, (1, "{}")), (insert, (2, "{}"))], "two")
    journal.close()
