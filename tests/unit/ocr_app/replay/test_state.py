"""A replay that was cut short goes on, with one row for each picture."""

import json
import os

import pytest

from ocr_app.core.errors import ReplayError
from ocr_app.replay.pictures import ReplayPicture
from ocr_app.replay.state import ReplayState

ABOUT = {"source": "s", "against": {"digest": "d"}}


def pictures(count=3):
    return lambda: [ReplayPicture(place, "n{}".format(place), "/p") for place in range(count)]


def row(place):
    return {"index": place, "name": "n{}".format(place), "problem": ""}


@pytest.fixture
def make(tmp_path):
    """() -> a state in tmp_path/out that has begun; the one before is closed, as a killed process would do it."""
    opened = []

    def start(about=ABOUT, count=3):
        while opened:
            opened.pop().close()
        opened.append(ReplayState(str(tmp_path / "out")))
        opened[-1].went_on = opened[-1].begin(about, pictures(count))
        return opened[-1]

    yield start
    while opened:
        opened.pop().close()


def test_what_has_a_row_is_not_read_again(make):
    state = make()
    assert not state.went_on and [each.place for each in state.left()] == [0, 1, 2]
    assert state.add(row(1))
    state = make()
    assert state.went_on and (state.total, state.done) == (3, 1)
    assert [each.place for each in state.left()] == [0, 2]
    assert state.add(row(0)) and state.add(row(2)) and list(state.left()) == []
    assert [each["index"] for each in make().rows()] == [1, 0, 2]


def test_a_picture_never_gets_a_second_row(make):
    state = make()
    assert state.add(row(1)) and not state.add(row(1))
    assert not make().add(row(1)) and len(list(make().rows())) == 1


@pytest.mark.parametrize("cut", range(1, 30))
def test_a_line_that_was_cut_short_anywhere_is_no_row(make, tmp_path, cut):
    make().add(row(0))
    path = tmp_path / "out" / "results.jsonl"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[:cut])
    state = make()
    assert (state.done, path.read_bytes()) == (1, whole)
    state.add(row(1))
    assert [each["index"] for each in make().rows()] == [0, 1]


def test_the_work_list_stays_while_the_folder_grows(make):
    make(count=2)
    state = make(count=5)
    assert state.total == 2 and len(list(state.pictures())) == 2


def test_another_replay_has_another_folder(make):
    make()
    with pytest.raises(ReplayError, match="another against") as error:
        make(dict(ABOUT, against={"digest": "e"}))
    assert '"d"' in str(error.value) and '"e"' in str(error.value) and "--out" in str(error.value)


def test_a_list_that_was_not_finished_is_made_again(make, tmp_path):
    (tmp_path / "out").mkdir()
    for name in ("pictures.jsonl", "pictures.jsonl.part"):
        (tmp_path / "out" / name).write_text('{"place": 0')
    assert make(count=4).total == 4 and len(list(make().left())) == 4


def test_results_without_their_replay_are_left_alone(make, tmp_path):
    make(count=2)
    os.remove(str(tmp_path / "out" / "replay.json"))
    with pytest.raises(ReplayError, match=r"results\.jsonl"):
        make()


def test_a_folder_with_other_files_is_left_alone(make, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "holiday.jpg").write_bytes(b"")
    with pytest.raises(ReplayError, match=r"holiday\.jpg"):
        make()


@pytest.mark.parametrize(
    "name, text, words",
    [
        ("results.jsonl", "{}\n", "line 1 is damaged"),
        ("results.jsonl", json.dumps(row(7)) + "\n", "picture 7 twice, or it is not of this replay"),
        ("results.jsonl", (json.dumps(row(1)) + "\n") * 2, "picture 1 twice"),
        ("replay.json", "{", "replay.json is damaged"),
        ("pictures.jsonl", "{}\n", "pictures.jsonl is damaged"),
    ],
)
def test_damage_is_named(make, tmp_path, name, text, words):
    make()
    (tmp_path / "out" / name).write_text(text)
    with pytest.raises(ReplayError, match=words):
        list(make().left())


def test_one_process_at_a_time(make, tmp_path):
    make()
    with pytest.raises(ReplayError, match="another replay uses"):
        ReplayState(str(tmp_path / "out"))


def test_a_folder_that_cannot_be_used_is_named(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(ReplayError, match="cannot be used"):
        ReplayState(str(tmp_path / "file"))


def test_rows_are_flushed_to_the_disk_about_once_a_second(tmp_path, monkeypatch):
    clock, synced = [0.0], []
    state = ReplayState(str(tmp_path / "out"), now=lambda: clock[0])
    state.begin(ABOUT, pictures(3))
    monkeypatch.setattr(os, "fsync", synced.append)
    state.add(row(0))
    assert synced == []
    clock[0] = 1.5
    state.add(row(1))
    assert len(synced) == 1
    state.close()
    assert len(synced) == 2
    state.close()


def test_numbers_that_are_known_with_the_list_stay(tmp_path):
    state = ReplayState(str(tmp_path / "out"))
    state.begin(ABOUT, lambda: state.note({"parts": 9}) or pictures(1)())
    state.close()
    state = ReplayState(str(tmp_path / "out"))
    state.begin(ABOUT, pictures(1))
    assert state.plan["counts"] == {"parts": 9}
    state.write("a.txt", "text\n")
    state.close()
    assert (tmp_path / "out" / "a.txt").read_text() == "text\n"
