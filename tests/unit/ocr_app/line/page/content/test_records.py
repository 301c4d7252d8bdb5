"""Searches of the journal: newest first, with bounds, and they give up."""

import pytest

from ocr_app.line.health.status import ServiceStatus
from ocr_app.line.journal.beside import JournalBeside
from ocr_app.line.journal.journal import PartJournal
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.page.content.records import PageRecords, PartSearch, SearchTooSlow

VERDICTS = ("pass", "fail", "pass", "hold", None)


@pytest.fixture
def folder(tmp_path):
    journal = PartJournal(str(tmp_path), ServiceStatus())
    for number, verdict in enumerate(VERDICTS, 1):
        wall = 3600.0 * number
        row = PartRow(number, "b-0-{}".format(number), "b", "0", "frame", "", "", 1.0, 1.0, None, wall, True, None)
        journal.begin(row)
        if verdict:
            journal.decide(row._replace(verdict=verdict, decided=1.5, text="L10_{}%".format(number)))
    beside = JournalBeside(journal, lambda: 5.0)
    assert beside.record_action("anna", "operator", "127.0.0.1", "acknowledge", "Disk")
    assert beside.remark(2, {"lines": []})
    journal.close()
    return str(tmp_path)


def numbers(folder, most=10, **wanted):
    return [row.number for row in PageRecords(folder).search(PartSearch(**wanted), most)]


def test_the_newest_come_first_and_those_under_way_are_left_out(folder):
    assert numbers(folder) == [4, 3, 2, 1] and numbers(folder, most=2) == [4, 3]


def test_each_bound_bounds(folder):
    assert numbers(folder, below=3) == [2, 1] and numbers(folder, verdicts=("fail", "hold")) == [4, 2]
    assert numbers(folder, since=7200.0, until=14400.0) == [3, 2]


def test_wildcards_stand_for_themselves(folder):
    assert numbers(folder, text="10_2%") == [2] and numbers(folder, text="b-0-3") == [3]
    assert numbers(folder, text="_") == [4, 3, 2, 1]
    assert numbers(folder, text="%%") == [] and numbers(folder, text="\\") == []


def test_one_part_with_its_neighbours_and_remark(folder):
    records = PageRecords(folder)
    assert records.part(2).verdict == "fail" and records.part(99) is None
    assert records.beside(2) == {"older": None, "newer": 4} and records.beside(2, False) == {"older": 1, "newer": 3}
    assert records.remark(2) == {"lines": []} and records.remark(1) == {}


def test_actions_and_hours(folder):
    records = PageRecords(folder)
    action = records.actions(5)[0]
    assert (action.user, action.action, action.detail, action.wall) == ("anna", "acknowledge", "Disk", 5.0)
    hours = records.hours(3600.0 * 4.5, 4)
    assert [hour["at"] for hour in hours] == [3600, 7200, 10800, 14400]
    assert [(hour["passed"], hour["parts"]) for hour in hours] == [(1, 1), (0, 1), (1, 1), (0, 1)]


def test_without_a_journal_there_is_nothing(tmp_path):
    assert numbers(str(tmp_path)) == []


def test_a_search_gives_up(folder, monkeypatch):
    from ocr_app.line.page.content import records

    monkeypatch.setattr(records, "_STEPS", 1)
    times = iter([0.0])
    with pytest.raises(SearchTooSlow):
        PageRecords(folder, lambda: next(times, 100.0)).search(PartSearch(), 10)


def test_batches_are_told_with_what_their_parts_were(folder):
    journal = PartJournal(folder, ServiceStatus())
    beside = JournalBeside(journal, lambda: 5.0)
    record = {"product": "tea"}
    journal.numbers._last = 0
    beside.record_change("", "", "", "start", "", True, record)
    journal.numbers._last = 2
    beside.record_change("anna", "operator", "", "expected", "", False, record)
    beside.record_change("anna", "operator", "", "product", "", True, {"product": "juice"})
    journal.close()
    newest, first = PageRecords(folder).batches(8)
    assert (newest["product"], newest["user"], newest["first"], newest["total"]) == ("juice", "anna", 3, 3)
    assert newest["counts"] == {"pass": 1, "fail": 1, "no-read": 0, "hold": 1}, "the one under way was interrupted"
    assert (first["product"], first["counts"]["pass"], first["counts"]["fail"], first["total"]) == ("tea", 1, 1, 2)
    assert len(PageRecords(folder).batches(1)) == 1
