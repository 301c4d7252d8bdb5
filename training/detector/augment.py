"""Turns one scene of the pool into many training crops: scaled, rotated, relit, blurred, noisy, compressed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from training.detector import labels
from training.detector.labels import Labels
from training.detector.scenes import Scene, turn_angle
from training.render import noise, optics
from training.render.seeds import between, chance

MEAN, SPREAD = 127.5, 64.0  # grey levels, as ocr_app.readers.codes.detector.prepare
_LOWEST = 10.0  # px; the line that a crop is laid round is not shown lower than this, if enlarging helps
_TALLEST = 72.0  # px; no crop shows a line higher than this


def crop(scene: Scene, side: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], Labels]:
    """A square crop of ``side`` px from the scene and its labels."""
    view = _view(scene, side, rng)
    scale = float(np.hypot(view[0, 0], view[1, 0]))
    way = cv2.INTER_LINEAR if scale > 0.7 else cv2.INTER_AREA
    grey = scene.grey if scale > 0.85 else cv2.GaussianBlur(scene.grey, (0, 0), 0.35 / scale)
    seen = cv2.warpAffine(grey, view, (side, side), flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=128)
    pixels = light(np.asarray(seen, dtype=np.uint8), rng)
    lines, unsure = _moved(scene.lines, view), _moved(scene.unsure, view)
    return pixels, labels.draw((side, side), lines, unsure)


def _view(scene: Scene, side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """The (2, 3) transform from scene to crop: mostly around a line, whose height limits the scale."""
    h, w = scene.grey.shape
    focus, tallest = np.array([between(rng, 0.2, 0.8) * w, between(rng, 0.2, 0.8) * h]), 20.0
    if len(scene.lines) and chance(rng, 0.85):
        quad = scene.lines[int(rng.integers(len(scene.lines)))].astype(np.float64)
        tallest = float(np.linalg.norm(quad[3] - quad[0]))
        focus = quad[0] + between(rng, 0, 1) * (quad[1] - quad[0])
    least = min(max(0.6, _LOWEST / tallest), 1.5)
    scale = float(np.exp(between(rng, np.log(least), np.log(1.6))))
    scale = min(scale, _TALLEST / tallest)
    angle = turn_angle(rng, (0.75, 0.95), 0.06, 0.3)
    stretch = between(rng, 0.85, 1.2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([stretch, 1.0]) * scale
    target = np.array([between(rng, 0.12, 0.88) * side, between(rng, 0.08, 0.92) * side])
    offset = target - turn @ focus
    if chance(rng, 0.7):
        offset = _kept_inside(turn, offset, (w, h), side)
    return np.concatenate([turn, offset[:, None]], axis=1)


def _kept_inside(
    turn: NDArray[np.float64], offset: NDArray[np.float64], size: tuple[int, int], side: int
) -> NDArray[np.float64]:
    """The offset, changed so that the crop shows as little as possible outside the scene of ``size`` (w, h)."""
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]]) @ turn.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    bounds = np.sort(np.stack([side - high, -low]), axis=0)
    return np.clip(offset, bounds[0], bounds[1])


def _moved(quads: NDArray[np.float32], view: NDArray[np.float64]) -> NDArray[np.float32]:
    """Quads under the transform; pixel centres are at halves for quads and at whole numbers for the warp."""
    return np.asarray((quads - 0.5) @ view[:, :2].T + view[:, 2] + 0.5, dtype=np.float32)


def light(grey: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Apply the effects of light, lens, sensor and file to a crop."""
    if chance(rng, 0.35):
        motion = between(rng, 0, 5) if chance(rng, 0.3) else 0.0
        camera = optics.Camera(between(rng, 0.5, 1.8), motion, between(rng, 0, 3.14))
        grey = np.asarray(cv2.filter2D(grey, -1, optics.blur_kernel(camera)), dtype=np.uint8)
    if chance(rng, 0.12):
        grey = np.asarray(255 - grey, dtype=np.uint8)
    tone = np.linspace(0, 1, 256) ** np.exp(between(rng, -0.6, 0.6))
    if chance(rng, 0.6):
        tone = (tone - 0.5) * between(rng, 0.45, 1.3) + 0.5 + between(rng, -0.2, 0.2)
    seen = cv2.LUT(grey, np.clip(np.rint(255 * tone), 0, 255).astype(np.uint8))
    if chance(rng, 0.5):
        grain = np.empty(grey.shape, dtype=np.int16)
        cv2.setRNGSeed(int(rng.integers(2**31)))
        cv2.randn(grain, 0, between(rng, 1, 4) if chance(rng, 0.75) else between(rng, 4, 14))
        if chance(rng, 0.5):
            grain = cv2.blur(grain, (2, 2))
        seen = cv2.add(seen, grain, dtype=cv2.CV_8U)
    if chance(rng, 0.15):
        glow = between(rng, -60, 90) * noise.smooth(rng, grey.shape, between(rng, 40, 160))
        seen = cv2.add(seen, glow.astype(np.int16), dtype=cv2.CV_8U)
    if chance(rng, 0.3):
        done = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))])[1]
        seen = cv2.imdecode(done, cv2.IMREAD_GRAYSCALE)
    return np.asarray(seen, dtype=np.uint8)
