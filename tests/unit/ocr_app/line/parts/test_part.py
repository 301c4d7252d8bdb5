"""What a reading makes of a part."""

import os

import pytest

from ocr_app.line.journal.rows import VERDICTS, PartRow
from ocr_app.line.parts import part as parts
from ocr_app.line.parts.part import Outcome, PartUnderWay, outcome_of
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
    part = PartUnderWay(row, CapturedFrame(b"data", "n", 0.0), "")
    assert part.store(str(tmp_path))
    with open(part.path, "rb") as stream:
        assert stream.read() == b"data"
    path = part.path
    part.discard()
    part.discard()
    assert not os.path.exists(path) and not PartUnderWay(row, None, "").store(str(tmp_path))
    assert not part.store(str(tmp_path / "none"))
