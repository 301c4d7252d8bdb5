"""Tests of training.team.regression: known solutions."""

import numpy as np
import pytest

from training.team import regression


def test_a_constant_alone_gives_the_share_of_what_is_right():
    rows = np.ones((8, 1))
    (found,) = regression.fit(rows, np.array([1.0] * 6 + [0.0] * 2), np.ones(8))
    assert found == pytest.approx(np.log(3.0), abs=1e-4)


def test_two_groups_give_the_logits_of_their_shares():
    rows = np.array([[1.0, 0.0]] * 4 + [[1.0, 1.0]] * 5)
    right = np.array([1.0, 1.0, 0.0, 0.0] + [1.0, 1.0, 1.0, 1.0, 0.0])
    constant, slope = regression.fit(rows, right, np.ones(9), ridge=1e-9)
    assert (constant, slope) == (pytest.approx(0.0, abs=1e-5), pytest.approx(np.log(4.0), abs=1e-5))


def test_a_weight_counts_as_that_many_rows():
    rows = np.array([[1.0, 0.0], [1.0, 1.0], [1.0, 1.0], [1.0, 0.0]])
    right = np.array([1.0, 1.0, 0.0, 0.0])
    weighted = regression.fit(rows, right, np.array([3.0, 1.0, 2.0, 1.0]))
    repeated = regression.fit(np.repeat(rows, [3, 1, 2, 1], axis=0), np.repeat(right, [3, 1, 2, 1]), np.ones(7))
    np.testing.assert_allclose(weighted, repeated, atol=1e-8)


def test_coefficients_stay_finite_where_a_feature_tells_right_from_wrong():
    rows = np.array([[1.0, 1.0], [1.0, -1.0]] * 20)
    found = regression.fit(rows, np.array([1.0, 0.0] * 20), np.ones(40))
    assert np.isfinite(found).all() and 0 < found[1] < 10 and found[0] == pytest.approx(0.0, abs=1e-6)


def test_drawn_coefficients_are_found_again():
    chance = np.random.RandomState(5)
    rows = np.column_stack([np.ones(40000), chance.randn(40000, 2)])
    truth = np.array([0.5, -1.0, 2.0])
    right = (chance.rand(40000) < regression.probability(rows, truth)).astype(float)
    np.testing.assert_allclose(regression.fit(rows, right, np.ones(40000)), truth, atol=0.08)
