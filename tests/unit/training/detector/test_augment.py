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
