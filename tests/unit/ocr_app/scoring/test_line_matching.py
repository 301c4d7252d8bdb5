"""Scoring by labelled line."""

import numpy as np
import pytest

from ocr_app.core.types import TextLine
from ocr_app.imaging.geometry import shared_part
from ocr_app.scoring.line_matching import LineCount, TruthLine, count_lines, line_outcomes, text_inside


def box(left, top, width=100.0, height=20.0):
    right, bottom = left + width, top + height
    return np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)


def read(text, left, top, width=100.0):
    return TextLine(text, box(left, top, width), 0.9)


def test_overlap_is_the_share_of_the_smaller_quad():
    assert shared_part(box(0, 0), box(90, 0)) == pytest.approx(0.1)
    assert shared_part(box(0, 0), box(10, 0, 50)) == pytest.approx(1.0)
    assert shared_part(box(0, 0), box(0, 0, 0)) == 0.0


def test_pieces_are_joined_along_the_line_and_strangers_left_out():
    lines = [read("23", 60, 0, 40), read("EXP", 0, 1, 50), read("no", 0, 100)]
    assert text_inside(box(0, 0), lines) == "EXP23"


def test_a_line_that_runs_upwards_is_joined_upwards():
    upwards = np.roll(box(0, 0, 20, 100), -3, axis=0)  # first corner bottom left, text going up
    pieces = [TextLine("2", box(0, 0, 20, 45), 1.0), TextLine("1", box(0, 55, 20, 45), 1.0)]
    assert text_inside(upwards, pieces) == "12"


def test_a_line_counts_when_its_label_is_contained_in_what_was_read_there():
    truths = [TruthLine("EXP 23", box(0, 0)), TruthLine("L7", box(0, 50)), TruthLine(None, box(0, 80), True)]
    assert count_lines(truths, [read("x exp:23", 0, 0), read("L1", 0, 50)]) == LineCount(lines=2, read=1)


def test_a_label_without_letters_or_digits_cannot_be_scored():
    assert count_lines([TruthLine("--", box(0, 0))], []) == LineCount(0, 0)


def test_a_picture_without_scored_lines_counts_as_fully_read():
    assert LineCount(0, 0).full and not LineCount(2, 1).full


def test_a_line_can_be_found_read_in_part_or_exactly():
    truths = [TruthLine("EXP 23", box(0, 0)), TruthLine("L7", box(0, 50)), TruthLine("A1", box(0, 80))]
    outcomes = line_outcomes(truths, [read("EXP:23", 0, 0), read("L77", 0, 50), read("A1", 200, 80)])
    assert [tuple(outcome) for outcome in outcomes] == [(True, True, True), (True, True, False), (False, False, False)]
