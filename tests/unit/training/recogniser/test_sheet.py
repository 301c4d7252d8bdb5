"""The contact sheet: one cell per line."""

from __future__ import annotations

import numpy as np
import pytest

from training.recogniser import sheet
from training.render.fonts import EMBEDDED


def test_a_sheet_has_a_cell_per_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sheet.fonts, "names", lambda use: (EMBEDDED,))
    image = sheet.sheet(77, 0, 2, 3, "train", "plain")
    assert image.size == (2 * 300, 3 * 56)
    pixels = np.asarray(image)
    for row in range(3):
        for column in range(2):
            assert pixels[row * 56 : row * 56 + 39, column * 300 : column * 300 + 60].std() > 1
