"""Candidates are the lines of a frame, and neighbouring segments of one row."""

import numpy as np
import pytest
from posteriors import CHARACTERS, line_of, quad_at

from ocr_app.core.errors import UsageError
from ocr_app.recipes.decoding.candidates import find_candidates, join_segments


def frame(*places):
    """Lines A, B, C, ... at these places (x, y)."""
    return [line_of("ABCDEF"[n], quad=quad_at(x, y)) for n, (x, y) in enumerate(places)]


def joined(*places):
    return [(each.sources, each.best_path.text) for each in join_segments(find_candidates(frame(*places), ()))]


def test_every_line_is_a_candidate():
    candidates = find_candidates(frame((0, 0), (0, 40)), ("O0",))
    assert [(each.sources, each.best_path.text) for each in candidates] == [((0,), "A"), ((1,), "B")]


def test_segments_of_one_row_are_joined_up_to_three():
    assert joined((0, 0), (220, 3)) == [((0, 1), "A B")]
    three = [((0, 1), "A B"), ((1, 2), "B C"), ((0, 1, 2), "A B C")]
    assert joined((0, 0), (220, 0), (440, 0)) == three
    assert max(len(sources) for sources, _ in joined((0, 0), (220, 0), (440, 0), (660, 0))) == 3


def test_lines_below_each_other_or_in_reverse_order_are_not_joined():
    assert joined((0, 0), (0, 40), (220, 65)) == [] and joined((220, 0), (0, 0)) == []


def test_a_quad_without_a_length_has_no_row():
    lines = frame((0, 0), (220, 0))
    lines[0] = lines[0]._replace(quad=np.zeros((4, 2), np.float32))
    assert join_segments(find_candidates(lines, ())) == []


def test_lines_of_different_recognisers_are_refused():
    with pytest.raises(UsageError, match="different characters"):
        find_candidates([line_of("A"), line_of("A", characters=CHARACTERS[:40])], ())
