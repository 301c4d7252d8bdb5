"""Laws of reading order: it belongs to the print, not to the frame."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr_app.imaging.geometry import box_quad
from ocr_app.imaging.reading_order import reading_order, rows

PART = st.tuples(st.floats(1.6, 14), st.floats(0.4, 6))
"""The width of a part and the gap behind it, in heights."""

PRINT = st.lists(st.lists(PART, min_size=1, max_size=4), min_size=1, max_size=6)


def drawn(lines, height, spacing, indents):
    """The quads of a print line by line, and the rows that a person sees: lists of indices."""
    quads, expected = [], []
    for number, (parts, indent) in enumerate(zip(lines, indents)):
        at, row = indent * height, []
        for width, gap in parts:
            row.append(len(quads))
            quads.append(box_quad(at, number * spacing * height, width * height, height))
            at += (width + gap) * height
        expected.append(row)
    return quads, expected


def turned(quads, degrees):
    cosine, sine = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    matrix = np.array([[cosine, sine], [-sine, cosine]])
    return [np.asarray(quad @ matrix + (400, 300), np.float32) for quad in quads]


@given(
    PRINT,
    st.floats(8, 80),
    st.floats(1.05, 3),
    st.lists(st.floats(0, 8), min_size=6, max_size=6),
    st.floats(0, 360),
    st.randoms(use_true_random=False),
)
def test_rows_are_the_same_however_the_frame_is_turned(lines, height, spacing, indents, degrees, random):
    quads, expected = drawn(lines, height, spacing, indents)
    seen = turned(quads, degrees)
    assert rows(seen) == expected
    shuffled = list(range(len(quads)))
    random.shuffle(shuffled)
    found = rows([seen[k] for k in shuffled])
    assert [[shuffled[k] for k in row] for row in found] == expected


@given(
    st.integers(2, 5),
    st.integers(1, 3),
    st.floats(0, 360),
    st.floats(-0.1, 0.1),
    st.floats(-0.1, 0.1),
    st.lists(st.floats(-1.5, 1.5), min_size=15, max_size=15),
)
def test_perspective_and_small_errors_of_angles_do_not_change_the_rows(lines, parts, degrees, fan, tip, errors):
    """``fan``, ``tip``: how much narrower one side of the frame is; ``errors``: degrees by which quads are askew."""
    flat = [box_quad(30 + 230 * part, 40 * line, 200, 22) for line in range(lines) for part in range(parts)]
    side = 800.0
    square = np.array([[0, 0], [side, 0], [side, side], [0, side]], np.float32)
    target = square + side * np.array([[tip, fan], [-tip, -fan], [tip, fan], [-tip, -fan]], np.float32)
    matrix = cv2.getPerspectiveTransform(square, np.asarray(target, np.float32))
    seen = [cv2.perspectiveTransform(quad[None], matrix)[0] for quad in flat]
    askew = [turned([quad - quad.mean(axis=0)], error)[0] - (400, 300) for quad, error in zip(seen, errors)]
    placed = [np.asarray(quad + each.mean(axis=0), np.float32) for quad, each in zip(askew, seen)]
    expected = [list(range(line * parts, (line + 1) * parts)) for line in range(lines)]
    assert rows(turned(placed, degrees)) == expected


@given(st.lists(st.tuples(st.floats(0, 900), st.floats(0, 900), st.floats(10, 200), st.floats(8, 60)), max_size=12))
def test_reading_order_is_a_permutation(boxes):
    order = reading_order([box_quad(*box) for box in boxes])
    assert sorted(order) == list(range(len(boxes)))


@given(st.integers(1, 5), st.integers(1, 5), st.randoms(use_true_random=False))
def test_a_grid_is_read_row_by_row(grid_rows, columns, random):
    cells = [(row, column) for row in range(grid_rows) for column in range(columns)]
    random.shuffle(cells)
    quads = [box_quad(120 * column, 50 * row, 100, 30) for row, column in cells]
    assert [cells[i] for i in reading_order(quads)] == sorted(cells)
