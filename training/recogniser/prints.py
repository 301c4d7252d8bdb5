"""One printed line of any printer: dot heads with drawn rasters or with rasters of a typeface, and typefaces."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from training.render import fonts, glyphs, printer
from training.render.fonts import FontFaults
from training.render.head import HeadSettings, print_grid, print_line
from training.render.seeds import between, chance, pick
from training.render.types import InkMap

KINDS = ("dot-5x7", "dot-7x9", "dot-5x5", "dot-10x16", "inkjet-merged", "dot-font", "font")
SHARES = (0.16, 0.11, 0.11, 0.07, 0.12, 0.17, 0.26)
_RASTER = {"dot-5x7": "5x7", "dot-7x9": "7x9", "dot-5x5": "5x5", "dot-10x16": "10x16"}


class LinePrinter:
    """A printer with fixed settings: every text that it prints has the same faults."""

    def __init__(
        self,
        kind: str,
        severity: float,
        height: float,
        typefaces: tuple[str, ...],
        rng: np.random.Generator,
        stretch: tuple[float, float] = (0.0, 0.18),
        recase: bool = True,
    ):
        """``height`` is that of a capital letter in pixels; ``typefaces`` are names of fonts.toml to choose from;
        ``stretch`` is the mean and spread of the logarithm of a typeface's width; with ``recase`` a third of the
        printers with a typeface print in lower or mixed case, otherwise texts are printed as they are given."""
        self.kind = kind
        self._severity, self._height = severity, height
        self._typeface = pick(rng, typefaces)
        self._lower = chance(rng, 0.35) and recase
        if kind == "font":
            self._faults = FontFaults(
                dead_rows=between(rng, 0.0, 0.12) * severity,
                voids=between(rng, 0.0, 0.2) * severity,
                spacing=between(rng, -0.02, 0.12) if chance(rng, 0.8) else between(rng, 0.1, 0.45),
            )
            self._stroke = between(rng, 0.0, height / 16)
            self._stretch = float(np.exp(rng.normal(*stretch)))
            return
        raster = _RASTER.get(kind) or pick(rng, ("5x7", "5x7", "7x9", "10x16"))
        self._table = glyphs.load(raster)
        self._rows = int(rng.integers(7, 17)) if kind == "dot-font" else self._table.rows
        self._variants = printer.glyph_variants(self._table, rng)
        self._settings = self._head(kind, severity, rng)

    def print(self, text: str, rng: np.random.Generator) -> tuple[str, InkMap]:
        """What this printer prints of ``text`` (in its case, without unprintable characters), and its ink.

        Raises:
            ValueError: nothing of the text can be printed.
        """
        if self.kind == "font":
            shown = self._cased(text, rng)
            clean = fonts.print_text(shown, _sized(self._typeface, self._height), self._faults.spacing, self._stroke)
            worn = fonts.wear(_stretched(clean, self._stretch), self._faults, rng)
            return shown, printer.faded(worn, self._severity, rng)
        if self.kind == "dot-font":
            shown = self._cased(text, rng)
            grid = _raster_of(shown, self._typeface, self._rows)
            return shown, printer.faded(print_grid(grid, self._settings, rng), self._severity, rng)
        text = " ".join("".join(c for c in text if c in self._table.variants).split())
        if not text:
            raise ValueError("this head prints nothing of the text")
        line = print_line(text, self._table, self._settings, rng, self._variants)
        return text, printer.faded(line, self._severity, rng)

    def _cased(self, text: str, rng: np.random.Generator) -> str:
        """Upper case, or lower or mixed case for a third of the printers."""
        if not self._lower:
            return text
        return text.lower() if chance(rng, 0.4) else text.title()

    def _head(self, kind: str, severity: float, rng: np.random.Generator) -> HeadSettings:
        settings = printer.head_settings("dot-5x7" if kind in ("dot-10x16", "dot-font") else kind, severity, rng)
        stretch = settings.stretch * (float(np.exp(rng.normal(0.0, 0.25))) if chance(rng, 0.7) else 1.0)
        if kind in ("dot-10x16", "dot-font"):
            settings = replace(
                settings, dot=between(rng, 0.4, 0.75), missing_rows=(), bold=1 if chance(rng, 0.8) else 2
            )
        gap = settings.gap if chance(rng, 0.7) else settings.gap + int(rng.integers(0, 3))
        return replace(settings, stretch=stretch, gap=gap, pitch_px=self._height / self._rows)


def draw(
    severity: float,
    height: float,
    typefaces: tuple[str, ...],
    rng: np.random.Generator,
    shares: tuple[float, ...] = SHARES,
    stretch: tuple[float, float] = (0.0, 0.18),
    recase: bool = True,
) -> LinePrinter:
    """A random printer; ``shares`` are those of ``KINDS``."""
    return LinePrinter(KINDS[int(rng.choice(len(KINDS), p=shares))], severity, height, typefaces, rng, stretch, recase)


@lru_cache(maxsize=4096)
def _sized(typeface: str, height: float) -> fonts.Face:
    """The typeface at the size whose capital letters are about ``height`` pixels high."""
    return _face_of_height(typeface, max(7, round(height)))


@lru_cache(maxsize=4096)
def _face_of_height(typeface: str, height: int) -> fonts.Face:
    box = fonts.face(typeface, 100).getbbox("H0E")
    return fonts.face(typeface, max(6, round(100.0 * height / max(box[3] - box[1], 1.0))))


def _stretched(line: InkMap, factor: float) -> InkMap:
    """The line, wider or narrower by ``factor``."""
    width = max(8, round(line.coverage.shape[1] * factor))
    coverage = cv2.resize(line.coverage, (width, line.coverage.shape[0]), interpolation=cv2.INTER_LINEAR)
    scale = np.array([width / line.coverage.shape[1], 1.0])
    return InkMap(np.asarray(coverage, dtype=np.float32), line.quad * scale)


def _raster_of(text: str, typeface: str, rows: int) -> NDArray[np.bool_]:
    """The drops (rows, columns) with which a head of ``rows`` nozzles draws a typeface.

    Raises:
        ValueError: no drop of the text is left at that size.
    """
    face = _face_of_height(typeface, rows)
    top, bottom = face.getbbox("H0:/")[1], face.getbbox("H0:/")[3]
    start, x = 1.0, []
    for character in text:
        x.append(start)
        start += max(round(face.getlength(character)), 1) + (1 if rows < 10 else 0)
    image = Image.new("L", (int(start) + 2, int(bottom - top) + 2 + rows // 4), 0)
    pen = ImageDraw.Draw(image)
    for character, place in zip(text, x, strict=True):
        pen.text((place, 1 - top), character, fill=255, font=face)
    grid: NDArray[np.bool_] = np.asarray(image) > 110
    used = np.flatnonzero(grid.any(axis=1))
    if not len(used):
        raise ValueError("the typeface leaves no drop at this size")
    return grid[used[0] : used[-1] + 1]
