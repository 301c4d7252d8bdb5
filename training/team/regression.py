"""Logistic regression with a small ridge, by Newton's method (iteratively reweighted least squares)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STEPS = 50
_CLOSE = 1e-8


def fit(rows: Floats, right: Floats, weights: Floats, ridge: float = 1.0) -> Floats:
    """The coefficients ``(F,)`` that maximise the weighted likelihood, less ``ridge / 2`` times their squared length.

    Args:
        rows: features ``(N, F)``; the first column is constant and not penalised.
        right: 0 or 1 ``(N,)``.
        weights: of the rows ``(N,)``.
    """
    coefficients = np.zeros(rows.shape[1])
    penalty = np.full(rows.shape[1], ridge)
    penalty[0] = 1e-6
    for _ in range(_STEPS):
        chance = probability(rows, coefficients)
        gradient = rows.T @ (weights * (right - chance)) - penalty * coefficients
        curvature = (rows.T * (weights * chance * (1.0 - chance))) @ rows + np.diag(penalty)
        step = np.linalg.solve(curvature, gradient)
        coefficients = coefficients + np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < _CLOSE:
            break
    return coefficients


def probability(rows: Floats, coefficients: Floats) -> Floats:
    """The chance of each row to be right, 0..1."""
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(rows @ coefficients, -30.0, 30.0))))
