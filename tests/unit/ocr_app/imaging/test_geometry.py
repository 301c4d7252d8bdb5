"""Quads: corner order, growth, reading order, rectification."""

import itertools

import cv2
import numpy as np
import pytest

from ocr_app.imaging.geometry import box_quad, grow, image_quad, order_quad, rectify, shared_area, sides


def test_every_permutation_of_corners_gives_the_same_quad():
    quad = np.array([[10, 10], [110, 14], [109, 40], [9, 36]], np.float32)
    for shuffled in itertools.permutations(range(4)):
        np.testing.assert_array_equal(order_quad(quad[list(shuffled)]), quad)


@pytest.mark.parametrize("angle", [-80, -60, -30, 0, 30, 44, 60, 89])
def test_long_side_comes_first_and_reads_right_or_down(angle):
    corners = cv2.boxPoints(((200.0, 200.0), (150.0, 30.0), float(angle)))
    quad = order_quad(corners)
    along = quad[1] - quad[0]
    assert sides(quad) == pytest.approx((150.0, 30.0), abs=0.01)
    assert along[0] > 0 if abs(along[0]) >= abs(along[1]) else along[1] > 0


def test_grow_moves_every_side():
    np.testing.assert_allclose(grow(box_quad(10, 10, 20, 10), 5), box_quad(5, 5, 30, 20), atol=1e-4)
    np.testing.assert_allclose(grow(box_quad(10, 10, 20, 10), -2), box_quad(12, 12, 16, 6), atol=1e-4)


def test_rectify_cuts_an_upright_box_exactly():
    image = np.arange(60 * 80, dtype=np.uint32).reshape(60, 80).astype(np.uint8)
    np.testing.assert_array_equal(rectify(image, box_quad(10, 20, 30, 15)), image[20:35, 10:40])


def test_rectify_straightens_a_slanted_line():
    image = np.full((200, 200), 255, np.uint8)
    corners = cv2.boxPoints(((100.0, 100.0), (120.0, 24.0), 30.0))
    cv2.fillPoly(image, [np.round(corners).astype(np.int32)], 0)
    crop = rectify(image, order_quad(corners))
    assert crop.shape == (24, 120)
    assert crop.mean() < 25


def test_rectify_keeps_a_quad_beyond_the_border():
    assert rectify(np.zeros((20, 20, 3), np.uint8), box_quad(-5, -5, 40, 10)).shape == (10, 40, 3)


def test_image_quad_is_the_whole_image():
    assert image_quad(np.zeros((20, 30), np.uint8)).tolist() == [[0, 0], [30, 0], [30, 20], [0, 20]]


@pytest.mark.parametrize("angle", range(0, 360, 30))
def test_the_shared_area_of_quads_whose_sides_lie_on_one_line(angle):
    matrix = cv2.getRotationMatrix2D((0.0, 0.0), angle, 1.0)[:, :2]
    large, small = box_quad(0, 0, 100, 20) @ matrix.T, box_quad(90, 0, 20, 20) @ matrix.T
    for first, second in ((large, small), (small, large), (large[::-1], small)):
        assert shared_area(first, second) == pytest.approx(200, abs=0.1)
    assert shared_area(large, large) == pytest.approx(2000, abs=0.1)


def test_the_shared_area_of_crossed_nested_and_distant_quads():
    long, tall = box_quad(0, 10, 30, 10), box_quad(10, 0, 10, 30)
    assert shared_area(long, tall) == pytest.approx(100)
    assert shared_area(box_quad(0, 0, 30, 30), box_quad(5, 5, 4, 4)) == pytest.approx(16)
    assert shared_area(long, box_quad(100, 100, 5, 5)) == shared_area(long, box_quad(3, 12, 0, 0)) == 0.0
