"""What boards say, and what an answer means with the story of its host."""

import pytest

from fleet.rollout.answers import Answer, keep, outcome, read

LOST, DONE, STOPPED = ({"outcome": name, "run": "now"} for name in ("lost", "committed", "stopped"))


def before(record):
    return {**record, "run": "before"}


def test_an_answer_is_kept_and_read(tmp_path):
    status = {"phase": "idle", "current": {"version": "2"}, "failure": {"probe": "live"}}
    told = keep(tmp_path, "n1", {"verdict": "absent", "status": status}, ["canary", "chosen"])
    assert read(tmp_path) == {"n1": told}
    assert (told.canary, told.chosen, told.together, told.runs) == (True, True, False, "2")
    assert told.failure == {"probe": "live"} and told.why == ""


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        ({"outcome": "lost", "msg": "no answer for 60 s"}, "silent"),
        ({"outcome": "no agent", "msg": "no agent"}, "no agent"),
        ({"msg": "a traceback"}, "silent"),
    ],
)
def test_no_answer_is_no_state(tmp_path, seen, verdict):
    told = keep(tmp_path, "n1", seen, [])
    assert (told.verdict, told.runs, told.why) == (verdict, "unknown", seen["msg"])


@pytest.mark.parametrize(
    ("verdict", "story", "means"),
    [
        ("committed", [], "committed"),
        ("absent", [], "not begun"),
        ("absent", [before(DONE)], "replaced"),  # a record never makes a board run a release
        ("absent", [DONE], "replaced"),
        ("absent", [STOPPED], "stopped"),
        ("rolled back", [STOPPED], "rolled back"),
        ("absent", [{"outcome": "locked", "run": "now"}], "locked"),
        ("rolled back", [{"outcome": "given back", "run": "now"}], "given back"),
        ("silent", [], "silent"),
        ("silent", [before(DONE)], "silent"),  # it ended, and does not answer today
        ("silent", [before(LOST)], "lost"),
        ("no agent", [before(DONE)], "no agent"),
        ("other", [], "busy"),
        ("proven", [], "proven"),
    ],
)
def test_what_an_answer_means(verdict, story, means):
    assert outcome(Answer("n1", verdict), story, "now") == means
