"""Everything else that is printed on a package: label text, a bar code, a logo, a panel for the code."""

from __future__ import annotations

import cv2
import numpy as np

from training.render.fonts import face, print_text
from training.render.seeds import between, chance, pick
from training.render.types import Layer, Map, Quad, rectangle

Box = tuple[int, int, int, int]  # x, y, width, height in pixels
WORDS = (
    "INGREDIENTS", "sugar", "water", "STORE DRY", "net weight", "250 g", "500 ml", "MADE IN EU", "keep cool", "salt",
    "wheat flour", "RECYCLE", "best served", "Energy 1540 kJ", "fat 12 g", "BATCH", "ORIGINAL", "fresh", "Nature",
    "Ref. 40211", "No. 7", "cocoa", "TABLETS", "see side", "x 24", "0123-456", "family size", "PREMIUM", "oat",
)  # fmt: skip


def stamp(
    layer: Layer, coverage: Map, corner: tuple[int, int], colour: tuple[float, float, float], opacity: float
) -> None:
    """Print a coverage map (h, w) on a layer (H, W, 3) in place; what is outside the layer is cut off.

    Args:
        layer: the package.
        coverage: ink of the print, 0..1.
        corner: x, y of the map's top-left pixel on the layer.
        colour: BGR of the ink.
        opacity: 0..1; below 1 the surface shines through.
    """
    x, y = corner
    x0, y0 = max(x, 0), max(y, 0)
    x1, y1 = min(x + coverage.shape[1], layer.shape[1]), min(y + coverage.shape[0], layer.shape[0])
    if x0 >= x1 or y0 >= y1:
        return
    share = (np.float32(opacity) * coverage[y0 - y : y1 - y, x0 - x : x1 - x])[:, :, None]
    part = layer[y0:y1, x0:x1]
    part += share * (np.asarray(colour, dtype=np.float32) - part)


def decorate(layer: Layer, rng: np.random.Generator, keep_free: Box, font: str) -> list[Quad]:
    """Print label text, and often a bar code or a logo, around ``keep_free`` in place; return the quads of its text.

    Args:
        layer: (H, W, 3) package.
        rng: source of what is printed where.
        keep_free: the box of the production code, which stays free.
        font: name of the typeface (see ``fonts.face``).
    """
    ink = _ink(rng, layer)
    words: list[Quad] = []
    makers = [text_block, text_block, bar_code, logo]
    for box in _free_boxes(layer.shape[:2], keep_free):
        if chance(rng, 0.55):
            words += makers[int(rng.integers(len(makers)))](layer, rng, box, ink, font)
    return words


def text_block(
    layer: Layer, rng: np.random.Generator, box: Box, ink: tuple[float, float, float], font: str
) -> list[Quad]:
    """Lines of label words of one size inside ``box``; returns their quads."""
    return print_block(layer, rng, box, ink, font, between(rng, 0.5, 0.95))


def print_block(
    layer: Layer, rng: np.random.Generator, box: Box, ink: tuple[float, float, float], font: str, opacity: float
) -> list[Quad]:
    """As ``text_block``, at a given opacity of the ink (0..1)."""
    x, y, w, h = box
    size = int(rng.integers(15, 36))
    rows = range(y, y + h - int(1.3 * size), int(1.35 * size))
    quads = []
    for top in rows[: int(rng.integers(2, 6))]:
        coverage = print_text(_words(rng, max(1, int(w / (0.55 * size)))), face(font, size)).coverage
        stamp(layer, coverage[:, : max(w, 1)], (x, top), ink, opacity)
        quads.append(_extent(coverage[:, : max(w, 1)], (x, top)))
    return quads


