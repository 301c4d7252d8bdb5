"""Marks: what a detector is shown, and what its answer grows to again."""

from __future__ import annotations

import numpy as np
import pytest

from ocr_app.imaging.geometry import grow, sides
from ocr_app.readers.ppocr.detector import PpocrDetectorSettings, boxes_from_map, unclip_distance
from training.tuning.marks import MARGIN, draw_marks, mark_of


def quad(width: float, height: float, degrees: float = 0.0) -> np.ndarray:
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]]) - (width / 2, height / 2)
    turn = np.radians(degrees)
    rotation = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return np.asarray(corners @ rotation + (200.0, 150.0), np.float32)


@pytest.mark.parametrize("width, height", [(160.0, 20.0), (60.0, 40.0), (30.0, 30.0)])
def test_a_mark_grows_to_the_print_with_its_margin(width: float, height: float) -> None:
    mark = mark_of(quad(width, height), 1.4)
    grown = grow(mark, unclip_distance(*sides(mark), 1.4))
    assert np.allclose(grown, grow(quad(width, height), MARGIN * height), atol=0.5)


@pytest.mark.parametrize("degrees", [0.0, 17.0, -40.0])
def test_the_detector_finds_the_line_again_in_its_drawn_mark(degrees: float) -> None:
    line = quad(160.0, 24.0, degrees)
    marks = draw_marks((300, 400), [line], 1.4)
    settings = PpocrDetectorSettings(800, 0.2, 0.4, 1.4)
    (found,) = boxes_from_map(marks.astype(np.float32) / 255, settings)
    wanted = grow(line, MARGIN * 24.0)
    assert np.allclose(found.quad, wanted, atol=3.0) and found.score > 0.9


def test_without_lines_nothing_is_marked() -> None:
    assert not draw_marks((40, 60), [], 1.4).any()
