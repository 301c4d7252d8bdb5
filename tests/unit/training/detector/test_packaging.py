"""Packages: their codes are on free places, inside, and printed."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow draws the scenes' fonts")

from training.detector import packaging
from training.render.seeds import stream

pytestmark = pytest.mark.usefixtures("few_fonts")


def test_a_sheet_has_codes_inside_and_of_its_heights():
    quads = []
    for index in range(8):
        made = packaging.sheet(stream(1, index, "sheet"), (400, 500), 2, (12, 24))
        assert made.grey.shape == (400, 500) and made.grey.dtype == np.float32
        quads += made.lines
    assert len(quads) >= 8
    for quad in quads:
        assert quad.min() >= -1 and (quad.max(axis=0) <= (501, 401)).all()
        assert 8 < np.linalg.norm(quad[3] - quad[0]) < 60


def test_a_sheet_is_reproducible():
    first, second = (packaging.sheet(stream(1, 0, "sheet"), (300, 300), 1, (12, 24)) for _ in range(2))
    assert np.array_equal(first.grey, second.grey) and np.array_equal(first.taken, second.taken)


def test_crowding_fills_more_of_the_package():
    def share(crowd):
        sheets = [packaging.sheet(stream(1, k, "crowd"), (300, 400), 1, (12, 20), crowd) for k in range(4)]
        return np.mean([made.taken.mean() for made in sheets])

    assert share(1.0) > share(0.0) + 0.05


def test_a_taken_box_is_not_free_and_neither_is_one_beyond_the_rim():
    made = packaging.Sheet(np.zeros((50, 80), np.float32), np.zeros((50, 80), np.uint8))
    assert made.free((10, 10, 20, 10))
    made.take((15, 12, 5, 5))
    assert not made.free((10, 10, 20, 10)) and made.free((40, 10, 20, 10))
    assert not made.free((70, 10, 20, 10)) and not made.free((-1, 0, 5, 5))


@pytest.mark.parametrize("level", [40.0, 120.0, 220.0])
def test_a_surface_stays_near_its_level(level):
    for index in range(8):
        plane = packaging.surface(stream(1, index, "surface"), (120, 160), level)
        assert plane.shape == (120, 160) and abs(float(plane.mean()) - level) < 45


def test_a_stamp_beyond_the_rim_is_cut_off():
    grey = np.full((40, 60), 200.0, np.float32)
    packaging.stamp(grey, np.ones((10, 30), np.float32), (45, 35), 20.0, 1.0)
    assert grey.shape == (40, 60) and grey[36, 50] < 200 and grey[0, 0] == 200
