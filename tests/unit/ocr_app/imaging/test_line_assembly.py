"""Parts of one printed line become one line; columns and prints of another size do not."""

import cv2
import numpy as np
import pytest

from ocr_app.core.types import TextLine
from ocr_app.imaging.geometry import box_quad
from ocr_app.imaging.line_assembly import MAX_GAP, assemble, gap_between, joined_quad, parts_of_lines
from ocr_app.imaging.reading_order import layout_of

DATE = [box_quad(0, 0, 34, 20), box_quad(60, 1, 60, 20), box_quad(146, -1, 80, 20)]  # 16 JAN 2021


def turned(quads, degrees):
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.array([[cosine, sine], [-sine, cosine]])
    return [np.asarray(quad @ matrix + 300, np.float32) for quad in quads]


@pytest.mark.parametrize("degrees", [0, -12, 30, 90, 180, 270])
def test_parts_with_gaps_of_a_height_and_more_are_one_line_at_any_angle(degrees):
    assert parts_of_lines(turned([DATE[2], DATE[0], DATE[1]], degrees)) == [[1, 2, 0]]


def test_columns_that_are_far_apart_stay_apart():
    columns = [box_quad(0, 0, 100, 20), box_quad(100 + 20 * (MAX_GAP + 0.5), 0, 100, 20)]
    assert parts_of_lines(columns) == [[0], [1]]
    assert parts_of_lines(columns, MAX_GAP + 1) == [[0, 1]]


def test_parts_of_another_height_or_direction_are_other_lines():
    assert parts_of_lines([DATE[0], box_quad(44, -10, 100, 40)]) == [[0], [1]]
    askew = np.asarray(cv2.boxPoints(((110.0, 10.0), (100.0, 20.0), 15.0)), np.float32)[[1, 2, 3, 0]]
    assert sorted(parts_of_lines([box_quad(-50, 0, 100, 20), askew])) == [[0], [1]]
    assert parts_of_lines([]) == []


def test_the_gap_is_in_heights_and_negative_for_an_overlap():
    layout = layout_of([*DATE, box_quad(90, 0, 80, 20)])
    assert gap_between(layout, 0, 1) == pytest.approx(1.3, abs=1e-6)
    assert gap_between(layout, 1, 3) < 0


def test_texts_are_joined_by_a_space_and_confidence_is_that_of_the_characters():
    lines = [TextLine(text, quad, sure) for text, quad, sure in zip(("16", "JAN", "2021"), DATE, (0.5, 0.9, 1.0))]
    (line,) = assemble(lines)
    assert line.text == "16 JAN 2021" and line.confidence == pytest.approx((2 * 0.5 + 3 * 0.9 + 4 * 1.0) / 9)
    np.testing.assert_array_equal(line.quad, joined_quad(DATE))
    assert line.quad[0].tolist() == [0, 0] and line.quad[2].tolist() == [226, 19]


def test_a_line_alone_stays_as_it_is_and_nothing_is_nothing():
    line = TextLine("A", DATE[0], 0.3)
    assert assemble([line])[0] is line and assemble([]) == []


def test_what_stands_on_its_head_continues_no_upright_line():
    upright, short = box_quad(0, 0, 200, 30), box_quad(210, 0, 34, 30)
    lines = [TextLine("2021.11.11B", upright, 0.9), TextLine("|zl", np.roll(short, 2, axis=0), 0.4)]
    assert [line.text for line in assemble(lines)] == ["2021.11.11B", "|zl"]
    assert [line.text for line in assemble([lines[0], lines[1]._replace(quad=short)])] == ["2021.11.11B |zl"]
