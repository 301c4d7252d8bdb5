"""Candidates are the lines of a frame, and neighbouring segments of one row."""

import numpy as np
import pytest
from posteriors import CHARACTERS, line_of, quad_at

from ocr_app.core.errors import UsageError
from ocr_app.recipes.decoding.candidates import find_candidates, find_segments, join_segments


def frame(*places):
    """Lines A, B, C, ... at these places (x, y)."""
    return [line_of("ABCDEF"[n], quad=quad_at(x, y)) for n, (x, y) in enumerate(places)]


def joined(*places):
    return [(each.sources, each.best_path.text) for each in all_joined(frame(*places))]


def all_joined(lines):
    candidates = find_candidates(lines, ())
    return join_segments(candidates, find_segments(candidates))


def test_every_line_is_a_candidate():
    candidates = find_candidates(frame((0, 0), (0, 40)), ("O0",))
    assert [(each.sources, each.best_path.text) for each in candidates] == [((0,), "A"), ((1,), "B")]


def test_segments_of_one_row_are_joined():
    assert joined((0, 0), (220, 3)) == [((0, 1), "A B")]
    three = [((0, 1), "A B"), ((1, 2), "B C"), ((0, 1, 2), "A B C")]
    assert joined((0, 0), (220, 0), (440, 0)) == three
    assert max(len(sources) for sources, _ in joined(*((220 * k, 0) for k in range(6)))) == 6


@pytest.mark.parametrize("degrees", [-12, 45, 90, 180])
def test_rows_are_those_of_the_text_at_any_angle(degrees):
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.array([[cosine, sine], [-sine, cosine]])
    lines = [each._replace(quad=each.quad @ matrix) for each in frame((0, 0), (300, 0), (0, 30), (300, 30))]
    assert [each.sources for each in all_joined(lines)] == [(0, 1), (2, 3)]


def test_segments_may_be_several_heights_apart_and_no_more():
    assert joined((0, 0), (200 + 20 * 5, 0)) == [((0, 1), "A B")]
    assert joined((0, 0), (200 + 20 * 7, 0)) == []


def test_segments_of_another_height_are_not_joined():
    lines = frame((0, 0), (220, 0))
    lines[1] = lines[1]._replace(quad=quad_at(220, -20, height=60.0))
    assert all_joined(lines) == []


def test_lines_below_each_other_or_in_reverse_order_are_not_joined():
    assert joined((0, 0), (0, 40), (220, 65)) == [] and joined((220, 0), (0, 0)) == []


def test_a_quad_without_a_length_and_a_place_without_frames_have_no_row():
    lines = frame((0, 0), (220, 0))
    assert all_joined([lines[0]._replace(quad=np.zeros((4, 2), np.float32)), lines[1]]) == []
    assert all_joined([lines[0]._replace(log_probs=lines[0].log_probs[:0]), lines[1]]) == []


def test_lines_of_different_recognisers_are_refused():
    with pytest.raises(UsageError, match="different characters"):
        find_candidates([line_of("A"), line_of("A", characters=CHARACTERS[:40])], ())
