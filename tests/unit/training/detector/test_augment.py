"""Training crops: their labels move with their pixels."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow draws the scenes' fonts")

from training.detector import augment
from training.detector.scenes import Scene
from training.render.seeds import stream


def test_a_crops_labels_move_with_its_pixels():
    grey = np.full((300, 300), 200, dtype=np.uint8)
    grey[140:160, 100:200] = 20
    quad = np.array([[[100, 140], [200, 140], [200, 160], [100, 160]]], dtype=np.float32)
    scene, rng = Scene(grey, quad, quad[:0]), stream(2, 0, "crops")
    apart = []
    for _ in range(12):
        pixels, lab = augment.crop(scene, 192, rng)
        band = np.kron(lab.band > 0.9, np.ones((4, 4))) > 0
        off = np.kron((lab.line == 0) & (lab.band == 0), np.ones((4, 4))) > 0
        if band.sum() > 100:
            apart.append(abs(float(pixels[band].mean()) - float(pixels[off].mean())))
    assert len(apart) >= 6
    assert np.median(apart) > 25.0


def test_crops_show_lines_of_all_heights_and_ways():
    grey = np.full((600, 600), 200, dtype=np.uint8)
    quad = np.array([[[200, 280], [400, 280], [400, 320], [200, 320]]], dtype=np.float32)
    rng = stream(3, 0, "crops")
    heights, upright = [], 0
    for _ in range(60):
        _, lab = augment.crop(Scene(grey, quad, quad[:0]), 416, rng)
        if lab.line.any():
            heights.append(16 * 2 ** float(lab.octaves[lab.line > 0].mean()))
            rows, columns = np.nonzero(lab.line > 0)
            upright += int(np.ptp(rows) > np.ptp(columns))
    assert min(heights) < 15 and max(heights) > 120
    assert upright > 5
