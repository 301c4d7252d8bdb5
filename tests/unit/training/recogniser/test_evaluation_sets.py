"""The lines that the recogniser is measured on."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from training.recogniser import evaluation_sets
from training.recogniser.evaluation_sets import KINDS, REAL


def test_the_lines_of_a_set_are_cut_by_their_quads(nano_codes: Path) -> None:
    found = [line for _, line in zip(range(5), evaluation_sets.drawn(nano_codes), strict=False)]
    assert all(line.text and line.pixels.shape[0] > 10 and line.pixels.shape[1] > 40 for line in found)


def test_photographs_are_grouped_by_their_names(tmp_path: Path) -> None:
    (tmp_path / "photos2").mkdir()
    cv2.imwrite(str(tmp_path / "photos2" / "dpm_1.png"), np.zeros((80, 200, 3), np.uint8))
    quad = [[10, 10], [110, 10], [110, 30], [10, 30]]
    lines = [{"text": "AB 1", "ignore": False, "quad": quad}, {"text": None, "ignore": True, "quad": quad}]
    data = {"photos2/dpm_1.png": {"width": 200, "height": 80, "lines": lines}}
    (tmp_path / "photos2.json").write_text(json.dumps(data), encoding="utf-8")
    (line,) = evaluation_sets.photographs("photos2", tmp_path)
    assert (line.text, line.group, line.pixels.shape) == ("AB 1", "marked metal", (24, 104, 3))


@pytest.mark.skipif(not (REAL / "photos2").is_dir(), reason="the real photographs are not on this machine")
def test_every_real_photograph_has_a_kind() -> None:
    names = [path.name for folder in ("photos", "photos2") for path in (REAL / folder).glob("*.[jp]*g")]
    assert names and {name.split("_")[0] for name in names} <= set(KINDS)
