"""Printed lines as coverage maps (grey levels 0..1) at a given height: codes of every kind of print, and label text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw

from training.render import fonts, glyphs, head, printer
from training.render.fonts import Face
from training.render.seeds import between, chance, pick
from training.render.types import InkMap, Map, Quad

_DOT_KINDS = ("dot-5x7", "dot-5x7", "dot-7x9", "dot-5x5", "inkjet-merged", "inkjet-merged")
_RASTERS = {"dot-5x7": ("5x7",), "dot-7x9": ("7x9",), "dot-5x5": ("5x5",), "inkjet-merged": ("5x7", "7x9", "10x16")}
_SMALLEST_DOTS = 14.0  # px; smaller dot lines are printed at this height and shrunk


@dataclass(frozen=True)
class Script:
    """A script that is not used for codes: a font of fonts.toml and its code points."""

    font: str
    ranges: tuple[tuple[int, int], ...]


SCRIPTS = (
    Script("noto-sans-cjk-bold", ((0xAC00, 0xD7A3), (0xAC00, 0xC000))),
    Script("noto-sans-cjk", ((0x4E00, 0x7FFF), (0x3041, 0x3094), (0x30A1, 0x30FA))),
    Script("noto-serif-cjk-bold", ((0x4E00, 0x7FFF), (0xAC00, 0xD7A3))),
    Script("dejavu-sans-bold", ((0x0410, 0x044F), (0x0621, 0x064A), (0x03B1, 0x03C9), (0x05D0, 0x05EA))),
)


def print_code(lines: tuple[str, ...], kind: str, height: float, rng: np.random.Generator, font: str) -> list[InkMap]:
    """Each line of a code from the same printer, with characters about ``height`` px high.

    Args:
        lines: what to print.
        kind: ``"dot"`` or ``"font"``.
        height: px from the top to the bottom of a digit.
        rng: source of settings and faults.
        font: typeface of font prints.
    """
    severity = between(rng, 0.0, 0.9)
    if kind == "font":
        return _font_code(lines, height, rng, font, severity)
    sort = pick(rng, _DOT_KINDS)
    raster = pick(rng, _RASTERS[sort])
    table = glyphs.load(raster)
    drawn = max(height, _SMALLEST_DOTS)
    settings = replace(printer.head_settings(sort, severity, rng), pitch_px=drawn / (table.rows - 0.1))
    if raster == "10x16":
        settings = replace(settings, gap=int(rng.integers(1, 4)))
    if chance(rng, 0.25):
        settings = replace(settings, stretch=settings.stretch * between(rng, 0.8, 1.5))
    variants = printer.glyph_variants(table, rng)
    out = []
    for line in lines:
        known = "".join(c if c in table.variants else "-" for c in line.upper())
        out.append(resized(head.print_line(known, table, settings, rng, variants), height / drawn))
    return out


def _font_code(
    lines: tuple[str, ...], height: float, rng: np.random.Generator, font: str, severity: float
) -> list[InkMap]:
    faults = fonts.FontFaults(
        between(rng, 0, 0.1) * severity, between(rng, 0, 0.15) * severity, between(rng, -0.02, 0.14)
    )
    size = max(7, round(height / digit_share(font)))
    stroke = between(rng, 0.0, size / 24)
    narrow = between(rng, 0.75, 1.25) if chance(rng, 0.4) else 1.0
    out = []
    for line in lines:
        clean = fonts.print_text(line, fonts.face(font, size), faults.spacing, stroke)
        out.append(resized(fonts.wear(clean, faults, rng), 1.0, narrow))
    return out


def resized(line: InkMap, scale: float, stretch: float = 1.0) -> InkMap:
    """The line, ``scale`` times as large, and then ``stretch`` times as long."""
    if scale == 1.0 and stretch == 1.0:
        return line
    h, w = line.coverage.shape
    size = (max(1, round(w * scale * stretch)), max(1, round(h * scale)))
    small = cv2.resize(line.coverage, size, interpolation=cv2.INTER_AREA)
    return InkMap(np.asarray(small, dtype=np.float32), line.quad * np.array([size[0] / w, size[1] / h]))


@lru_cache(maxsize=256)
def digit_share(font: str) -> float:
    """The height of a typeface's digits as a share of its size."""
    box = fonts.face(font, 100).getbbox("0")
    return max(0.3, float(box[3] - box[1]) / 100)


def foreign(rng: np.random.Generator, script: Script, characters: int) -> str:
    """Random characters of one script in words of 1..6 characters."""
    low, high = script.ranges[int(rng.integers(len(script.ranges)))]
    text = ""
    while len(text) < characters:
        text += "".join(chr(int(c)) for c in rng.integers(low, high, size=int(rng.integers(1, 7)))) + " "
    return text[:characters].strip() or chr(low)


def text_map(text: str, face: Face, stroke: float = 0.0) -> Map:
    """Coverage (h, w) of one line of label text, without a margin."""
    left, top, right, bottom = face.getbbox(text, stroke_width=stroke)
    image = Image.new("L", (max(1, int(right - left)) + 1, max(1, int(bottom - top)) + 1), 0)
    ImageDraw.Draw(image).text((-left, -top), text, fill=255, font=face, stroke_width=stroke)
    return np.asarray(image, dtype=np.float32) / np.float32(255.0)


def embossed(coverage: Map, rng: np.random.Generator) -> Map:
    """The signed light (-1..1) of a line pressed into the surface: bright on one flank, dark on the other."""
    soft = cv2.GaussianBlur(coverage, (0, 0), between(rng, 0.6, 1.2))
    angle = between(rng, 0, 2 * np.pi)
    relief = np.cos(angle) * cv2.Sobel(soft, cv2.CV_32F, 1, 0) + np.sin(angle) * cv2.Sobel(soft, cv2.CV_32F, 0, 1)
    return np.asarray(np.clip(relief / max(1e-3, float(np.abs(relief).max())) * 1.3, -1, 1), dtype=np.float32)


def shifted(quad: Quad, x: float, y: float) -> Quad:
    """The quad moved by x, y."""
    return np.asarray(quad + np.array([x, y]), dtype=np.float64)
