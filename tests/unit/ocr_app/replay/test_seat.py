"""A seat reads with real processes, and says which of its failures another process may mend."""

import os
import signal

import pytest
from replay_home import write_picture

from ocr_app.core.errors import ModelError, ReplayError
from ocr_app.replay.comparing import JudgedPicture
from ocr_app.replay.pictures import ReplayPicture
from ocr_app.replay.seat import ReplaySeat, SeatBroke, row_of


@pytest.fixture
def seat(options):
    """(words, more) -> an open seat, closed after the test."""
    opened = []

    def make(*words, **more):
        opened.append(ReplaySeat(options(*words, **more)))
        return opened[-1]

    yield make
    for each in opened:
        each.close()


def picture(path, **more):
    return ReplayPicture(0, "a", str(path), **more)


def test_a_picture_is_read_as_the_line_was_told_then(seat, tmp_path):
    path = write_picture(tmp_path / "a", "pass", text="T", tells=1)
    before = JudgedPicture("fail", "old", ("x",))
    told = {"moment": 7.5, "trusted": True, "expected": {"lot": "1"}, "regions": [[1, 2, 3, 4]], "before": before}
    row = seat().read(picture(path, **told), 2)
    assert row["before"] == before.record() and row["attempts"] == 2 and row["problem"] == ""
    assert row["after"]["text"] == "T [[1, 2, 3, 4]] 7.5 {'lot': '1'}"


def test_values_of_the_replay_hold_where_the_picture_brings_none(seat, options, tmp_path):
    path = write_picture(tmp_path / "a", "pass", text="T", tells=1)
    opened = ReplaySeat(options()._replace(expected={"lot": "9"}))
    assert opened.read(picture(path), 1)["after"]["text"] == "T null None {'lot': '9'}"
    opened.close()


def test_two_targets_are_compared_on_each_picture(seat, tmp_path):
    path = write_picture(tmp_path / "a", "fail", shifted="pass")
    opened = seat("", "shift")
    row = opened.read(picture(path), 1)
    assert (row["before"]["verdict"], row["after"]["verdict"]) == ("fail", "pass")
    assert len(opened.pids()) == 2 and opened.info["reader"] == "fake"


def test_a_picture_that_is_none_is_a_row_with_its_reason(seat, tmp_path):
    (tmp_path / "a").write_text("no picture")
    opened = seat()
    row = opened.read(picture(tmp_path / "a"), 1)
    assert "is not an image" in row["problem"] and row["after"] is None
    assert opened.read(picture(write_picture(tmp_path / "b")), 1)["problem"] == ""


def test_a_lost_process_is_replaced(seat, tmp_path):
    path = write_picture(tmp_path / "a", do="kill", once=1)
    opened = seat()
    with pytest.raises(SeatBroke, match="SIGKILL"):
        opened.read(picture(path), 1)
    assert opened.read(picture(path), 2)["after"]["verdict"] == "pass"
    os.kill(opened.pids()[0], signal.SIGKILL)
    with pytest.raises(SeatBroke):
        opened.read(picture(path), 3)


def test_a_process_that_hangs_is_ended(seat, tmp_path):
    with pytest.raises(SeatBroke, match=r"did not answer within 0\.5 s"):
        seat(reading_s=0.5).read(picture(write_picture(tmp_path / "a", do="hang")), 1)


def test_a_reader_that_cannot_be_opened_is_an_error_and_one_that_dies_may_be_tried_again(seat, tmp_path):
    path = write_picture(tmp_path / "a")
    with pytest.raises(ModelError, match="no model"):
        seat("unopened").read(picture(path), 1)
    with pytest.raises(SeatBroke, match="SIGKILL"):
        seat("crashes").read(picture(path), 1)


def test_another_copy_of_the_application_must_not_answer(options, tmp_path):
    told = options()
    linked = tmp_path / "other"
    linked.mkdir()
    (linked / "ocr_app").symlink_to(os.path.join(told.targets[0].home, "ocr_app"))
    (linked / "ocr_app" / "replay" / "program.py").write_text(
        (linked / "ocr_app" / "replay" / "program.py").read_text().replace('"home": home', '"home": "/else"')
    )
    opened = ReplaySeat(told._replace(targets=(told.targets[0]._replace(home=str(linked)),)))
    with pytest.raises(ReplayError, match="another copy of ocr_app"):
        opened.read(picture(write_picture(tmp_path / "a")), 1)


def test_a_row_is_json(tmp_path):
    row = row_of(picture("/p"), None, JudgedPicture("pass", "T"), "", 1, 12.345)
    assert row["ms"] == 12.3 and row["before"] is None and row["path"] == "/p"
