"""Tests of training.team.detector_settings."""

import numpy as np
import pytest

from ocr_app.imaging.geometry import box_quad
from ocr_app.readers.codes.detector import FoundLine
from training.team import detector_settings
from training.team.examples import LabelledFrame

IMAGE = np.zeros((60, 200), np.uint8)
CHARACTERS = ("", "A", "1")


class FixedRecogniser:
    """Reads `A1` in every crop."""

    characters = CHARACTERS

    def __call__(self, crops):
        rows = np.log(np.array([[0.1, 0.8, 0.1], [0.8, 0.1, 0.1], [0.1, 0.1, 0.8]], np.float32))
        return [rows for _ in crops]


def shares(texts, quads, found):
    frame = LabelledFrame(IMAGE, quads, texts, "drawn frames", complete=False)
    return detector_settings.read_share(lambda grey: found, FixedRecogniser(), [frame], 0.15)


def test_a_line_that_is_found_and_read_counts():
    quad = box_quad(10, 10, 100, 20)
    assert shares(["A1"], [quad], [FoundLine(quad, 0.9)]) == detector_settings.ReadShare(1, 1, 1)


def test_a_line_that_is_found_and_misread_is_only_found():
    quad = box_quad(10, 10, 100, 20)
    assert shares(["A2"], [quad], [FoundLine(quad, 0.9)]) == detector_settings.ReadShare(1, 1, 0)


def test_a_line_that_no_quad_covers_is_not_found():
    found = [FoundLine(box_quad(10, 40, 100, 15), 0.9)]
    assert shares(["A1"], [box_quad(10, 5, 100, 20)], found) == detector_settings.ReadShare(1, 0, 0)


def test_marks_alone_are_no_line():
    assert shares(["--"], [box_quad(0, 0, 50, 20)], []) == detector_settings.ReadShare(0, 0, 0)


def test_percentages_of_nothing_are_zero():
    assert detector_settings.ReadShare(0, 0, 0).percent(0) == 0.0
    assert detector_settings.ReadShare(8, 2, 1).percent(2) == 25.0


def test_the_table_has_a_row_per_candidate():
    figures = {"lines": 2, "found": 100.0, "read": 50.0}
    rows = [
        {"settings": candidate, "drawn frames": figures, "receipt pages": figures}
        for candidate in detector_settings.CANDIDATES
    ]
    table = detector_settings.table({"rows": rows})
    assert len(table.splitlines()) == 2 + len(rows) and "50.0 %" in table


@pytest.mark.parametrize("name", ["side", "shrink", "largest_side", "pixel_threshold", "line_threshold"])
def test_the_shipped_settings_are_among_the_candidates(name):
    record = detector_settings.catalogues.record("codes", None)["detector"]
    assert record[name] in {candidate[name] for candidate in detector_settings.CANDIDATES}
