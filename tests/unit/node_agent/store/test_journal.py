"""The journal: the sound records are found whatever its end has lost; damage is never taken for a power cut."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from node_agent.errors import JournalDamaged
from node_agent.store import LocalDisk
from node_agent.store.journal import BALLAST, Journal, line_of, parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
RECORDS = st.lists(st.dictionaries(st.text(min_size=2, max_size=8), VALUES, max_size=4), max_size=6)


def written(records):
    numbered = [dict(record, n=number) for number, record in enumerate(records)]
    return numbered, b"".join(map(line_of, numbered))


@given(RECORDS)
def test_what_was_written_is_read(records):
    numbered, data = written(records)
    assert parse(data) == (numbered, len(data), 0)


@given(RECORDS, st.data())
def test_any_end_may_be_missing(records, data):
    numbered, whole = written(records)
    cut = data.draw(st.integers(0, len(whole)))
    found = parse(whole[:cut])
    assert found.records == numbered[: len(found.records)]
    assert found.sound_bytes + found.torn_bytes == cut
    assert len(found.records) == whole[:cut].count(b"\n")


@given(RECORDS, st.binary(max_size=200))
def test_any_rubbish_may_follow(records, rubbish):
    numbered, whole = written(records)
    found = parse(whole + rubbish)
    assert found.records == numbered and found.sound_bytes == len(whole)


@given(RECORDS.filter(lambda records: len(records) > 1), st.data())
def test_a_changed_byte_before_the_last_record_is_damage(records, data):
    _, whole = written(records)
    last = whole.rstrip(b"\n").rindex(b"\n") + 1
    place = data.draw(st.integers(0, last - 2))  # not its line's end: without that it is one with the last, and torn
    flipped = bytes([whole[place] ^ data.draw(st.integers(1, 255))])
    changed = whole[:place] + flipped + whole[place + 1 :]
    with pytest.raises(JournalDamaged):
        parse(changed)


def test_a_missing_record_is_damage():
    _, whole = written([{"event": "a"}, {"event": "b"}, {"event": "c"}])
    lines = whole.splitlines(True)
    with pytest.raises(JournalDamaged, match="record 1"):
        parse(lines[0] + lines[2])


def test_a_torn_tail_is_cut_off_by_the_next_record(tmp_path):
    journal = Journal(LocalDisk(str(tmp_path)))
    journal.append({"event": "a"})
    with open(str(tmp_path / "journal"), "ab") as stream:
        stream.write(b"0123456789abcdef {half")
    assert [record["event"] for record in journal.read()] == ["a"]
    assert journal.append({"event": "b"})["n"] == 1
    assert [record["event"] for record in journal.read()] == ["a", "b"]
    assert b"half" not in (tmp_path / "journal").read_bytes()


def test_damaged_journals_are_kept_under_names_of_their_own(tmp_path):
    journal = Journal(LocalDisk(str(tmp_path)))
    for _ in range(2):
        journal.append({"event": "a"})
        journal.set_aside()
    assert journal.disk.names("") == ["journal.damaged-1", "journal.damaged-2"]


def test_ballast_is_made_once(tmp_path):
    journal = Journal(LocalDisk(str(tmp_path)))
    journal.keep_ballast()
    first = (tmp_path / BALLAST).stat().st_mtime_ns
    journal.keep_ballast()
    assert (tmp_path / BALLAST).stat().st_mtime_ns == first
