"""Several frames of one part: what passes, and that a disagreement never does."""

import itertools

import pytest

from ocr_app.line.journal.rows import VERDICTS
from ocr_app.line.parts import agreement


def read(verdict, text="AB7", values=None, reasons=()):
    code = {"values": {"n": text[-1:]} if values is None else values, "witnesses": {"needed": 2}}
    reasons = list(reasons) or ([] if verdict == "pass" else ["unsure:" + verdict])
    return {
        "image": text, "verdict": verdict, "text": text, "reasons": reasons, "code": code, "timing_ms": {"total": 1.0}
    }  # fmt: skip


NOTHING = read("no-read", "", {})
ERROR = dict(read("error", "", {}), error={"code": "crashed"})


def test_one_frame_is_what_it_is():
    for verdict in VERDICTS:
        place, outcome = agreement.decide([read(verdict)], 2)
        assert (place, outcome.verdict) == (0, verdict) and "frames" not in outcome.witnesses


@pytest.mark.parametrize("others", [[NOTHING], [ERROR], [read("fail")], [read("hold")], []])
def test_frames_that_agree_pass_whatever_says_nothing_else(others):
    place, outcome = agreement.decide([*others, read("pass"), read("pass")], 2)
    assert (place, outcome.verdict, outcome.text) == (len(others), "pass", "AB7")
    assert [frame["verdict"] for frame in outcome.witnesses["frames"]][-2:] == ["pass", "pass"]


@pytest.mark.parametrize("verdict", ["pass", "fail", "hold"])
def test_a_frame_that_says_something_else_is_a_disagreement(verdict):
    for results in itertools.permutations([read("pass"), read("pass"), read(verdict, "AB8")]):
        _, outcome = agreement.decide(results, 1)
        assert outcome.verdict == "fail" and outcome.reasons[0] == "no-consensus"


def test_without_values_texts_are_compared():
    results = [read("pass"), read("fail", "AB8", {}), read("pass")]
    assert agreement.decide(results, 2)[1].reasons[0] == "no-consensus"


def test_too_few_frames_that_pass_are_not_enough():
    place, outcome = agreement.decide([NOTHING, read("pass"), NOTHING], 2)
    assert (place, outcome.verdict, outcome.reasons) == (1, "fail", ("frames-too-few",))


def test_without_a_frame_that_passes_the_part_is_what_needs_most_attention():
    assert agreement.decide([NOTHING, read("fail"), NOTHING], 2)[0] == 1
    assert agreement.decide([NOTHING, read("fail"), read("hold")], 2)[1].verdict == "hold"
    assert agreement.decide([NOTHING, NOTHING], 2)[1].verdict == "no-read"
    assert agreement.decide([ERROR, NOTHING], 2)[1].reasons == ("crashed", "unsure:error")
