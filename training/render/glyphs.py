"""Dot rasters of print heads: read from text, checked when loaded, widened for other heads."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Raster = NDArray[np.bool_]  # (rows, columns), True where a drop is fired

RASTERS = ("5x5", "5x7", "7x9", "10x16")
_DRAWN = ("5x5", "5x7")
_PARTLY_DRAWN = ("7x9",)


class GlyphError(ValueError):
    """A glyph file is malformed, or a text has a character that the head cannot print."""


@dataclass(frozen=True)
class GlyphTable:
    """The characters of one head; ``variants[character]`` maps "" (the plain drawing) and variant names to rasters."""

    name: str
    rows: int
    columns: int
    variants: Mapping[str, Mapping[str, Raster]]

    @property
    def characters(self) -> str:
        """Every printable character, sorted."""
        return "".join(sorted(self.variants))

    def raster(self, character: str, variant: str = "") -> Raster:
        """The (rows, columns) raster of a character.

        Raises:
            GlyphError: the head has no such character or variant.
        """
        drawings = self.variants.get(character)
        if drawings is None:
            raise GlyphError(f"the {self.name} head has no {character!r}; it prints: {self.characters}")
        if variant not in drawings:
            raise GlyphError(f"{character!r} of {self.name} has no variant {variant!r}; it has: {sorted(drawings)}")
        return drawings[variant]


def parse(text: str, name: str) -> GlyphTable:
    """Read a glyph file for the head ``name`` ("COLUMNSxROWS").

    Raises:
        GlyphError: a block of the wrong size, a foreign mark, a name given twice, or a variant without its plain glyph.
    """
    columns, rows = _size(name)
    found = _glyphs(text, columns, rows)
    bare = [c for c, drawings in found.items() if "" not in drawings]
    if bare or not found:
        raise GlyphError(f"glyph table {name}: no plain drawing for {bare or 'any character'}")
    return GlyphTable(name, rows, columns, found)


def widen(raster: Raster, columns: int, rows: int) -> Raster:
    """Redraw a raster on a larger grid: dots move to scaled positions, and strokes and blocks are filled."""
    out = np.zeros((rows, columns), dtype=bool)
    xs, ys = _scaled(raster.shape[1], columns), _scaled(raster.shape[0], rows)
    for (y0, x0), (y1, x1) in _strokes(raster):
        n = max(abs(int(xs[x1] - xs[x0])), abs(int(ys[y1] - ys[y0]))) + 1
        out[_line(ys[y0], ys[y1], n), _line(xs[x0], xs[x1], n)] = True
    for y, x in np.argwhere(raster[:-1, :-1] & raster[1:, :-1] & raster[:-1, 1:] & raster[1:, 1:]):
        out[ys[y] : ys[y + 1] + 1, xs[x] : xs[x + 1] + 1] = True
    return out


@cache
def load(name: str) -> GlyphTable:
    """The glyph table of a head in ``RASTERS``; glyphs without a drawing for a larger head are widened from 5x7.

    Raises:
        GlyphError: the name is unknown or the glyph file is malformed.
    """
    if name not in RASTERS:
        raise GlyphError(f"unknown raster {name!r}; known: {', '.join(RASTERS)}")
    if name in _DRAWN:
        return parse(_glyph_file(name), name)
    columns, rows = _size(name)
    wide = {c: {v: widen(r, columns, rows) for v, r in d.items()} for c, d in load("5x7").variants.items()}
    drawn = _glyphs(_glyph_file(name), columns, rows) if name in _PARTLY_DRAWN else {}
    return GlyphTable(name, rows, columns, {c: {**d, **drawn.get(c, {})} for c, d in wide.items()})


def _glyph_file(name: str) -> str:
    return (Path(__file__).parent / f"glyphs_{name}.txt").read_text(encoding="ascii")


def _glyphs(text: str, columns: int, rows: int) -> dict[str, dict[str, Raster]]:
    found: dict[str, dict[str, Raster]] = {}
    for block in _blocks(text):
        for token, raster in _block_glyphs(block, columns, rows):
            _add(found, token, raster)
    return found


def _size(name: str) -> tuple[int, int]:
    match = re.fullmatch(r"(\d+)x(\d+)", name)
    if match is None:
        raise GlyphError(f"a raster is named COLUMNSxROWS, got {name!r}")
    return int(match[1]), int(match[2])


def _blocks(text: str) -> list[list[str]]:
    lines = [line for line in text.splitlines() if not line.startswith(";;")]
    return [block.splitlines() for block in re.split(r"\n\s*\n", "\n".join(lines).strip()) if block]


def _block_glyphs(block: list[str], columns: int, rows: int) -> list[tuple[str, Raster]]:
    names, body = block[0].split(), [line.split() for line in block[1:]]
    if len(body) != rows or any(len(cells) != len(names) for cells in body):
        raise GlyphError(f"block {block[0]!r}: expected {rows} rows of {len(names)} cells")
    return [(name, _raster(name, [cells[i] for cells in body], columns)) for i, name in enumerate(names)]


def _raster(name: str, cells: list[str], columns: int) -> Raster:
    for cell in cells:
        if len(cell) != columns or set(cell) - {"#", "."}:
            raise GlyphError(f"glyph {name}: row {cell!r} is not {columns} marks of '#' and '.'")
    return np.array([[mark == "#" for mark in cell] for cell in cells], dtype=bool)


def _add(found: dict[str, dict[str, Raster]], token: str, raster: Raster) -> None:
    name, _, variant = token.partition("~")
    character = " " if name == "SP" else name
    drawings = found.setdefault(character, {})
    if len(character) != 1 or variant in drawings:
        raise GlyphError(f"glyph {token!r}: not one character, or drawn twice")
    drawings[variant] = raster


def _scaled(size: int, target: int) -> NDArray[np.int64]:
    """The positions of ``size`` columns on ``target`` columns, mirrored so that symmetric letters stay symmetric."""
    exact = np.arange(size) * (target - 1) / (size - 1)
    left = np.floor(exact + 0.4).astype(np.int64)
    places: NDArray[np.int64] = np.where(np.arange(size) <= (size - 1) // 2, left, target - 1 - left[::-1])
    return places


def _line(start: int, stop: int, n: int) -> NDArray[np.int64]:
    return np.rint(np.linspace(start, stop, n)).astype(np.int64)


def _strokes(raster: Raster) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Pairs of dots to join: each dot with itself, its right and lower neighbours, and diagonals that cut no corner."""
    dots = {(int(y), int(x)) for y, x in np.argwhere(raster)}
    pairs = [((y, x), (y, x)) for y, x in dots]
    for y, x in sorted(dots):
        pairs += [((y, x), p) for p in ((y, x + 1), (y + 1, x)) if p in dots]
        for dx in (-1, 1):
            if (y + 1, x + dx) in dots and not {(y, x + dx), (y + 1, x)} & dots:
                pairs.append(((y, x), (y + 1, x + dx)))
    return pairs
