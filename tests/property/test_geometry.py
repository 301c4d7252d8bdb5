"""Laws of quads."""

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from ocr_app.imaging.geometry import box_quad, grow, order_quad, sides

CENTRES = st.tuples(st.floats(-500, 500), st.floats(-500, 500))
LENGTHS = st.floats(20, 400)


def area(quad):
    """Signed: positive when clockwise, with y pointing down."""
    x, y = quad[:, 0].astype(float), quad[:, 1].astype(float)
    return 0.5 * float(np.sum(x * np.roll(y, -1) - np.roll(x, -1) * y))


@given(CENTRES, LENGTHS, st.floats(0.1, 0.8), st.floats(-179, 179), st.permutations(range(4)))
def test_order_is_a_clockwise_permutation_whatever_came_in(centre, width, ratio, angle, shuffled):
    corners = cv2.boxPoints((centre, (width, width * ratio), angle)).astype(np.float32)
    quad = order_quad(corners[list(shuffled)])
    assert area(quad) > 0
    assert sorted(map(tuple, quad.tolist())) == sorted(map(tuple, corners.tolist()))
    np.testing.assert_array_equal(order_quad(quad), quad)
    np.testing.assert_array_equal(order_quad(corners), quad)


@given(CENTRES, LENGTHS, st.floats(0.1, 0.8), st.floats(-179, 179))
def test_long_side_leads_and_points_right_or_down(centre, width, ratio, angle):
    quad = order_quad(cv2.boxPoints((centre, (width, width * ratio), angle)))
    along = quad[1] - quad[0]
    leading = along[0] if abs(along[0]) >= abs(along[1]) else along[1]
    assert leading > 0
    assert sides(quad)[0] >= sides(quad)[1]


@given(LENGTHS, st.floats(20, 60), st.floats(0, 30))
def test_grow_and_shrink_undo_each_other(width, height, pixels):
    quad = box_quad(50, 50, width, height)
    np.testing.assert_allclose(grow(grow(quad, pixels), -pixels), quad, atol=1e-2)
