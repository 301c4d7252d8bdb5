import numpy as np
import pytest

from ocr_app.imaging.geometry import shared_part
from training.detector.matching import Tally, covered, enlarged, overlap


def quad(x0, y0, x1, y1):
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], dtype=np.float32)


TRUTH = quad(10, 10, 110, 30)


def test_overlap_is_intersection_over_union():
    assert overlap(TRUTH, TRUTH) == pytest.approx(1.0)
    assert overlap(TRUTH, quad(60, 10, 160, 30)) == pytest.approx(50 / 150, abs=1e-3)
    assert overlap(TRUTH, quad(200, 10, 300, 30)) == 0.0


def test_an_enlarged_quad_has_a_tenth_of_its_height_more_on_each_side():
    assert np.allclose(enlarged(TRUTH), quad(8, 8, 112, 32))


def test_a_quad_that_misses_the_first_character_does_not_cover_the_line():
    assert covered(TRUTH, quad(11, 10, 110, 30)) == 1.0
    assert covered(TRUTH, quad(24, 10, 110, 30)) == pytest.approx(0.88, abs=0.02)
    assert covered(TRUTH, quad(0, 24, 120, 60)) == 0.0


def test_counts_and_figures():
    tally = Tally()
    tally.add([TRUTH], [quad(0, 100, 100, 120)], [quad(10, 11, 111, 31), quad(20, 104, 80, 116), quad(0, 200, 50, 220)])
    assert (tally.lines, tally.overlapped, tally.whole, tally.found, tally.extra) == (1, 1, 1, 3, 1)
    shares = {"met": 100.0, "recall": 100.0, "whole": 100.0}
    assert tally.figures() == {**shares, "precision": 66.67, "extra_per_frame": 1.0}


def test_a_piece_of_a_line_meets_it_and_is_not_the_line():
    tally = Tally()
    tally.add([TRUTH], [], [quad(20, 12, 50, 28)])
    assert (tally.met, tally.overlapped) == (1, 0)
    assert shared_part(TRUTH, TRUTH + 500) == 0.0


def test_a_line_missed_counts_in_recall():
    tally = Tally()
    tally.add([TRUTH, quad(10, 50, 110, 70)], [], [TRUTH])
    assert tally.figures()["recall"] == 50.0
