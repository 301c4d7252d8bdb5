"""The choice of the detector's settings: measured per combination, the best within a time."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow draws the scenes' fonts")

from ocr_app.networks.contract import Network
from ocr_app.readers.codes.detector import CELL, CodeDetectorSettings, band_of
from training.detector import choose
from training.detector.choose import Row
from training.detector.scenes import Scene, stack


class BandNetwork(Network):
    """Marks one band of probability 0.45, whatever the image."""

    inputs, outputs = ("image",), ("maps",)

    def infer(self, arrays):
        maps = np.full((1, 3, 160, 160), -8.0, np.float32)
        x0, y0 = (band_of(QUAD).min(axis=0) / CELL).astype(int)
        x1, y1 = (band_of(QUAD).max(axis=0) / CELL).astype(int)
        maps[0, 0, y0:y1, x0:x1] = np.log(0.45 / 0.55)
        maps[0, 1] = 1.0
        return {"maps": maps}


QUAD = np.array([[100, 100], [400, 100], [400, 132], [100, 132]], np.float32)


def test_thresholds_decide_what_is_found(monkeypatch):
    monkeypatch.setattr(choose, "_PIXEL", (0.2, 0.3, 0.4))
    monkeypatch.setattr(choose, "_LINE", (0.35, 0.5, 0.6))
    scene = Scene(np.zeros((640, 640), np.uint8), stack([]), stack([]), stack([QUAD]))
    rows = list(choose.measure(BandNetwork(), [scene], CodeDetectorSettings()))
    assert len(rows) == 9
    assert {row.text for row in rows if row.line_threshold > 0.45} == {0.0}
    assert {row.text for row in rows if row.line_threshold < 0.45} == {100.0}


def test_the_best_row_is_within_the_time():
    cheap = Row(640, 640, 0.2, 0.35, 80.0, 80.0, 0.1, 50.0)
    dear = Row(960, 960, 0.2, 0.35, 95.0, 95.0, 0.1, 150.0)
    noisy = Row(640, 640, 0.2, 0.35, 84.0, 84.0, 4.0, 50.0)
    assert choose.best([cheap, dear, noisy], 100.0) == cheap
    assert choose.best([cheap, dear, noisy], 200.0) == dear
    with pytest.raises(ValueError, match="at most 10"):
        choose.best([cheap], 10.0)


def test_what_a_line_reaches_beyond_its_quad_is_measured_in_heights():
    longer = QUAD + np.array([[-16, 0], [0, 0], [0, 8], [-16, 8]], np.float32)
    scene = Scene(np.zeros((640, 640), np.uint8), stack([]), stack([]), stack([longer]))
    settings = CodeDetectorSettings(pixel_threshold=0.2, line_threshold=0.35)
    beyond = choose.overhangs(BandNetwork(), [scene], settings)
    assert beyond["along"][2] == pytest.approx(0.5, abs=0.2)
    assert beyond["across"][2] == pytest.approx(0.25, abs=0.15)
