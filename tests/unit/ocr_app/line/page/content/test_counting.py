"""Counts since the start, in this shift and in this batch."""

import time

import pytest

from ocr_app.line.page.content.counting import PartCounters, shift_at

SHIFTS = {"early": "06:00", "late": "14:00", "night": "22:00"}


def at(text):
    return time.mktime(time.strptime(text, "%Y-%m-%d %H:%M"))


@pytest.mark.parametrize("now, name, began", [
    ("2026-03-02 06:00", "early", "2026-03-02 06:00"), ("2026-03-02 13:59", "early", "2026-03-02 06:00"),
    ("2026-03-02 23:00", "night", "2026-03-02 22:00"), ("2026-03-01 05:59", "night", "2026-02-28 22:00"),
])  # fmt: skip
def test_the_shift_of_a_moment(now, name, began):
    assert shift_at(SHIFTS, at(now)) == (name, at(began))


def test_one_shift_is_a_day_and_without_shifts_there_is_none():
    assert shift_at({"day": "06:00"}, at("2026-03-02 05:00")) == ("day", at("2026-03-01 06:00"))
    assert shift_at({}, 0.0) is None


class Journal:
    def __init__(self, counts, last=0):
        self.counts, self.last, self.asked, self.meanwhile = counts, last, [], lambda: None

    def count(self, condition, values):
        self.asked.append((condition, values))
        self.meanwhile()
        return dict({"pass": 0, "fail": 0, "no-read": 0, "hold": 0}, **self.counts), self.last


def told(counters):
    return {span["name"]: (span["label"], span["counts"]["pass"], span["total"]) for span in counters.told()}


def test_the_start_begins_with_nothing_and_others_with_the_journal():
    counters, journal = PartCounters(SHIFTS, 5.0), Journal({"pass": 7, "fail": 1, "hold": 1}, 9)
    counters.add(9, "hold")
    assert told(counters) == {"start": ("", 0, 1)}
    counters.look(at("2026-03-02 07:00"), (3, 4.0, "tea"), journal.count)
    assert told(counters) == {"start": ("", 0, 1), "shift": ("early", 7, 9), "batch": ("tea", 7, 9)}
    counters.look(at("2026-03-02 07:01"), (3, 4.0, "tea"), journal.count)
    assert journal.asked == [("wall >= ?", (at("2026-03-02 06:00"),)), ("number >= ?", (3,))], "asked once each"
    counters.add(10, "pass")
    assert told(counters) == {"start": ("", 1, 2), "shift": ("early", 8, 10), "batch": ("tea", 8, 10)}


def test_a_part_that_is_decided_while_the_journal_counts_is_counted_once():
    counters, journal = PartCounters({}, 5.0), Journal({"pass": 2}, 2)

    def meanwhile():
        counters.add(2, "pass")  # the journal has it already
        counters.add(3, "pass")  # and this one not yet

    journal.meanwhile = meanwhile
    counters.look(0.0, (1, 4.0, "tea"), journal.count)
    assert told(counters)["batch"] == ("tea", 3, 3)


def test_another_shift_and_another_batch_begin_anew():
    counters = PartCounters(SHIFTS, 5.0)
    counters.look(at("2026-03-02 13:59"), (1, 4.0, "tea"), Journal({"pass": 5}, 5).count)
    counters.look(at("2026-03-02 14:00"), (6, 5.0, "juice"), Journal({}).count)
    assert told(counters) == {"start": ("", 0, 0), "shift": ("late", 0, 0), "batch": ("juice", 0, 0)}
    span = counters.told()[1]
    assert (span["yield"], span["since"]) == (None, at("2026-03-02 14:00"))
