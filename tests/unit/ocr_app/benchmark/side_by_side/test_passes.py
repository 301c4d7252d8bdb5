"""Passes: right, right in part, wrong, elsewhere; leads and witnesses."""

import numpy as np
import pytest

from ocr_app.benchmark.side_by_side import passes
from ocr_app.benchmark.side_by_side.passes import Asked, case_of
from ocr_app.core.errors import ReaderFailed, UsageError
from ocr_app.core.types import TextLine, line_to_json
from ocr_app.datasets.sample import Sample
from ocr_app.recipes import loads
from ocr_app.scoring.line_matching import TruthLine

RECIPE = loads(
    "name: x\nyears: 2000-2049\nlines:\n- {name: day, fields: [{date: [DD.MM.YYYY, MM.YYYY]}]}\n"
    "- {name: lot, optional: true, fields: [{lot: A999}]}"
)


def quad(top):
    return np.array([[0, top], [200, top], [200, top + 20], [0, top + 20]], np.float32)


def photograph(*texts):
    labels = tuple(TruthLine(text, quad(40 * k)) for k, text in enumerate(texts))
    return Sample("photos/a.jpg", "a.jpg", " ".join(texts), "page", None, labels)


def answer(*lines, verdict="pass", reasons=(), gaps=(9.0,), agreed=None):
    chars = [{"sign": "1", "gap": gap} for gap in gaps] + [{"sign": " ", "gap": 0.1}]
    told = [{"code": reason, "where": "day"} for reason in reasons]
    code = {"lines": [{"chars": chars, "margin": 7.0}], "reasons": told, "witnesses": {"agreed": agreed}}
    found = [line_to_json(TextLine(text, quad(top), 0.9)) for text, top in lines]
    return {"lines": found, "verdict": verdict, "reasons": ["too-many-lines"], "code": code}


class Seat:
    """Answers in turn; remembers the lead that was asked for."""

    def __init__(self, *answers):
        self.answers, self.gaps = list(answers), []

    def read(self, path, layout, recipe, gap, box, degrees):
        self.gaps.append(gap)
        said = self.answers.pop(0)
        if isinstance(said, Exception):
            raise said
        return said


def grade(sample, *lines):
    return case_of(Seat(answer(*lines)), Asked(sample), "x.yaml", RECIPE)["grade"]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        ([("12.10.2025", 0), ("L123", 40)], "right"),
        ([("12102025", 0), ("L123", 40)], "marks"),
        ([("12.10.2025", 0)], "part"),
        ([("12.10.2026", 0), ("L123", 40)], "wrong"),
        ([("10.2025", 0), ("L123", 40)], "wrong"),
        ([("12.10.2025", 300)], "elsewhere"),
    ],
)
def test_a_pass_is_graded_by_what_the_labels_say_where_it_was_read(lines, expected):
    assert grade(photograph("12.10.2025", "L123"), *lines) == expected


def test_a_crop_has_no_elsewhere():
    crop = Sample("a.png", "a.png", "12.10.2025", "line")
    assert grade(crop, ("12.10.2025", 0)) == "right" and grade(crop, ("12.10.2026", 300)) == "wrong"
    assert grade(crop, ("10.2025", 0)) == "part"


def test_a_turned_frame_is_judged_by_its_text_alone():
    case = case_of(Seat(answer(("12.10.2026", 300))), Asked(photograph("12.10.2025"), None, 8.0), "x.yaml", RECIPE)
    assert case["grade"] == "wrong"


def test_what_does_not_pass_is_read_again_without_a_lead():
    weak = answer(("12.10.2025", 0), verdict="no-read", reasons=["unsure"], gaps=(1.5,))
    lax = answer(("12.10.2025", 0), gaps=(1.5,), agreed=True)
    seat = Seat(weak, lax)
    case = case_of(seat, Asked(photograph("12.10.2025")), "x.yaml", RECIPE)
    assert seat.gaps == [None, 0.0]
    assert (case["good"], case["verdict"], case["grade"]) == (True, "no-read", None)
    assert (case["lax_grade"], case["lead"], case["agreed"]) == ("right", 1.5, True)


def test_a_code_that_only_a_witness_holds_back_is_a_candidate():
    held = answer(("12.10.2026", 0), verdict="no-read", reasons=["witnesses-disagree"], agreed=False)
    case = case_of(Seat(held, held), Asked(photograph("12.10.2025")), "x.yaml", RECIPE)
    assert (case["grade"], case["lax_grade"], case["lead"], case["agreed"]) == (None, "wrong", 7.0, False)


def test_a_code_that_anything_else_holds_back_is_none():
    held = answer(("12.10.2025", 0), verdict="fail", reasons=["contradicted", "unsure"])
    case = case_of(Seat(held), Asked(photograph("12.10.2025")), "x.yaml", RECIPE)  # and is not read again
    assert (case["lax_grade"], case["lead"]) == (None, None)


def test_an_infinite_lead_leaves_the_others():
    assert passes.lead_of(answer(gaps=(None, 8.0))) == 7.0
    assert passes.lead_of({"code": {"lines": [{"chars": [{"sign": "1", "gap": None}], "margin": None}]}}) is None


def test_a_failure_is_a_frame_and_a_reader_of_texts_is_refused():
    case = case_of(Seat(ReaderFailed("broken")), Asked(photograph("12.10.2025")), "x.yaml", RECIPE)
    assert case["verdict"] == "error" and case["good"] and case["error"] == "reader-failed"
    with pytest.raises(UsageError):
        case_of(Seat(UsageError("gives texts only")), Asked(photograph("12.10.2025")), "x.yaml", RECIPE)
