"""What became of a verdict, and which direction is dangerous."""

import pytest

from ocr_app.line.journal import journal
from ocr_app.line.parts import agreement, part
from ocr_app.replay import comparing
from ocr_app.replay.comparing import JudgedPicture, judged_of, kind_of


def judged(verdict, text="A", *reasons):
    return JudgedPicture(verdict, text, reasons)


@pytest.mark.parametrize(
    "before, after, kind",
    [
        (judged("pass"), judged("pass"), "same"),
        (judged("fail"), judged("pass"), "new-pass"),
        (judged("no-read"), judged("pass"), "new-pass"),
        (judged("hold"), judged("pass"), "new-pass"),
        (judged("error"), judged("pass"), "new-pass"),
        (judged("pass"), judged("no-read"), "lost-pass"),
        (judged("pass"), judged("pass", "B"), "other-text"),
        (judged("fail"), judged("hold"), "other-reject"),
        (judged("fail", "A"), judged("fail", "B"), "same"),
        (judged("fail", "A", "deadline-missed"), judged("pass"), "after-line"),
        (judged("hold", "A", "challenge-failed", "unsure:lot[3]"), judged("pass"), "after-line"),
        (judged("fail", "A", "no-consensus"), judged("pass"), "after-line"),
        (judged("fail", "A", "unsure:lot[3]"), judged("pass"), "new-pass"),
    ],
)
def test_each_change_has_one_kind(before, after, kind):
    assert kind_of(before, after) == kind


def test_the_dangerous_kinds_come_first_and_what_the_line_rejected_is_no_change():
    assert comparing.KINDS[:2] == ("new-pass", "other-text") and comparing.KINDS[-1] == "same"
    assert set(comparing.KINDS) - set(comparing.CHANGES) == {"after-line", "unread", "same"}


def test_reasons_of_the_line_are_those_that_the_line_gives():
    given = set(part.REASONS) | set(agreement.REASONS) | {journal.INTERRUPTED}
    assert given <= comparing.LINE_REASONS


def test_a_record_comes_back():
    one = judged("fail", "A", "no-frame")
    assert judged_of(one.record()) == one
    assert judged_of({"verdict": "pass", "text": "A", "reasons": [], "lines": []}) == judged("pass")
