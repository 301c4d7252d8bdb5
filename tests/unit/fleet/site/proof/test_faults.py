"""What a table of faults says; the kills themselves are in tests/line/test_site_results.py."""

import types

import pytest

from fleet.core.errors import SiteError
from fleet.site.proof import faults
from fleet.site.proof.faults import ProvedSite
from tests.unit.fleet.site import samples


class ScriptedSite:
    def __init__(self, stored):
        self._stored = stored

    def query(self, _, board, low, high):
        return [row for row in self._stored if low <= row[1] <= high]


def stored(*rows):
    return [(row.id, row.number, row.verdict, row.text, row.release) for row in rows]


def test_what_is_lost_doubled_unknown_or_told_otherwise_is_counted():
    one, two, three = (samples.row(number) for number in (1, 2, 3))
    assert faults.compare(ScriptedSite(stored(one, two, three)), [one, two, three])["lost"] == 0
    found = faults.compare(ScriptedSite(stored(one, one, two._replace(text="other"))), [one, two, three])
    assert (found["lost"], found["doubled"], found["otherwise"], found["unknown"]) == (1, 1, 1, 0)
    strange = samples.row(2, id="strange")
    found = faults.compare(ScriptedSite(stored(one, two, strange)), [one, two])
    assert (found["lost"], found["unknown"]) == (0, 1)


def test_a_site_that_does_not_become_complete_names_the_boards(tmp_path, monkeypatch):
    site = ProvedSite.__new__(ProvedSite)
    site.folder = tmp_path
    monkeypatch.setattr(site, "completes", lambda: {"a": 5, "b": 2})
    assert site.wait_complete({"a": 5}) < 1.0
    with pytest.raises(SiteError, match=r"1 boards are not complete .* b 2 of 9"):
        site.wait_complete({"a": 5, "b": 9}, seconds=0.2)


def test_every_kind_of_fault_kills_what_it_names():
    done = []

    def part(name):
        return types.SimpleNamespace(kill=lambda: done.append(f"-{name}"), start=lambda: done.append(f"+{name}"))

    site = types.SimpleNamespace(collectors=[part("c1"), part("c2")], broker=part("b"), database=part("d"))
    may = faults.kills(site, 0.0)
    assert set(may) == set(faults.KINDS)
    for kind, expected in {
        "none": [], "collector": ["-c2", "+c2"], "broker": ["-b", "+b"], "database": ["-d", "+d"],
        "all three": ["-c1", "-c2", "-b", "-d", "+d", "+b", "+c1", "+c2"],
    }.items():  # fmt: skip
        done.clear()
        may[kind]()
        assert done == expected


def test_only_parts_decided_during_a_fault_count_for_it():
    journals = {"line-1": [samples.row(number) for number in range(1, 6)]}
    found = faults._between(journals, {"line-1": 2}, {"line-1": 4})
    assert [row.number for row in found] == [3, 4]
