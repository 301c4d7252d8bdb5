"""Tests of ocr_app.readers.team.places."""

import numpy as np
import pytest

from ocr_app.imaging.geometry import box_quad, shared_part
from ocr_app.readers.team.places import Rivalry, overlaps, reaches_beyond, rivalries


def turned(quad, degrees):
    angle = np.radians(degrees)
    matrix = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    return np.asarray(quad @ matrix.T, np.float32)


@pytest.mark.parametrize("degrees", [0, 10, 90, 180, 200])
def test_the_shared_area_counts_as_part_of_the_smaller_quad(degrees):
    large, small = turned(box_quad(0, 0, 100, 20), degrees), turned(box_quad(90, 0, 20, 20), degrees)
    assert shared_part(large, small) == pytest.approx(0.5, abs=0.01)
    assert shared_part(small, large) == pytest.approx(0.5, abs=0.01)


def test_quads_apart_share_nothing_and_empty_ones_neither():
    assert shared_part(box_quad(0, 0, 10, 10), box_quad(20, 0, 10, 10)) == 0.0
    assert shared_part(box_quad(0, 0, 10, 10), box_quad(5, 5, 0, 0)) == 0.0


def test_a_line_and_its_pieces_are_rivals():
    whole, pieces = [box_quad(0, 0, 100, 20)], [box_quad(0, 0, 45, 20), box_quad(55, 0, 45, 20), box_quad(0, 50, 9, 9)]
    groups = rivalries(overlaps(whole, pieces))
    assert sorted(groups) == [Rivalry((), (2,)), Rivalry((0,), (0, 1))]


def test_every_quad_is_in_one_group():
    table = np.array([[True, False, False], [True, True, False], [False, False, False]])
    groups = rivalries(table)
    assert sorted(groups) == [Rivalry((), (2,)), Rivalry((0, 1), (0, 1)), Rivalry((2,), ())]


def test_nothing_gives_no_groups():
    assert rivalries(overlaps([], [])) == []


def test_print_beyond_the_old_quads_is_seen_at_either_end():
    old = [box_quad(20, 0, 60, 20)]
    assert reaches_beyond([box_quad(-10, 0, 90, 20)], old)
    assert reaches_beyond([box_quad(20, 0, 90, 20)], old)
    assert not reaches_beyond([box_quad(10, 0, 80, 20)], old)


def test_beyond_is_along_the_text_itself():
    assert reaches_beyond([turned(box_quad(0, 0, 100, 20), 90)], [turned(box_quad(0, 0, 60, 20), 90)])
