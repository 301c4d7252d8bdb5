"""Ink beside a line: characters that were missed count, bars, edges and specks do not."""

import cv2
import numpy as np
import pytest

from ocr_app.imaging.geometry import box_quad
from ocr_app.imaging.ink import BETWEEN, LEFT, RIGHT, marks_beside


def page(dark=True, size=(400, 600)):
    noise = np.random.RandomState(3).normal(0, 3, size)
    return np.clip((200 if dark else 40) + noise, 0, 255).astype(np.uint8)


def characters(image, x, count, dark=True, y=190):
    """``count`` rings of 14 x 20 px from ``x``, and the quad around them."""
    for k in range(count):
        cv2.ellipse(image, (x + 7 + 18 * k, y + 10), (6, 9), 0, 0, 360, 30 if dark else 220, 3)
    return box_quad(x - 3, y - 3, 18 * count + 2, 26)


def sides_of(image, parts, reach=3.0):
    return [mark.side for mark in marks_beside(image, parts, reach)]


@pytest.mark.parametrize("dark", [True, False])
def test_a_line_alone_has_no_ink_beside_it(dark):
    image = page(dark)
    assert sides_of(image, [characters(image, 250, 6, dark)]) == []


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("degrees", [0, -12, 30, 90, 180])
def test_missed_characters_are_found_on_their_side_at_any_angle(degrees, dark):
    image = page(dark)
    first = characters(image, 160, 2, dark)
    line = characters(image, 240, 6, dark)
    matrix = cv2.getRotationMatrix2D((300, 200), degrees, 1.0)
    turned = cv2.warpAffine(image, matrix, (600, 600), borderMode=cv2.BORDER_REPLICATE)
    quads = [cv2.transform(quad[None], matrix)[0].astype(np.float32) for quad in (first, line)]
    assert sides_of(turned, [quads[1]]) == [LEFT]
    assert sides_of(turned, [quads[0]]) == [RIGHT]
    assert sides_of(turned, quads) == []


def test_a_missed_character_between_two_parts_is_found_with_its_place():
    image = page()
    parts = [characters(image, 160, 2), characters(image, 260, 4)]
    characters(image, 220, 1)
    (mark,) = marks_beside(image, parts, 3.0)
    assert mark.side == BETWEEN
    assert mark.quad[:, 0].min() == pytest.approx(220, abs=4) and mark.quad[:, 0].max() == pytest.approx(236, abs=4)


def test_a_colon_between_two_parts_counts():
    image = page()
    parts = [characters(image, 160, 2), characters(image, 260, 4)]
    for y in (196, 206):
        cv2.rectangle(image, (222, y), (224, y + 2), 30, -1)
    assert sides_of(image, parts) == [BETWEEN]


def test_bars_edges_and_specks_are_no_characters():
    image = page()
    line = characters(image, 250, 6)
    image[:, 215:219] = 30  # a bar
    image[:, 400:] = 90  # the edge of a label
    image[200, 235] = image[195, 380] = 20
    assert sides_of(image, [line]) == []


def test_what_is_farther_than_the_reach_does_not_count():
    image = page()
    characters(image, 120, 2)
    line = characters(image, 250, 6)
    assert sides_of(image, [line], 2.0) == [] and sides_of(image, [line], 6.0) == [LEFT]


def test_a_colour_frame_and_a_quad_without_extent():
    image = page()
    characters(image, 160, 2)
    line = characters(image, 240, 6)
    assert sides_of(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), [line]) == [LEFT]
    assert marks_beside(image, [np.zeros((4, 2), np.float32)], 3.0) == []
