"""Rows begin, get one verdict, and are handed to outputs in order; a full or torn disk turns passes into fails."""

import sqlite3

import pytest

from ocr_app.line.journal import database
from ocr_app.line.journal.journal import NOT_JOURNALLED


def reasons_of(status):
    return [reason for reason in status.snapshot().degraded if reason == "journal_lost"]


def test_a_verdict_is_there_for_others_before_decide_returns(open_journal, make_row, tmp_path):
    journal = open_journal()
    journal.begin(make_row(1))
    assert journal.decide(make_row(1, "pass")).verdict == "pass"
    other = sqlite3.connect(str(tmp_path / "journal" / database.FILE))
    assert other.execute("SELECT verdict FROM parts").fetchall() == [("pass",)]
    other.close()


def test_a_second_verdict_is_refused(open_journal, make_row):
    journal = open_journal()
    journal.decide(make_row(1, "fail"))
    with pytest.raises(ValueError, match="fail already"):
        journal.decide(make_row(1, "pass"))


def test_what_was_under_way_is_a_fail_after_a_restart(open_journal, make_row, status):
    first = open_journal()
    first.decide(make_row(1, "pass"))
    first.begin(make_row(2))
    first.close()
    again = open_journal()
    assert again.interrupted == 1 and again.numbers.take() == 3
    found = again.undelivered("mqtt", 10)
    assert [(row.number, row.verdict, row.reasons) for row in found] == [(1, "pass", ()), (2, "fail", ("interrupted",))]
    assert not reasons_of(status)


def test_outputs_get_parts_in_order_and_none_before_an_earlier_one(open_journal, make_row):
    journal = open_journal()
    for number in (1, 2, 3):
        journal.begin(make_row(number))
    journal.decide(make_row(1, "pass"))
    journal.decide(make_row(3, "pass"))
    assert [row.number for row in journal.undelivered("mqtt", 10)] == [1]
    journal.decide(make_row(2, "fail"))
    assert [row.number for row in journal.undelivered("mqtt", 2)] == [1, 2]
    journal.set_cursor("mqtt", 2)
    assert [row.number for row in journal.undelivered("mqtt", 10)] == [3]
    assert (journal.count_undelivered("mqtt"), journal.count_undelivered("other")) == (1, 3)
    assert (journal.previous(3), journal.previous(1)) == (2, None)


def test_an_output_that_is_new_begins_with_the_next_part(open_journal, make_row):
    journal = open_journal()
    journal.decide(make_row(1, "pass"))
    journal.keep_cursors(("mqtt",))
    journal.decide(make_row(2, "pass"))
    assert [row.number for row in journal.undelivered("mqtt", 10)] == [2]
    journal.keep_cursors(("mqtt",))
    assert [row.number for row in journal.undelivered("mqtt", 10)] == [2]
    journal.keep_cursors(())
    assert journal.cursor("mqtt") == 0


class Failing:
    """A connection whose statements fail as often as asked."""

    def __init__(self, connection, error, times):
        self.connection, self.error, self.times = connection, error, times

    def execute(self, *arguments):
        if self.times and not arguments[0].startswith("SELECT"):
            self.times -= 1
            raise self.error
        return self.connection.execute(*arguments)

    def close(self):
        self.connection.close()


def test_a_pass_that_cannot_be_written_is_a_fail_and_is_written_later(open_journal, make_row, status):
    journal = open_journal()
    full = sqlite3.OperationalError("database or disk is full")
    journal._sure = Failing(journal._sure, full, 10**6)
    row = journal.decide(make_row(1, "pass", reasons=("x",)))
    assert (row.verdict, row.reasons) == ("fail", (NOT_JOURNALLED, "x"))
    assert (journal.waiting, reasons_of(status)) == (1, ["journal_lost"])
    assert journal.undelivered("mqtt", 10) == []
    assert journal.decide(make_row(2, "pass")).verdict == "fail"
    assert journal.decide(make_row(3, "pass")).verdict == "fail"
    journal._sure.times = 0
    journal.retry()
    assert (journal.waiting, reasons_of(status)) == (0, [])
    found = journal.undelivered("mqtt", 10)
    assert [(row.number, row.verdict) for row in found] == [(1, "fail"), (2, "fail"), (3, "fail")]
    assert journal.decide(make_row(4, "pass")).verdict == "pass"


def test_a_full_disk_gets_room_and_a_second_try(open_journal, make_row):
    asked = []
    journal = open_journal(make_room=lambda: asked.append(1))
    journal._sure = Failing(journal._sure, sqlite3.OperationalError("database or disk is full"), 1)
    assert journal.decide(make_row(1, "pass")).verdict == "pass" and asked == [1]


def test_a_file_that_is_torn_while_the_line_runs_is_put_aside(open_journal, make_row, status, tmp_path):
    journal = open_journal()
    journal.decide(make_row(journal.numbers.take(), "pass"))
    journal._sure = Failing(journal._sure, sqlite3.DatabaseError("database disk image is malformed"), 1)
    row = journal.decide(make_row(journal.numbers.take(), "pass"))
    assert row.verdict == "pass" and reasons_of(status) == ["journal_lost"]
    assert journal.numbers.take() > 1000
    assert [its.number for its in journal.undelivered("mqtt", 10)] == [2]
    assert list((tmp_path / "journal").glob("journal.db.torn-1"))


def test_the_oldest_rows_go_but_none_that_an_output_needs(open_journal, make_row, monkeypatch):
    monkeypatch.setattr("ocr_app.line.journal.journal._PRUNE_EVERY", 10)
    journal = open_journal(keep_parts=5)
    journal.keep_cursors(("mqtt",))
    for _ in range(10):
        journal.decide(make_row(journal.numbers.take(), "pass"))
    assert len(journal.undelivered("mqtt", 100)) == 10
    journal.set_cursor("mqtt", 8)
    for _ in range(10):
        journal.decide(make_row(journal.numbers.take(), "pass"))
    assert [row.number for row in journal.undelivered("none", 100)] == list(range(9, 21))


def test_frames_that_are_parts_are_known(open_journal, make_row):
    journal = open_journal()
    journal.begin(make_row(1, frame="a|1"))
    journal.begin(make_row(2))
    assert journal.has_frame("a|1") and not journal.has_frame("a|2") and not journal.has_frame("")
    journal.set_picture(1, "pictures/x.png")
    journal.decide(make_row(2, "pass"))


def test_waiting_verdicts_are_bounded_and_the_loss_is_counted(open_journal, make_row, status, monkeypatch):
    monkeypatch.setattr("ocr_app.line.journal.journal.MOST_WAITING", 2)
    journal = open_journal()
    journal._sure = Failing(journal._sure, sqlite3.OperationalError("disk I/O error"), 100)
    for number in (1, 2, 3):
        assert journal.decide(make_row(number, "pass")).verdict == "fail"
    text = status.metrics.text(status.snapshot(), 0, 1, "")
    assert journal.waiting == 2 and "nano_ocr_output_lost_total 1.0" in text
    journal._sure.times = 0
