"""Rows and reading order, along the text's own direction."""

import cv2
import numpy as np
import pytest

from ocr_app.imaging.geometry import box_quad
from ocr_app.imaging.reading_order import layout_of, pair_direction, reading_order, rows

TWO_LINES = [box_quad(0, 0, 400, 20), box_quad(40, 32, 300, 20)]


def turned(quads, degrees, centre=(450, 450)):
    """The quads of a frame that was turned clockwise."""
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.array([[cosine, sine], [-sine, cosine]])
    return [np.asarray((quad - centre) @ matrix + centre, np.float32) for quad in quads]


def test_order_is_rows_then_columns():
    quads = [box_quad(200, 12, 50, 20), box_quad(10, 60, 50, 20), box_quad(10, 10, 50, 20), box_quad(100, 8, 50, 20)]
    assert reading_order(quads) == [2, 3, 0, 1]
    assert rows(quads) == [[2, 3, 0], [1]]
    assert reading_order([]) == [] and rows([]) == []


@pytest.mark.parametrize("degrees", [-170, -90, -45, -30, -10, -8, 8, 10, 30, 44, 45, 46, 90, 135, 180])
def test_a_centred_second_line_stays_second_under_any_tilt(degrees):
    """Its centre is higher in a tilted frame than the end of the first line."""
    assert reading_order(turned(TWO_LINES, degrees)) == [0, 1]
    assert reading_order(turned(TWO_LINES[::-1], degrees)) == [1, 0]


def test_one_wrong_short_quad_does_not_turn_the_frame():
    askew = np.asarray(cv2.boxPoints(((430.0, 10.0), (34.0, 20.0), 35.0)), np.float32)
    corners = np.roll(askew, -1, axis=0)  # boxPoints begins at the bottom left
    for degrees in (0, -12, 90):
        assert rows(turned([*TWO_LINES, corners], degrees)) == [[0, 2], [1]]


def test_lines_that_fan_out_in_perspective_keep_their_order():
    target = np.array([[0, 0], [800, -120], [800, 320], [0, 200]], np.float32)
    source = np.array([[0, 0], [800, 0], [800, 200], [0, 200]], np.float32)
    matrix = cv2.getPerspectiveTransform(source, target)
    flat = [box_quad(x, y, 180, 22) for y in (0, 40, 80, 120, 160) for x in (10, 300, 600)]
    seen = [cv2.perspectiveTransform(quad[None], matrix)[0] for quad in flat]
    assert rows(seen) == [[3 * row, 3 * row + 1, 3 * row + 2] for row in range(5)]


def test_prints_of_two_directions_are_read_one_after_the_other():
    upright = turned([box_quad(600, 100, 200, 20), box_quad(600, 130, 200, 20)], 90, (700, 125))
    assert rows([upright[1], TWO_LINES[1], upright[0], TWO_LINES[0]]) == [[3], [1], [2], [0]]


def test_quads_on_top_of_each_other_are_no_row():
    assert sorted(rows([box_quad(0, 0, 200, 20), box_quad(5, 2, 190, 20)])) == [[0], [1]]


def test_a_short_quad_has_the_direction_of_its_neighbours():
    layout = layout_of(turned([*TWO_LINES, box_quad(420, 0, 20, 20)], 10))
    for direction in layout.directions:
        np.testing.assert_allclose(np.degrees(np.arctan2(direction[1], direction[0])), 10, atol=0.01)
    np.testing.assert_allclose(pair_direction(layout, 0, 2), layout.directions[0], atol=1e-5)
    assert layout.heights[2] == pytest.approx(20, abs=1e-3) and layout.widths[0] == pytest.approx(400, abs=1e-2)
