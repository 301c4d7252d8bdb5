"""The surfaces of packages before anything is printed on them. Each is a float32 (H, W, 3) BGR layer in 0..255."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from training.render.noise import ramp, ridges, smooth, streaks
from training.render.seeds import between, chance
from training.render.types import Layer, Map

Shape = tuple[int, int]
Colour = tuple[float, float, float]  # BGR, 0..255


def surface(name: str, rng: np.random.Generator, shape: Shape, colour: Colour) -> Layer:
    """A package surface.

    Args:
        name: one of ``SURFACES`` or ``UNSEEN_SURFACES``.
        rng: source of texture and shading.
        shape: (H, W).
        colour: mean BGR colour; every surface stays close to it, so that the contrast of a print on it can be chosen.

    Raises:
        ValueError: an unknown surface.
    """
    makers = {**_MAKERS, **_UNSEEN}
    if name not in makers:
        raise ValueError(f"unknown surface {name!r}; known: {', '.join(makers)}")
    base = np.broadcast_to(np.asarray(colour, dtype=np.float32), (*shape, 3))
    layer = makers[name](rng, shape, base)
    return np.asarray(np.clip(layer, 0, 255), dtype=np.float32)


def base_colour(rng: np.random.Generator, brightness: float, tint: float) -> Colour:
    """A BGR colour of the given mean brightness; ``tint`` 0 is grey, 1 strongly coloured."""
    shift = rng.normal(0.0, 1.0, 3)
    shift -= shift.mean()
    b, g, r = np.clip(brightness * (1.0 + 0.28 * tint * shift), 4, 250)
    return float(b), float(g), float(r)


def _times(layer: Layer, factor: Map) -> Layer:
    product: Layer = layer * factor[:, :, None]
    return product


def _flat(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    return _times(base, 1.0 + 0.02 * smooth(rng, shape, 90))


def _gradient(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    tilt = between(rng, 0.12, 0.3) * ramp(shape, between(rng, 0, 2 * np.pi))
    return _times(base, 1.0 + tilt + 0.03 * smooth(rng, shape, 160))


def _cardboard(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    fibres = 0.012 * streaks(rng, shape, 15) + 0.009 * streaks(rng, shape, 11, vertical=True)
    cloud = 0.02 * smooth(rng, shape, 5) + 0.03 * smooth(rng, shape, 40)
    flute = between(rng, 0.0, 0.02) * np.sin(np.arange(shape[1]) / between(rng, 4, 9) + between(rng, 0, 6))
    flecks = 0.12 * (smooth(rng, shape, 3) > 2.4)
    return _times(base, (1.0 + fibres + cloud + flute[None, :] - flecks).astype(np.float32))


def _film(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    folds: Map = 1.0 + 0.09 * smooth(rng, shape, between(rng, 60, 140))
    shine = ridges(rng, shape, between(rng, 90, 200), 0.08) + 0.6 * ridges(rng, shape, between(rng, 60, 110), 0.1)
    return np.asarray(_times(base, folds) + 32.0 * shine[:, :, None], dtype=np.float32)


def _metal(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    brushed = 0.016 * streaks(rng, shape, 91) + 0.008 * streaks(rng, shape, 31)
    band = np.exp(-(((np.arange(shape[0]) / shape[0] - between(rng, 0.1, 0.9)) / 0.3) ** 2))
    return _times(base, (0.9 + brushed + 0.22 * band[:, None]).astype(np.float32))


def _stripes(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    angle, period = between(rng, 0, np.pi), between(rng, 90, 220)
    wave = ramp(shape, angle) * max(shape) / period
    soft = np.clip(5.0 * np.sin(2 * np.pi * wave), -1, 1)
    return _times(base, (1.0 + between(rng, 0.05, 0.12) * soft).astype(np.float32))


def _halftone(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    angle, period = between(rng, 0.2, 1.3), between(rng, 7.0, 11.0)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    u, v = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
    screen = np.cos(2 * np.pi * u / period) * np.cos(2 * np.pi * v / period)
    tone = 0.55 * smooth(rng, shape, 130)
    return _times(base, (1.0 - 0.07 * np.clip(2.0 * (screen + tone), 0, 1)).astype(np.float32))


def _artwork(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    """Large printed shapes of neighbouring tones, as on a picture of the product."""
    tone = np.zeros(shape, dtype=np.float32)
    for _ in range(int(rng.integers(3, 7))):
        centre = (int(rng.integers(shape[1])), int(rng.integers(shape[0])))
        axes = (int(rng.integers(60, 260)), int(rng.integers(40, 180)))
        level = between(rng, -1, 1)
        cv2.ellipse(tone, centre, axes, between(rng, 0, 180), 0, 360, level, -1, cv2.LINE_AA)
    blurred = cv2.GaussianBlur(tone, (0, 0), between(rng, 0.8, 3.0))
    return _times(base, np.asarray(1.0 + 0.13 * blurred + 0.02 * smooth(rng, shape, 14), dtype=np.float32))


_MAKERS: dict[str, Callable[[np.random.Generator, Shape, Layer], Layer]] = {
    "flat": _flat,
    "gradient": _gradient,
    "cardboard": _cardboard,
    "film": _film,
    "metal": _metal,
    "stripes": _stripes,
    "halftone": _halftone,
    "artwork": _artwork,
}
SURFACES = tuple(_MAKERS)


def _wood(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    """Grain: rings of a trunk cut lengthwise, bent by slow noise."""
    y = np.arange(shape[0], dtype=np.float32)[:, None]
    rings = np.sin((y + 14.0 * smooth(rng, shape, 110)) / between(rng, 2.5, 5.0))
    return _times(base, np.asarray(1.0 + 0.07 * rings + 0.02 * streaks(rng, shape, 41), dtype=np.float32))


def _weave(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    """Cloth: threads over and under each other."""
    period = between(rng, 5.0, 9.0)
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32) * np.float32(np.pi / period)
    over = np.where(np.sin(x) * np.sin(y) > 0, np.abs(np.sin(2 * x)), np.abs(np.sin(2 * y)))
    return _times(base, np.asarray(1.0 + 0.07 * (over - 0.5) + 0.02 * smooth(rng, shape, 50), dtype=np.float32))


def _marble(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    """Veins: thin dark lines where turbulent noise crosses zero."""
    turbulence = smooth(rng, shape, 120) + 0.5 * smooth(rng, shape, 50) + 0.25 * smooth(rng, shape, 20)
    veins = np.exp(-((turbulence / 0.06) ** 2))
    return _times(base, np.asarray(1.0 - 0.16 * veins + 0.03 * turbulence, dtype=np.float32))


def _foil(rng: np.random.Generator, shape: Shape, base: Layer) -> Layer:
    """Crumpled foil: flat facets, each with a tone of its own."""
    points = rng.uniform(0, 1, (int(rng.integers(30, 80)), 2)) * np.array([shape[1], shape[0]])
    seeds = np.ones(shape, dtype=np.uint8)
    seeds[np.minimum(points[:, 1].astype(int), shape[0] - 1), np.minimum(points[:, 0].astype(int), shape[1] - 1)] = 0
    _, facet = cv2.distanceTransformWithLabels(seeds, cv2.DIST_L2, 3)
    tone = rng.normal(0.0, 0.06, int(facet.max()) + 1).astype(np.float32)
    return _times(base, np.asarray(1.0 + cv2.GaussianBlur(tone[facet], (0, 0), 2.0), dtype=np.float32))


_UNSEEN: dict[str, Callable[[np.random.Generator, Shape, Layer], Layer]] = {
    "wood": _wood,
    "weave": _weave,
    "marble": _marble,
    "foil": _foil,
}
UNSEEN_SURFACES = tuple(_UNSEEN)  # for test sets only: no network learns from these


def glare(rng: np.random.Generator, shape: Shape, strength: float, around: tuple[float, float]) -> Map:
    """Reflected light (H, W) in grey levels to add over print and surface.

    Args:
        rng: source of shape and position.
        shape: (H, W).
        strength: 0..1; 1 washes the brightest spot out.
        around: x, y in pixels near which the brightest reflection falls.
    """
    y, x = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    light = np.zeros(shape, dtype=np.float32)
    for _ in range(int(rng.integers(1, 4))):
        cx, cy = around[0] + between(rng, -180, 180), around[1] + between(rng, -40, 40)
        angle, long, wide = between(rng, 0, np.pi), between(rng, 70, 200), between(rng, 12, 45)
        u, v = np.cos(angle) * (x - cx) + np.sin(angle) * (y - cy), np.cos(angle) * (y - cy) - np.sin(angle) * (x - cx)
        light = np.maximum(light, np.exp(-((u / long) ** 2) - (v / wide) ** 2) * between(rng, 0.6, 1.0))
    if chance(rng, 0.5):
        light = light + 0.6 * ridges(rng, shape, between(rng, 70, 140), 0.1)
    lit: Map = (150.0 * strength * light * (1.0 + 0.15 * smooth(rng, shape, 25))).astype(np.float32)
    return np.maximum(lit, 0)
