"""What a reading makes of a part."""

import os

import pytest

from ocr_app.line.journal.rows import VERDICTS, PartRow
from ocr_app.line.parts import part as parts
from ocr_app.line.parts.part import Outcome, PartUnderWay, outcome_of
from ocr_app.line.reading.jobs import ReadJob
from ocr_app.line.sources.contract import CapturedFrame


def result(verdict, **more):
    return dict({"text": "A1", "verdict": verdict, "reasons": ["x"], "timing_ms": {"total": 3.0}}, **more)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_the_verdicts_of_a_recipe_stay(verdict):
    code = {"values": {"lot": "1"}, "witnesses": {"needed": 2}}
    found = outcome_of(result(verdict, code=code), "")
    assert found == Outcome(verdict, ("x",), "A1", {"lot": "1"}, {"needed": 2}, {"total": 3.0})


def test_everything_that_is_no_verdict_is_a_fail_with_its_reason():
    assert outcome_of(None, "") == Outcome("fail", (parts.LATE,))
    assert outcome_of(None, parts.NO_FRAME) == Outcome("fail", (parts.NO_FRAME,))
    assert outcome_of(result("pass"), parts.OVERRUN) == Outcome("fail", (parts.OVERRUN,))
    assert outcome_of(result("error", error={"code": "hung"}), "") == Outcome("fail", ("hung", "x"), "A1")
    assert outcome_of(result("error", error={"code": "x"}), "") == Outcome("fail", ("x",), "A1")
    assert outcome_of(result("read"), "") == Outcome("fail", ("no-verdict", "x"), "A1")


def test_a_frame_is_stored_for_the_reader_and_goes(tmp_path):
    row = PartRow(1, "i", "b", "0", "frame", "", "", 0.0, None, None, 0.0, True, None)
    part = PartUnderWay(row, [CapturedFrame(b"data", "n", 0.0), CapturedFrame(b"more", "m", 0.1)], "")
    (shot, other) = part.shots
    assert shot.store(str(tmp_path)) and other.store(str(tmp_path))
    with open(shot.path, "rb") as stream:
        assert stream.read() == b"data"
    path = shot.path
    part.discard()
    part.discard()
    assert not os.path.exists(path) and not list(tmp_path.iterdir())
    assert not shot.store(str(tmp_path / "none")) and part.frame.name == "n"


def test_a_part_gives_way_only_while_none_of_its_frames_is_read():
    row = PartRow(1, "i", "b", "0", "frame", "", "", 0.0, None, None, 0.0, True, None)
    for is_read in (False, True):
        part = PartUnderWay(row, [CapturedFrame(b"data", "n", 0.0)] * 2, "")
        for shot in part.shots:
            shot.job = ReadJob("path", "n", 0.0)
        if is_read:
            part.jobs[1].finish(result("pass"))
        assert part.waits and part.abandon() is not is_read
    assert PartUnderWay(row, [], "").frame is None and not PartUnderWay(row, [], "").waits
