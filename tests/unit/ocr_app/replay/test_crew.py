"""Every picture has one row, whatever happens to the processes that read."""

import os
import random
import signal
import threading
import time

import pytest
from replay_home import write_picture

from ocr_app.core.errors import ModelError, ReplayError
from ocr_app.replay import crew
from ocr_app.replay.crew import LocalCrew, Losses
from ocr_app.replay.pictures import ReplayPicture
from ocr_app.replay.seat import ReplaySeat


def work(folder, count, **more):
    for place in range(count):
        path = write_picture(folder / "{:03d}".format(place), **more)
        yield ReplayPicture(place, str(place), path)


def read(options, pictures, processes=2, attempts=3):
    return LocalCrew(lambda: ReplaySeat(options), processes, attempts).read_all(iter(pictures))


def test_each_picture_has_one_row(options, tmp_path):
    rows = list(read(options(), work(tmp_path, 20)))
    assert sorted(row["index"] for row in rows) == list(range(20))
    assert {row["problem"] for row in rows} == {""}


def test_pictures_are_read_side_by_side(options, tmp_path):
    start = time.monotonic()
    assert len(list(read(options(), work(tmp_path, 4, seconds=0.6), processes=4))) == 4
    assert time.monotonic() - start < 4 * 0.6


def test_processes_that_are_killed_at_random_lose_no_picture(options, tmp_path):
    found = LocalCrew(lambda: ReplaySeat(options()), 2, 20)
    chance, done = random.Random(7), threading.Event()

    def kill():
        while not done.wait(0.05):
            pids = found.pids()
            if pids:
                try:
                    os.kill(chance.choice(pids), signal.SIGKILL)
                except ProcessLookupError:
                    pass  # it has ended by itself

    killer = threading.Thread(target=kill, daemon=True)
    killer.start()
    rows = list(found.read_all(work(tmp_path, 40, seconds=0.02)))
    done.set()
    killer.join()
    assert sorted(row["index"] for row in rows) == list(range(40))
    assert {row["problem"] for row in rows} == {""} and found.lost > 0
    assert sum(row["attempts"] - 1 for row in rows) == found.lost


def test_a_picture_that_kills_its_readers_is_a_row_with_the_reason(options, tmp_path):
    pictures = list(work(tmp_path, 3))
    write_picture(pictures[1].path, do="kill")
    rows = {row["index"]: row for row in read(options(), pictures, attempts=2)}
    assert sorted(rows) == [0, 1, 2]
    assert "2 reading processes were lost over it" in rows[1]["problem"] and "SIGKILL" in rows[1]["problem"]
    assert rows[1]["attempts"] == 2 and rows[0]["problem"] == rows[2]["problem"] == ""


def test_processes_that_never_live_stop_the_replay_and_not_the_pictures(options, tmp_path):
    rows = []
    with pytest.raises(ReplayError, match="lost in a row") as error:
        for row in read(options("crashes"), work(tmp_path, 50), attempts=100):
            rows.append(row)
    assert rows == [] and "SIGKILL" in str(error.value)


def test_a_reader_that_cannot_be_opened_ends_the_replay(options, tmp_path):
    with pytest.raises(ModelError, match="no model"):
        list(read(options("unopened"), work(tmp_path, 5)))


def test_nothing_to_read_starts_no_process(options):
    found = LocalCrew(lambda: ReplaySeat(options()), 2)
    assert list(found.read_all(iter(()))) == [] and found.info() == {} and found.pids() == []


def test_no_process_is_left_when_a_replay_is_cut_short(options, tmp_path):
    found = LocalCrew(lambda: ReplaySeat(options()), 2)
    rows = found.read_all(work(tmp_path, 20, seconds=0.05))
    next(rows)
    pids = found.pids()
    assert pids and found.info()["reader"] == "fake"
    rows.close()
    assert found.pids() == []
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_losses_in_a_row_are_counted_from_the_last_picture_that_was_read():
    losses, one = Losses(100), ReplayPicture(0, "a", "/p")
    for _ in range(crew.MOST_IN_A_ROW - 1):
        assert losses.broke(one, "x") is None
    assert losses.attempt(one) == crew.MOST_IN_A_ROW
    losses.read(one)
    assert losses.attempt(one) == 1 and losses.broke(one, "x") is None and losses.lost == crew.MOST_IN_A_ROW
