"""Turns dots into ink coverage, without a loop over dots or pixels."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.render.types import Map, Points

_SUPERSAMPLING = 2


@dataclass(frozen=True)
class Dots:
    """Dots of ink: centres (N, 2) x, y and radii (N,), both in pixels."""

    centres: Points
    radii: NDArray[np.float64]


def splat(dots: Dots, shape: tuple[int, int], merge: float = 0.0) -> Map:
    """Ink coverage (H, W) of dots.

    A dot is the field ``2 ** -(d / r) ** 2``, which is 0.5 on its rim; there is ink where the field is above 0.5.
    Taking the largest field keeps dots round; adding the fields lets neighbours flow together (metaballs). ``merge``
    blends the two.

    Args:
        dots: the dots; those outside the map leave no ink.
        shape: (H, W) of the map.
        merge: 0..1.

    Returns:
        float32 (H, W) in 0..1.
    """
    fine = (shape[0] * _SUPERSAMPLING, shape[1] * _SUPERSAMPLING)
    if not len(dots.radii):
        return np.zeros(shape, dtype=np.float32)
    centres, radii = (dots.centres + 0.5) * _SUPERSAMPLING - 0.5, np.maximum(dots.radii * _SUPERSAMPLING, 0.3)
    index, values = _patches(centres, radii, fine)
    field = np.zeros(fine[0] * fine[1], dtype=np.float32)
    np.maximum.at(field, index, values)
    if merge > 0.0:
        total = np.bincount(index, weights=values, minlength=field.size).astype(np.float32)
        field += np.float32(merge) * (total - field)
    rim = _coverage(field, float(np.median(radii))).reshape(fine)
    return np.asarray(cv2.resize(rim, (shape[1], shape[0]), interpolation=cv2.INTER_AREA), dtype=np.float32)


def _patches(centres: Points, radii: NDArray[np.float64], fine: tuple[int, int]) -> tuple[NDArray[np.int64], Map]:
    """The flat pixel indices and field values of the square patch of every dot, without those outside the map."""
    reach = int(np.ceil(2.0 * float(radii.max())))
    steps = np.arange(-reach, reach + 1)
    anchor = np.rint(centres).astype(np.int64)
    x, y = anchor[:, 0, None] + steps, anchor[:, 1, None] + steps
    dx2, dy2 = (x - centres[:, 0, None]) ** 2, (y - centres[:, 1, None]) ** 2
    scale = radii[:, None] ** 2
    values = np.exp2(-dy2 / scale)[:, :, None] * np.exp2(-dx2 / scale)[:, None, :]
    inside = ((y >= 0) & (y < fine[0]))[:, :, None] & ((x >= 0) & (x < fine[1]))[:, None, :]
    index = y[:, :, None] * fine[1] + x[:, None, :]
    return index[inside], values[inside].astype(np.float32)


def _coverage(field: Map, radius: float) -> Map:
    """The coverage from the field: the distance from the rim in pixels, clipped to one pixel."""
    distance = np.sqrt(np.maximum(-np.log2(np.clip(field, 1e-6, 1.0)), 0.0)) * radius
    covered: Map = np.clip(radius - distance + 0.5, 0.0, 1.0).astype(np.float32)
    return covered
