"""The printer of one package: its size, its faults, its variants."""

from __future__ import annotations

import numpy as np
import pytest

from training.render import glyphs, printer
from training.render.fonts import EMBEDDED
from training.render.seeds import stream
from training.render.spec import PRINTS

LINES = ("PRO: 08/2022 EXP: 08/2024", "L22150295")


@pytest.mark.parametrize("kind", PRINTS)
def test_every_kind_prints_within_its_width(kind: str) -> None:
    for index in range(5):
        rng = stream(1, index, kind)
        chosen = printer.choose(kind, 0.5, LINES, 24.0, 400.0, rng, EMBEDDED)
        for text in LINES:
            line = chosen.print(text, rng)
            assert 0 < line.coverage.max() <= 1
            assert np.ptp(line.quad[:, 0]) < 1.25 * 400


def test_characters_have_about_the_asked_height() -> None:
    rng = stream(1, 0, "height")
    line = printer.choose("dot-5x7", 0.0, ("L22",), 24.0, 4000.0, rng, EMBEDDED).print("L22", rng)
    assert np.ptp(line.quad[:, 1]) == pytest.approx(24.0, rel=0.3)


def test_a_well_maintained_head_loses_nothing() -> None:
    settings = printer.head_settings("dot-5x7", 0.0, stream(1, 0, "head"))
    assert (settings.missing_dots, settings.missing_columns, settings.missing_rows) == (0.0, 0.0, ())
    assert settings.curvature == 0.0 and settings.satellites == 0.0


def test_variants_are_those_of_the_table() -> None:
    table = glyphs.load("5x7")
    seen = [printer.glyph_variants(table, stream(1, index, "variants")) for index in range(20)]
    assert any(seen)
    for variants in seen:
        assert all(name in table.variants[character] for character, name in variants.items())


def test_fading_only_takes_ink_away() -> None:
    rng = stream(1, 0, "faded")
    line = printer.choose("dot-5x7", 0.0, LINES, 24.0, 400.0, rng, EMBEDDED).print(LINES[1], rng)
    faded = printer.faded(line, 1.0, rng)
    assert (faded.coverage <= line.coverage).all() and faded.coverage.sum() < line.coverage.sum()
    assert np.array_equal(printer.faded(line, 0.0, rng).coverage, line.coverage)