def bar_code(
    layer: Layer, rng: np.random.Generator, box: Box, ink: tuple[float, float, float], font: str
) -> list[Quad]:
    """A bar-code-like pattern with digits below it (its bars carry no data); returns the quad of the digits."""
    x, y, w, h = box
    module = int(rng.integers(2, 4))
    n = max(8, min(60, (w - 8) // module))
    bars = np.repeat(rng.random(n) < 0.5, module).astype(np.float32)
    height = max(10, min(h - 26, 110))
    stamp(layer, np.ones((height + 28, len(bars) + 16), dtype=np.float32), (x - 8, y), (225.0, 228.0, 226.0), 0.9)
    stamp(layer, np.repeat(bars[None, :], height, axis=0), (x, y + 4), (35.0, 32.0, 34.0), 0.9)
    digits = " ".join(str(d) for d in rng.integers(0, 10, max(4, min(13, len(bars) // 18))))
    below = print_text(digits, face(font, 15)).coverage
    stamp(layer, below, (x, y + height + 4), (35.0, 32.0, 34.0), 0.9)
    return [_extent(below, (x, y + height + 4))]


def logo(layer: Layer, rng: np.random.Generator, box: Box, ink: tuple[float, float, float], font: str) -> list[Quad]:
    """A filled ellipse or star with one large word next to it or on it; returns the quad of the word."""
    x, y, w, h = box
    shape = np.zeros((max(h, 1), max(w, 1)), dtype=np.float32)
    radius = max(6, min(w, h) // 2 - 4)
    points = int(rng.integers(5, 12))
    angles = np.arange(2 * points) * np.pi / points
    reach = np.where(np.arange(2 * points) % 2, between(rng, 0.5, 1.0), 1.0) * radius
    star = np.stack([reach * np.cos(angles) + radius + 4, reach * np.sin(angles) + h / 2], axis=1)
    cv2.fillPoly(shape, [np.rint(star).astype(np.int32)], 1.0, cv2.LINE_AA)
    stamp(layer, shape, (x, y), tuple(rng.uniform(40, 220, 3)), between(rng, 0.4, 0.8))
    word = print_text(pick(rng, WORDS), face(font, int(rng.integers(26, 54))), stroke=1).coverage
    shown, corner = word[: max(h, 1), : max(w, 1)], (x + int(0.4 * radius), y + h // 3)
    stamp(layer, shown, corner, ink, 0.9)
    return [_extent(shown, corner)]


def panel(layer: Layer, rng: np.random.Generator, box: Box, colour: tuple[float, float, float]) -> None:
    """A flat panel with round corners, as packages reserve for the code."""
    x, y, w, h = box
    mask = np.zeros((h, w), dtype=np.float32)
    r = int(rng.integers(4, 14))
    cv2.rectangle(mask, (r, r), (w - r - 1, h - r - 1), 1.0, -1)
    soft = cv2.GaussianBlur(
        cv2.dilate(mask, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * r - 1, 2 * r - 1))), (0, 0), 0.8
    )
    stamp(layer, np.asarray(soft, dtype=np.float32), (x, y), colour, 0.95)


def _extent(coverage: Map, corner: tuple[int, int]) -> Quad:
    """The upright quad around the ink of a coverage map whose top-left pixel is at ``corner``."""
    rows, columns = np.nonzero(coverage.max(axis=1) > 0.2)[0], np.nonzero(coverage.max(axis=0) > 0.2)[0]
    if not len(rows):
        return rectangle(corner[0], corner[1], corner[0] + coverage.shape[1], corner[1] + coverage.shape[0])
    x, y = corner
    return rectangle(x + int(columns[0]), y + int(rows[0]), x + int(columns[-1]) + 1, y + int(rows[-1]) + 1)


def _words(rng: np.random.Generator, characters: int) -> str:
    text = pick(rng, WORDS)
    while len(text) < characters:
        text += " " + pick(rng, WORDS)
    return text[:characters].rstrip() or "x"


def _ink(rng: np.random.Generator, layer: Layer) -> tuple[float, float, float]:
    """A BGR colour that differs clearly from the mean of the layer."""
    light = float(layer.mean()) > 120
    b, g, r = rng.uniform(20, 95, 3) if light else rng.uniform(165, 240, 3)
    return float(b), float(g), float(r)


def _free_boxes(shape: tuple[int, ...], keep: Box) -> list[Box]:
    """Four boxes above, and four below, the box to keep free."""
    h, w = shape[:2]
    _, y, _, kh = keep
    edge, gap = 24, 18
    above, below = (edge, y - gap), (y + kh + gap, h - edge)
    columns = (edge, w // 2 + gap // 2)
    width = w // 2 - edge - gap
    return [(cx, top, width, bottom - top) for top, bottom in (above, below) for cx in columns if bottom - top > 40]
