"""Promises of the glyph tables."""

from __future__ import annotations

import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from training.render import glyphs

FULL = string.ascii_uppercase + string.digits + ".,:;/-+()*&%#'\"@ "
SMALL = string.ascii_uppercase + string.digits + ":/.- "


@pytest.mark.parametrize("name", glyphs.RASTERS)
def test_every_table_has_the_characters_of_codes(name: str) -> None:
    wanted = SMALL if name == "5x5" else FULL
    assert set(wanted) <= set(glyphs.load(name).characters)


@pytest.mark.parametrize("name", glyphs.RASTERS)
def test_every_raster_fits_its_head_and_only_the_space_is_blank(name: str) -> None:
    table = glyphs.load(name)
    for character, drawings in table.variants.items():
        for raster in drawings.values():
            assert raster.shape == (table.rows, table.columns)
            assert raster.any() == (character != " ")


@pytest.mark.parametrize("name", glyphs.RASTERS)
def test_no_two_characters_look_the_same_but_o_and_zero(name: str) -> None:
    table = glyphs.load(name)
    plain = {c: table.raster(c).tobytes() for c in table.characters if c != "O"}
    assert len(set(plain.values())) == len(plain)


def test_variants_differ_from_the_plain_drawing() -> None:
    table = glyphs.load("5x7")
    assert {"slashed", "dotted"} <= set(table.variants["0"])
    for drawings in table.variants.values():
        assert len({r.tobytes() for r in drawings.values()}) == len(drawings)


@given(st.sampled_from(FULL), st.integers(5, 20), st.integers(7, 30))
def test_widening_keeps_a_glyph_on_the_grid_and_loses_no_stroke(character: str, columns: int, rows: int) -> None:
    raster = glyphs.load("5x7").raster(character)
    wide = glyphs.widen(raster, columns, rows)
    assert wide.shape == (rows, columns)
    assert wide.sum() >= raster.sum()


@given(st.sampled_from(FULL))
def test_widening_to_the_same_size_changes_nothing(character: str) -> None:
    raster = glyphs.load("5x7").raster(character)
    assert np.array_equal(glyphs.widen(raster, 5, 7), raster)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("A\n##\n#.", "expected 3 rows"),
        ("A\n##\n#x\n##", "not 2 marks"),
        ("A\n##\n###\n##", "not 2 marks"),
        ("A A\n## ##\n## ##\n## ##", "drawn twice"),
        ("A~open\n##\n##\n##", "no plain drawing"),
        ("AB\n##\n##\n##", "not one character"),
        ("", "no plain drawing"),
    ],
)
def test_a_malformed_file_is_refused_by_its_fault(text: str, complaint: str) -> None:
    with pytest.raises(glyphs.GlyphError, match=complaint):
        glyphs.parse(text, "2x3")


def test_an_unknown_head_character_or_variant_is_named() -> None:
    with pytest.raises(glyphs.GlyphError, match="unknown raster '9x9'"):
        glyphs.load("9x9")
    with pytest.raises(glyphs.GlyphError, match="no '@'"):
        glyphs.load("5x5").raster("@")
    with pytest.raises(glyphs.GlyphError, match="no variant 'bold'"):
        glyphs.load("5x7").raster("A", "bold")
