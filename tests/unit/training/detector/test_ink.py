"""Printed lines as coverage maps of a given height."""

import numpy as np
import pytest

pytest.importorskip("PIL", reason="Pillow draws the scenes' fonts")

from training.detector import ink
from training.render import fonts
from training.render.fonts import EMBEDDED
from training.render.seeds import stream
from training.render.types import InkMap, rectangle


@pytest.mark.parametrize("kind", ["dot", "font"])
@pytest.mark.parametrize("height", [9.0, 24.0])
def test_a_code_has_a_line_each_of_about_the_height(kind, height):
    for index in range(4):
        lines = ink.print_code(("EXP 12.03.2024", "L22150295"), kind, height, stream(1, index, kind), EMBEDDED)
        assert len(lines) == 2
        for line in lines:
            assert line.coverage.max() > 0.2
            assert 0.6 * height < np.ptp(line.quad[:, 1]) < 2.2 * height


def test_resizing_moves_the_quad_with_the_ink():
    line = InkMap(np.ones((20, 100), np.float32), rectangle(10, 5, 90, 15))
    assert ink.resized(line, 1.0) is line
    small = ink.resized(line, 0.5, 2.0)
    assert small.coverage.shape == (10, 100)
    assert np.allclose(small.quad, rectangle(10, 2.5, 90, 7.5))


def test_foreign_text_is_of_its_script():
    script = ink.SCRIPTS[3]
    text = ink.foreign(stream(1, 0, "foreign"), script, 12)
    assert 1 <= len(text) <= 12
    assert all(c == " " or any(low <= ord(c) <= high for low, high in script.ranges) for c in text)


def test_label_text_is_cut_to_its_ink():
    coverage = ink.text_map("NET WT", fonts.face(EMBEDDED, 30))
    assert coverage.min() >= 0 and coverage.max() == 1.0
    columns, rows = np.flatnonzero(coverage.any(axis=0)), np.flatnonzero(coverage.any(axis=1))
    assert columns[0] <= 5 and rows[0] <= 1 and rows[-1] >= len(coverage) - 2


def test_embossing_is_signed_light_without_a_sum():
    coverage = np.zeros((40, 80), np.float32)
    coverage[10:30, 20:60] = 1.0
    light = ink.embossed(coverage, stream(1, 0, "embossed"))
    assert light.min() < -0.2 and light.max() > 0.2 and abs(float(light.sum())) < 1.0


def test_a_shifted_quad_keeps_its_shape():
    assert np.array_equal(ink.shifted(rectangle(0, 0, 4, 2), 3, 5), rectangle(3, 5, 7, 7))
