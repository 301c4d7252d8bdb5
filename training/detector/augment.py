"""Turns one scene of the pool into many training crops: scaled, rotated, relit, blurred, noisy, compressed."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from ocr_app.readers.codes.detector import CELL
from training.detector import labels
from training.detector.labels import Labels
from training.detector.scenes import Scene, turn_angle
from training.render import noise, optics
from training.render.seeds import between, chance

MEAN, SPREAD = 127.5, 64.0  # grey levels, as ocr_app.readers.codes.detector.prepare
_LOW, _USUAL, _HIGH = 9.0, 52.0, 230.0  # px; the heights in which the line that a crop is laid round is shown
_SHARE_HIGH = 0.2  # of the crops show it higher than usual
_SHARE_TURNED = 0.35  # of the crops are turned by quarters
_SHARE_BENT = 0.12  # of the crops show a curved surface
_BLURRED = 24.0  # px; lines lower than this are enlarged up to 2.5 times, others up to 5 times


def crop(scene: Scene, side: int, rng: np.random.Generator) -> tuple[NDArray[np.uint8], Labels]:
    """A square crop of ``side`` px from the scene and its labels."""
    view = view_of(scene, side, rng)
    scale = float(np.sqrt(abs(np.linalg.det(view[:, :2]))))
    way = cv2.INTER_LINEAR if scale > 0.7 else cv2.INTER_AREA
    grey = scene.grey if scale > 0.85 else cv2.GaussianBlur(scene.grey, (0, 0), 0.35 / scale)
    seen = cv2.warpAffine(grey, view, (side, side), flags=way, borderMode=cv2.BORDER_CONSTANT, borderValue=128)
    quads = [moved(part, view) for part in (scene.lines, scene.unsure, scene.words, scene.texts)]
    drawn = labels.draw((side, side), *quads)
    if chance(rng, _SHARE_BENT):
        seen, drawn = _bent(np.asarray(seen, np.uint8), drawn, rng)
    return light(np.asarray(seen, dtype=np.uint8), rng), drawn


def view_of(scene: Scene, side: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """The (2, 3) transform from scene to crop: mostly around a line, whose height sets the scale."""
    h, w = scene.grey.shape
    focus, scale = np.array([between(rng, 0.2, 0.8) * w, between(rng, 0.2, 0.8) * h]), _anywhere(scene, side, rng)
    text = scene.lines if len(scene.lines) and chance(rng, 0.7) else np.concatenate([scene.words, scene.texts])
    if len(text) and chance(rng, 0.9):
        quad = text[int(rng.integers(len(text)))].astype(np.float64)
        height = max(1.0, float(np.linalg.norm(quad[3] - quad[0])))
        span = (_USUAL, _HIGH) if chance(rng, _SHARE_HIGH) else (_LOW, _USUAL)
        target = float(np.exp(between(rng, np.log(span[0]), np.log(span[1]))))
        scale = float(np.clip(target / height, 0.3, 2.5 if height < _BLURRED else 5.0))
        focus = quad[0] + between(rng, 0, 1) * (quad[1] - quad[0]) + 0.5 * (quad[3] - quad[0])
    angle = turn_angle(rng, (0.6, 0.93), 0.06, 0.3)
    if chance(rng, _SHARE_TURNED):
        angle += np.pi / 2 * int(rng.integers(1, 4))
    stretch = between(rng, 0.85, 1.2)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]) @ np.diag([stretch, 1.0]) * scale
    target_place = np.array([between(rng, 0.12, 0.88) * side, between(rng, 0.08, 0.92) * side])
    offset = target_place - turn @ focus
    if chance(rng, 0.7):
        offset = _kept_inside(turn, offset, (w, h), side)
    return np.concatenate([turn, offset[:, None]], axis=1)


def _anywhere(scene: Scene, side: int, rng: np.random.Generator) -> float:
    """A scale at which a crop that is laid round no line shows between a third and all of the scene."""
    whole = side / max(scene.grey.shape)
    return float(np.exp(between(rng, np.log(whole), np.log(3.0 * whole))))


def _bent(seen: NDArray[np.uint8], drawn: Labels, rng: np.random.Generator) -> tuple[NDArray[np.uint8], Labels]:
    """A crop and its labels on a curved surface: rows or columns are shifted along one slow wave."""
    side = seen.shape[0]
    along_rows = chance(rng, 0.7)
    depth, period, phase = between(rng, 2, 12), between(rng, 0.8, 2.5) * side, between(rng, 0, 2 * np.pi)
    cells = drawn.stacked().transpose(1, 2, 0)

    def shifted(picture: NDArray[np.generic], step: float) -> NDArray[np.generic]:
        x, y = np.meshgrid(np.arange(picture.shape[1]), np.arange(picture.shape[0]))
        wave = depth * np.sin(2 * np.pi * (x if along_rows else y) * step / period + phase) / step
        maps = [
            (x + (0 if along_rows else wave)).astype(np.float32),
            (y + (wave if along_rows else 0)).astype(np.float32),
        ]
        way = cv2.INTER_LINEAR if step == 1 else cv2.INTER_NEAREST
        return np.asarray(cv2.remap(picture, maps[0], maps[1], way, borderMode=cv2.BORDER_REPLICATE))

    moved = np.concatenate([shifted(np.ascontiguousarray(cells[:, :, k]), CELL)[None] for k in range(cells.shape[2])])
    return np.asarray(shifted(seen, 1.0), np.uint8), Labels(*np.asarray(moved, np.float32))


def _kept_inside(
    turn: NDArray[np.float64], offset: NDArray[np.float64], size: tuple[int, int], side: int
) -> NDArray[np.float64]:
    """The offset, changed so that the crop shows as little as possible outside the scene of ``size`` (w, h)."""
    corners = np.array([[0, 0], [size[0], 0], [size[0], size[1]], [0, size[1]]]) @ turn.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    bounds = np.sort(np.stack([side - high, -low]), axis=0)
    return np.clip(offset, bounds[0], bounds[1])


def moved(quads: NDArray[np.float32], view: NDArray[np.float64]) -> NDArray[np.float32]:
    """Quads under the transform; pixel centres are at halves for quads and at whole numbers for the warp."""
    return np.asarray((quads - 0.5) @ view[:, :2].T + view[:, 2] + 0.5, dtype=np.float32)


def light(grey: NDArray[np.uint8], rng: np.random.Generator) -> NDArray[np.uint8]:
    """Apply the effects of light, lens, sensor and file to a crop."""
    if chance(rng, 0.35):
        motion = between(rng, 0, 5) if chance(rng, 0.3) else 0.0
        camera = optics.Camera(between(rng, 0.5, 1.8), motion, between(rng, 0, 3.14))
        grey = np.asarray(cv2.filter2D(grey, -1, optics.blur_kernel(camera)), dtype=np.uint8)
    if chance(rng, 0.2):
        grey = np.asarray(255 - grey, dtype=np.uint8)
    tone = np.linspace(0, 1, 256) ** np.exp(between(rng, -0.6, 0.6))
    if chance(rng, 0.6):
        low = 0.15 if chance(rng, 0.15) else 0.45
        tone = (tone - 0.5) * between(rng, low, 1.3 if low > 0.2 else 0.4) + 0.5 + between(rng, -0.2, 0.2)
    seen = cv2.LUT(grey, np.clip(np.rint(255 * tone), 0, 255).astype(np.uint8))
    if chance(rng, 0.5):
        grain: NDArray[np.int16] = np.empty(grey.shape, dtype=np.int16)
        cv2.setRNGSeed(int(rng.integers(2**31)))
        deviation = between(rng, 1, 4) if chance(rng, 0.75) else between(rng, 4, 14)
        cv2.randn(grain, np.zeros(1), np.full(1, deviation))
        if chance(rng, 0.5):
            grain = np.asarray(cv2.blur(grain, (2, 2)), dtype=np.int16)
        seen = cv2.add(seen, grain, dtype=cv2.CV_8U)
    if chance(rng, 0.15):
        glow = between(rng, -60, 90) * noise.smooth(rng, grey.shape, between(rng, 40, 160))
        seen = cv2.add(seen, glow.astype(np.int16), dtype=cv2.CV_8U)
    if chance(rng, 0.3):
        done = cv2.imencode(".jpg", seen, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(30, 95))])[1]
        seen = cv2.imdecode(done, cv2.IMREAD_GRAYSCALE)
    return np.asarray(seen, dtype=np.uint8)
