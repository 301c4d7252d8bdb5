"""One replay from its list to its report, killed, interrupted and resumed, with real processes."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest
from replay_home import write_picture

from ocr_app.core.errors import ReplayError
from ocr_app.core.paths import HOME

PICTURES = {
    "a.jpg": {"verdict": "fail", "shifted": "pass"},
    "b.jpg": {"verdict": "pass", "shifted": "fail"},
    "c.jpg": {"verdict": "pass"},
    "d.jpg": {"verdict": "pass", "do": "kill", "once": 1},
}


def rows_of(out):
    return [json.loads(line) for line in (out / "results.jsonl").read_text().splitlines()]


def test_what_changed_is_found_and_nothing_more(make_replay, tmp_path):
    replay = make_replay(PICTURES, processes=2)
    summary = replay.run()
    assert [(row["name"], row["kind"]) for row in summary.changed] == [("a.jpg", "new-pass"), ("b.jpg", "lost-pass")]
    record = json.loads((tmp_path / "out" / "report.json").read_text())
    assert record["complete"] and record["lost_processes"] == record["read_again"] == 1
    assert record["reader"]["reader"] == "fake" and record["before"]["name"] == "fake 1"
    assert replay._stream.getvalue().endswith("4 of 4 pictures (100.0 %), 0 left\n")


def test_a_picture_that_cannot_be_read_is_counted(make_replay, tmp_path):
    (tmp_path / "pictures").mkdir()
    (tmp_path / "pictures" / "z.jpg").write_text("no picture")
    summary = make_replay(PICTURES).run()
    assert summary.kinds["unread"] == 1 and summary.done == summary.total == 5


def test_a_replay_that_is_complete_reads_nothing_again(make_replay, tmp_path):
    make_replay(PICTURES).run()
    before = (tmp_path / "out" / "results.jsonl").read_bytes()
    replay = make_replay(PICTURES, words=("", "shift"))
    assert replay.run().changes == 2 and replay.went_on and replay.crew is None
    assert (tmp_path / "out" / "results.jsonl").read_bytes() == before


def test_a_replay_against_something_else_is_refused(make_replay):
    make_replay(PICTURES).run()
    with pytest.raises(ReplayError, match="another"):
        make_replay(words=("shift", "")).run()


def test_an_error_leaves_the_rows_and_a_report_that_says_so(make_replay, tmp_path):
    pictures = {"{:02d}.jpg".format(number): {"verdict": "pass", "do": "kill"} for number in range(2, 30)}
    with pytest.raises(ReplayError, match="lost in a row"):
        make_replay(dict({"00.jpg": {"verdict": "pass"}}, **pictures), attempts=2).run()
    record = json.loads((tmp_path / "out" / "report.json").read_text())
    assert not record["complete"] and record["done"] == len(rows_of(tmp_path / "out")) > 0


RUN = """
import sys
sys.path[:0] = {paths!r}
import io
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from replay_home import OPENING
from ocr_app.replay.pictures import FolderPictures
from ocr_app.replay.replaying import Replay, ReplayRequest
from ocr_app.replay.seat import SeatOptions
from ocr_app.replay.targets import ReplayTarget
targets = tuple(ReplayTarget(*each) for each in {targets!r})
folder = {folder!r}
Replay(ReplayRequest({out!r}, {{"kind": "folder", "path": folder, "dated": False}},
    lambda: FolderPictures(folder, None, False), targets[-1], targets[0], SeatOptions(targets, OPENING, {{}}, 5.0), 2
), io.StringIO()).run()
"""


@pytest.fixture
def started(tmp_path, target):
    """Starts a replay of 40 pictures in a process of its own; each start goes on with it."""
    (tmp_path / "pictures").mkdir()
    for number in range(40):
        write_picture(tmp_path / "pictures" / "{:02d}.jpg".format(number), seconds=0.02)
    targets = tuple(tuple(target(word)) for word in ("", "shift"))
    here = [HOME, os.path.dirname(sys.modules["replay_home"].__file__)]
    out, folder = str(tmp_path / "out"), str(tmp_path / "pictures")
    text = RUN.format(paths=here, targets=targets, folder=folder, out=out)
    running = []

    def start():
        running.append(subprocess.Popen([sys.executable, "-c", text], stderr=subprocess.PIPE))
        return running[-1]

    yield start
    for process in running:
        if process.poll() is None:
            process.kill()
            process.wait()
        process.stderr.close()


def wait_for_rows(out, count):
    until = time.monotonic() + 30
    while time.monotonic() < until:
        if (out / "results.jsonl").is_file() and len((out / "results.jsonl").read_bytes().splitlines()) >= count:
            return
        time.sleep(0.01)
    raise AssertionError("no rows")


def test_killed_again_and_again_each_picture_has_one_row(started, tmp_path):
    for count in (3, 11, 20):
        process = started()
        wait_for_rows(tmp_path / "out", count)
        process.send_signal(signal.SIGKILL)
        assert process.wait() == -signal.SIGKILL
    process = started()
    assert process.wait() == 0, process.stderr.read()
    assert sorted(row["index"] for row in rows_of(tmp_path / "out")) == list(range(40))
    assert json.loads((tmp_path / "out" / "report.json").read_text())["complete"]


def test_an_interrupted_replay_writes_its_report_and_goes_on(started, tmp_path):
    process = started()
    wait_for_rows(tmp_path / "out", 5)
    process.send_signal(signal.SIGINT)
    process.wait()
    assert b"KeyboardInterrupt" in process.stderr.read()
    assert json.loads((tmp_path / "out" / "report.json").read_text())["complete"] is False
    assert started().wait() == 0
    assert sorted(row["index"] for row in rows_of(tmp_path / "out")) == list(range(40))
