"""The printer of one package: all lines of a code come from the same head with the same faults."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from training.render import fonts, glyphs
from training.render.fonts import FontFaults
from training.render.head import HeadSettings, print_line
from training.render.noise import smooth
from training.render.seeds import between, chance, pick
from training.render.types import InkMap

_RASTER = {"dot-5x7": "5x7", "dot-7x9": "7x9", "dot-5x5": "5x5"}


@dataclass(frozen=True)
class DotPrinter:
    """A dot head with its raster, settings and glyph variants."""

    raster: str
    settings: HeadSettings
    variants: dict[str, str]

    def print(self, text: str, rng: np.random.Generator) -> InkMap:
        """One line as this head prints it."""
        return print_line(text, glyphs.load(self.raster), self.settings, rng, self.variants)


@dataclass(frozen=True)
class FontPrinter:
    """A thermal-transfer or laser printer: typeface, size in pixels, stroke width in pixels and faults."""

    font: str
    size: int
    stroke: float
    faults: FontFaults

    def print(self, text: str, rng: np.random.Generator) -> InkMap:
        """One line as this printer prints it."""
        clean = fonts.print_text(text, fonts.face(self.font, self.size), self.faults.spacing, self.stroke)
        return fonts.wear(clean, self.faults, rng)


Printer = DotPrinter | FontPrinter


def choose(
    kind: str, severity: float, lines: tuple[str, ...], height: float, width: float, rng: np.random.Generator, font: str
) -> Printer:
    """A printer whose characters are about ``height`` pixels high and whose longest line is at most ``width`` wide.

    Args:
        kind: one of ``spec.PRINTS``.
        severity: 0 is a well-maintained printer, 1 a neglected one.
        lines: what will be printed.
        height: height of a character in pixels.
        width: greatest width of a line in pixels.
        rng: source of the settings.
        font: typeface of font prints (see ``fonts.face``).
    """
    if kind == "font":
        return _font_printer(severity, lines, height, width, rng, font)
    raster = _RASTER.get(kind) or pick(rng, ("5x7", "7x9"))
    table = glyphs.load(raster)
    settings = head_settings(kind, severity, rng)
    cells = max(len(line) for line in lines) * (table.columns + settings.gap) * settings.stretch
    pitch = min(height / table.rows, width / cells)
    return DotPrinter(raster, replace(settings, pitch_px=pitch), glyph_variants(table, rng))


def faded(line: InkMap, severity: float, rng: np.random.Generator) -> InkMap:
    """The line with ink that dried unevenly or was wiped: weaker in patches."""
    cloud = smooth(rng, line.coverage.shape, between(rng, 12, 50))
    keep = 1.0 - 0.3 * severity * np.clip(0.5 * cloud + 0.3, 0.0, 1.0)
    return InkMap(np.asarray(line.coverage * keep, dtype=np.float32), line.quad)


def head_settings(kind: str, s: float, rng: np.random.Generator) -> HeadSettings:
    """Settings of a dot head of a kind of print at a severity of 0..1; its pitch is left to the caller."""
    merged, frail = kind == "inkjet-merged", 0.3 if kind == "dot-5x5" else 1.0
    return HeadSettings(
        stretch=between(rng, 0.85, 1.2),
        gap=1 if kind == "dot-7x9" or chance(rng, 0.7) else 2,
        dot=between(rng, 0.5, 0.6) if merged else between(rng, 0.36, 0.5),
        dot_spread=between(rng, 0.02, 0.05 + 0.15 * s),
        jitter=between(rng, 0.02, 0.05 + 0.12 * s * frail),
        merge=between(rng, 0.4, 0.9) if merged else between(rng, 0.0, 0.3),
        slant=between(rng, -0.05, 0.05 + 0.25 * s),
        bounce=between(rng, 0.0, 0.1 + 0.35 * s),
        curvature=between(rng, -1.5, 1.5) * s,
        satellites=between(rng, 0.0, 0.12) * s,
        missing_dots=between(rng, 0.0, 0.08) * s * frail,
        missing_columns=between(rng, 0.0, 0.007) * s * frail if chance(rng, 0.4) else 0.0,
        missing_rows=(int(rng.integers(1, 5)),) if chance(rng, 0.12 * s) and kind != "dot-5x5" else (),
    )


def glyph_variants(table: glyphs.GlyphTable, rng: np.random.Generator) -> dict[str, str]:
    """A drawing for each character that has several; the plain one is the most likely."""
    several = sorted((c, sorted(d)) for c, d in table.variants.items() if len(d) > 1)
    return {c: pick(rng, tuple(names)) for c, names in several if chance(rng, 0.45)}


def _font_printer(
    severity: float, lines: tuple[str, ...], height: float, width: float, rng: np.random.Generator, font: str
) -> FontPrinter:
    faults = FontFaults(
        dead_rows=between(rng, 0.0, 0.12) * severity,
        voids=between(rng, 0.0, 0.18) * severity,
        spacing=between(rng, -0.01, 0.12),
    )
    unit = fonts.face(font, 100)
    widest = max(unit.getlength(line) / 100 + faults.spacing * len(line) for line in lines)
    size = int(max(14.0, min(1.4 * height, width / widest)))
    return FontPrinter(font, size, between(rng, 0.0, size / 22), faults)
