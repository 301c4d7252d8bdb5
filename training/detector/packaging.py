"""One package as a flat grey picture: its surface, label text, headings, bar codes, tables, pictures and codes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from training.detector import ink, texts
from training.render import fonts, noise
from training.render.seeds import between, chance, pick
from training.render.types import InkMap, Map, Quad, rectangle

Box = tuple[int, int, int, int]  # x, y, width, height in pixels


@dataclass
class Sheet:
    """A package before the camera sees it.

    Attributes:
        grey: float32 (H, W), 0..255.
        taken: uint8 (H, W), 1 where something is printed.
        lines: quads of code lines.
        words: quads of label text, which is no code.
        texts: quads of text that may or may not be a code.
        unsure: quads of what may or may not be legible text.
        faint: whether codes are printed weakly and directly onto pictures.
    """

    grey: Map
    taken: NDArray[np.uint8]
    faint: bool = False
    lines: list[Quad] = field(default_factory=list)
    words: list[Quad] = field(default_factory=list)
    texts: list[Quad] = field(default_factory=list)
    unsure: list[Quad] = field(default_factory=list)

    def free(self, box: Box) -> bool:
        """Whether the box is inside the package and nothing is printed there."""
        x, y, w, h = box
        inside = x >= 0 and y >= 0 and x + w <= self.grey.shape[1] and y + h <= self.grey.shape[0]
        return inside and not self.taken[y : y + h, x : x + w].any()

    def write(self, coverage: Map, corner: tuple[int, int], level: float, opacity: float) -> None:
        """Print a line of label text in place, and note its quad where it is on the package."""
        stamp(self.grey, coverage, corner, level, opacity)
        quad = shown_extent(coverage, corner, self.grey.shape)
        if quad is not None:
            self.words.append(quad)

    def take(self, box: Box) -> None:
        """Mark the box as printed."""
        x, y, w, h = box
        self.taken[max(y, 0) : max(y + h, 0), max(x, 0) : max(x + w, 0)] = 1


Maker = Callable[[Sheet, np.random.Generator, Box], None]


@cache
def typefaces() -> tuple[str, ...]:
    """The names of the fonts that training may use."""
    return fonts.names("train")


def sheet(
    rng: np.random.Generator,
    shape: tuple[int, int],
    codes: int,
    heights: tuple[float, float],
    crowd: float = 0.0,
    faint: bool = False,
) -> Sheet:
    """A package of ``shape`` (H, W) with ``codes`` codes of ``heights`` (least, greatest) px a line, if they fit.

    ``crowd`` above 0 (up to 1) fills free areas with smaller label content in addition to the usual amount. With
    ``faint``, dark packages and pictures are common, and the codes on them are weak.
    """
    level = between(rng, 25, 95) if chance(rng, 0.5 if faint else 0.3) else between(rng, 95, 240)
    made = Sheet(surface(rng, shape, level), np.zeros(shape, dtype=np.uint8), faint)
    for _ in range(int(rng.integers(1, 4)) if faint else int(chance(rng, 0.35))):
        _picture(made, rng)
    edge = 0.05 if crowd > 0.0 else 0.0
    blocks = [block for block in (_place_code(made, rng, heights, edge) for _ in range(codes)) if block]
    _decorate(made, rng)
    for _ in range(int(120 * crowd)):
        _fill(made, rng, between(rng, 0.12, 0.5), between(rng, 0.04, 0.3))
    for block in blocks:
        _print_code(made, rng, *block)
    return made


def print_codes(made: Sheet, rng: np.random.Generator, codes: int, heights: tuple[float, float]) -> None:
    """Print ``codes`` codes of ``heights`` px a line in free places of a package that is finished otherwise."""
    for block in [block for block in (_place_code(made, rng, heights, 0.0) for _ in range(codes)) if block]:
        _print_code(made, rng, *block)


def surface(rng: np.random.Generator, shape: tuple[int, int], level: float) -> Map:
    """A grey surface (H, W) of about ``level``: flat, shaded, fibrous, creased, brushed, striped or dotted."""
    kind = int(rng.integers(8))
    tone = np.full(shape, level, dtype=np.float32)
    if kind == 1:
        tone *= 1 + np.float32(between(rng, 0.1, 0.35)) * noise.ramp(shape, between(rng, 0, 6.28))
    elif kind == 2:
        tone *= 1 + 0.03 * noise.smooth(rng, shape, 4) + 0.05 * noise.smooth(rng, shape, 40)
    elif kind == 3:
        tone *= 1 + np.float32(between(rng, 0.04, 0.14)) * noise.smooth(rng, shape, between(rng, 25, 110))
        tone += np.float32(between(rng, 15, 60)) * noise.ridges(rng, shape, between(rng, 60, 160), 0.09)
    elif kind == 4:
        tone *= 1 + 0.02 * noise.streaks(rng, shape, 41, vertical=chance(rng, 0.5))
    elif kind == 5:
        wave = noise.ramp(shape, between(rng, 0, 3.14)) * (max(shape) / between(rng, 12, 160))
        tone *= 1 + np.float32(between(rng, 0.03, 0.16)) * np.clip(4 * np.sin(2 * np.pi * wave), -1, 1)
    elif kind == 6:
        _halftone(tone, rng)
    else:
        tone *= 1 + 0.03 * noise.smooth(rng, shape, 90)
    return np.asarray(np.clip(tone, 0, 255), dtype=np.float32)


def _halftone(tone: Map, rng: np.random.Generator) -> None:
    period, depth = between(rng, 4, 14), between(rng, 0.04, 0.2)
    x = np.cos(2 * np.pi * np.arange(tone.shape[1]) / period)
    y = np.cos(2 * np.pi * np.arange(tone.shape[0]) / period)
    tone *= (1 - depth * np.clip(2.5 * np.outer(y, x), 0, 1)).astype(np.float32)


def _picture(made: Sheet, rng: np.random.Generator) -> None:
    """A photo-like picture: more or less sharp blobs and shapes of many greys, with fine texture."""
    h, w = made.grey.shape
    x, y = int(rng.integers(0, max(1, w // 2))), int(rng.integers(0, max(1, h // 2)))
    box = (x, y, int(rng.integers(w // 4, w - x + 1)), int(rng.integers(h // 4, h - y + 1)))
    unsure: list[Quad] = []
    part = clutter(rng, (box[3], box[2]), between(rng, 0.5, 3.0), unsure)
    made.unsure += [quad + np.array([x, y]) for quad in unsure]
    strength = np.float32(between(rng, 0.25, 1.0))
    view = made.grey[box[1] : box[1] + box[3], box[0] : box[0] + box[2]]
    view += strength * (part - view)


def clutter(rng: np.random.Generator, shape: tuple[int, int], blur: float, unsure: list[Quad] | None = None) -> Map:
    """A picture (H, W) of overlapping shapes, noise of several sizes and big letters, blurred by ``blur`` px.

    The quads of the letters, which may or may not be legible, are added to ``unsure``.
    """
    h, w = shape
    base = between(rng, 30, 220)
    picture = np.clip(base + between(rng, 10, 45) * noise.smooth(rng, shape, between(rng, 40, 200)), 0, 255)
    picture = np.ascontiguousarray(picture, dtype=np.float32)
    for _ in range(int(rng.integers(4, 40))):
        centre = (int(rng.integers(-20, w + 20)), int(rng.integers(-20, h + 20)))
        size = np.maximum(2, (rng.lognormal(3.3, 0.9, 2))).clip(2, 300)
        level, turn = between(rng, 5, 250), between(rng, 0, 180)
        if chance(rng, 0.35):
            cv2.ellipse(picture, centre, (int(size[0]), int(size[1])), turn, 0, 360, level, -1, cv2.LINE_AA)
        elif chance(rng, 0.7):
            corners = cv2.boxPoints((centre, (float(2 * size[0]), float(2 * size[1])), turn))
            cv2.fillPoly(picture, [np.rint(corners).astype(np.int32)], level, cv2.LINE_AA)
        else:
            end = (int(rng.integers(0, w)), int(rng.integers(0, h)))
            cv2.line(picture, centre, end, level, int(rng.integers(1, 9)), cv2.LINE_AA)
    for _ in range(int(rng.integers(0, 5))):
        quad = _scatter_word(picture, rng)
        if quad is not None and unsure is not None:
            unsure.append(quad)
    picture = cv2.GaussianBlur(picture, (0, 0), blur)
    if chance(rng, 0.5):
        picture = picture * (1 + between(rng, 0.02, 0.12) * noise.smooth(rng, shape, between(rng, 2, 9)))
    return np.asarray(np.clip(picture, 0, 255), dtype=np.float32)


def _scatter_word(picture: Map, rng: np.random.Generator) -> Quad | None:
    face = fonts.face(pick(rng, typefaces()), int(rng.integers(18, 90)))
    place = (int(rng.integers(-30, picture.shape[1])), int(rng.integers(-30, picture.shape[0])))
    coverage = ink.text_map(texts.heading(rng), face)
    stamp(picture, coverage, place, between(rng, 0, 255), 1.0)
    return shown_extent(coverage, place, picture.shape)


def shown_extent(coverage: Map, corner: tuple[int, int], shape: tuple[int, ...]) -> Quad | None:
    """The quad around the part of a print at ``corner`` that is on a surface of ``shape``; None if nothing is."""
    x0, y0 = max(corner[0], 0), max(corner[1], 0)
    x1, y1 = min(corner[0] + coverage.shape[1], shape[1]), min(corner[1] + coverage.shape[0], shape[0])
    return rectangle(x0, y0, x1, y1) if x1 - x0 > 3 and y1 - y0 > 3 else None


def stamp(grey: Map, coverage: Map, corner: tuple[int, int], level: float, opacity: float) -> None:
    """Print a coverage map on ``grey`` in place with ink of a grey level; what is outside is cut off."""
    view, part = _overlay(grey, coverage, corner)
    view += np.float32(opacity) * part * (np.float32(level) - view)


def _overlay(grey: Map, coverage: Map, corner: tuple[int, int]) -> tuple[Map, Map]:
    x, y = corner
    x0, y0 = min(max(x, 0), grey.shape[1]), min(max(y, 0), grey.shape[0])
    x1, y1 = max(x0, min(x + coverage.shape[1], grey.shape[1])), max(y0, min(y + coverage.shape[0], grey.shape[0]))
    if x1 <= x0 or y1 <= y0:
        return grey[:0, :0], coverage[:0, :0]
    return grey[y0:y1, x0:x1], coverage[y0 - y : y1 - y, x0 - x : x1 - x]


# --- codes ---


@dataclass(frozen=True)
class Block:
    """A code that is not printed yet: the ink of its lines and the position of each."""

    prints: list[InkMap]
    corners: list[tuple[int, int]]
    junk: list[tuple[Map, tuple[int, int]]]  # other text next to the lines, in their row
    blurry: list[tuple[Map, tuple[int, int]]]  # other text below them


def _place_code(
    made: Sheet, rng: np.random.Generator, heights: tuple[float, float], edge: float
) -> tuple[Box, Block] | None:
    """Choose a code and its position, and mark the area as taken; None where none of a few positions is free.

    ``edge`` is the share of the package's sides that is kept free at its rim.
    """
    lines = texts.lone(rng) if made.faint and chance(rng, 0.3) else texts.code(rng)
    height = float(np.exp(between(rng, np.log(heights[0]), np.log(heights[1]))))
    longest = max(map(len, lines))
    height = min(height, made.grey.shape[1] * 1.25 / longest)
    if height < 7.0:
        return None
    kind = "dot" if chance(rng, 0.55) else "font"
    prints = ink.print_code(lines, kind, height, rng, pick(rng, typefaces()))
    block, box = _stack(prints, height, rng)
    for _ in range(8):
        rim = (int(edge * made.grey.shape[1]), int(edge * made.grey.shape[0]))
        spare = (made.grey.shape[1] - box[2] - 2 * rim[0], made.grey.shape[0] - box[3] - 2 * rim[1])
        if min(spare) <= 2:
            return None
        place = (rim[0] + int(rng.integers(0, spare[0])), rim[1] + int(rng.integers(0, spare[1])), box[2], box[3])
        if made.free(place):
            margin = int(height * between(rng, 0.15, 1.6))
            made.take((place[0] - margin, place[1] - margin, place[2] + 2 * margin, place[3] + 2 * margin))
            return place, block
    return None


def _stack(prints: list[InkMap], height: float, rng: np.random.Generator) -> tuple[Block, Box]:
    """Stack the lines, aligned left, centred or indented; their box starts at 0, 0."""
    step = max(p.quad[2, 1] - p.quad[0, 1] for p in prints) * between(rng, 1.06, 1.9)
    widths = [p.quad[1, 0] - p.quad[0, 0] for p in prints]
    align = 0.0 if chance(rng, 0.7) else 0.5 if chance(rng, 0.5) else between(rng, 0, 1)
    indent = [align * (max(widths) - w) for w in widths]
    tops = [i * step for i in range(len(prints))]
    corners = [(round(x - p.quad[0, 0]), round(y - p.quad[0, 1])) for p, x, y in zip(prints, indent, tops, strict=True)]
    junk, unsure = [], []
    right, bottom = max(widths), step * (len(prints) - 1) + prints[-1].quad[2, 1] - prints[-1].quad[0, 1]
    if chance(rng, 0.2):  # a few foreign characters behind a line, of the same size
        i = int(rng.integers(len(prints)))
        extra = _foreign_line(rng, height, int(rng.integers(2, 6)))
        start = indent[i] + widths[i] + height * between(rng, 0.4, 1.2)
        junk.append((extra, (round(start), round(tops[i] + 0.5 * (height - extra.shape[0])))))
        right = max(right, start + extra.shape[1])
    if chance(rng, 0.15):  # a foreign line below
        extra = _foreign_line(rng, height, int(rng.integers(3, 12)))
        unsure.append((extra, (0, round(bottom + 0.35 * height))))
        right, bottom = max(right, extra.shape[1]), bottom + 0.35 * height + extra.shape[0]
    return Block(prints, corners, junk, unsure), (0, 0, int(right) + 1, int(bottom) + 1)


def _foreign_line(rng: np.random.Generator, height: float, characters: int) -> Map:
    script = ink.SCRIPTS[int(rng.integers(len(ink.SCRIPTS)))]
    return ink.text_map(ink.foreign(rng, script, characters), fonts.face(script.font, max(8, int(1.1 * height))))


def _print_code(made: Sheet, rng: np.random.Generator, box: Box, block: Block) -> None:
    """Print a code: with or without a panel and an older print, then its ink; record its quads."""
    x, y, w, h = box
    height = float(np.mean([p.quad[2, 1] - p.quad[0, 1] for p in block.prints]))
    if chance(rng, 0.05 if made.faint else 0.3):
        _panel(made.grey, rng, box, height)
    view = made.grey[y : y + h, x : x + w]
    ground, rough = float(view.mean()), float(view.std())
    contrast = max(between(rng, 18, 80), 1.6 * rough) if made.faint else max(between(rng, 35, 170), 2.2 * rough)
    level = ground - contrast if (ground > 115) != chance(rng, 0.15) else ground + contrast
    if not 0 <= level <= 255:
        level = ground - contrast if ground > 127 else ground + contrast
    level, opacity = float(np.clip(level, 4, 252)), between(rng, 0.8, 1.0)
    if chance(rng, 0.06):
        _older(made.grey, rng, box, block, level)
    pressed = chance(rng, 0.06) and height > 11
    for line, (dx, dy) in zip(block.prints, block.corners, strict=True):
        if pressed:
            part, relief = _overlay(made.grey, ink.embossed(line.coverage, rng), (x + dx, y + dy))
            part += np.float32(min(70.0, contrast)) * relief
        else:
            stamp(made.grey, _dried(line.coverage, rng), (x + dx, y + dy), level, opacity)
        made.lines.append(ink.shifted(line.quad, x + dx, y + dy))
    for coverage, (dx, dy) in block.junk + block.blurry:
        stamp(made.grey, coverage, (x + dx, y + dy), level, opacity)
    for coverage, (dx, dy) in block.junk + block.blurry:
        made.texts.append(rectangle(x + dx, y + dy, x + dx + coverage.shape[1], y + dy + coverage.shape[0]))


def _dried(coverage: Map, rng: np.random.Generator) -> Map:
    if chance(rng, 0.6):
        return coverage
    cloud = noise.smooth(rng, coverage.shape, between(rng, 12, 50))
    keep = 1.0 - between(rng, 0.1, 0.5) * np.clip(0.5 * cloud + 0.3, 0.0, 1.0)
    return np.asarray(coverage * keep, dtype=np.float32)


def _panel(grey: Map, rng: np.random.Generator, box: Box, height: float) -> None:
    """A flat or framed field for the code."""
    x, y, w, h = box
    mx, my = int(height * between(rng, 0.2, 1.5)), int(height * between(rng, 0.2, 1.0))
    corners = (max(0, x - mx), max(0, y - my)), (x + w + mx, y + h + my)
    level = between(rng, 150, 250) if chance(rng, 0.75) else between(rng, 10, 90)
    if chance(rng, 0.75):
        mask = np.zeros_like(grey)
        cv2.rectangle(mask, *corners, between(rng, 0.6, 1.0), -1)
        grey += mask * (np.float32(level) - grey)
    if chance(rng, 0.4):
        cv2.rectangle(grey, *corners, 255.0 - level, int(rng.integers(1, 3)), cv2.LINE_AA)


def _older(grey: Map, rng: np.random.Generator, box: Box, block: Block, level: float) -> None:
    """A weaker, shifted print of the same printer under the code; it is not to be found."""
    x, y = box[:2]
    dx, dy = int(between(rng, -40, 40)), int(between(rng, 0.25, 0.6) * box[3] / len(block.prints))
    dy = dy if chance(rng, 0.5) else -dy
    opacity = between(rng, 0.12, 0.3)
    order = rng.permutation(len(block.prints))
    for i, (_, (cx, cy)) in enumerate(zip(block.prints, block.corners, strict=True)):
        coverage = block.prints[int(order[i])].coverage
        stamp(grey, np.roll(coverage, coverage.shape[1] // 3, axis=1), (x + cx + dx, y + cy + dy), level, opacity)


# --- label ---


def _decorate(made: Sheet, rng: np.random.Generator) -> None:
    """Fill part of the free area with label content."""
    h, w = made.grey.shape
    tries = int(rng.integers(0, 6)) if chance(rng, 0.2) else int(rng.integers(12, 60))
    for _ in range(tries):
        maker = _MAKERS[int(rng.integers(len(_MAKERS)))]
        bw, bh = int(between(rng, 0.1, 0.75) * w), int(between(rng, 0.05, 0.12 + 0.35 * rng.random()) * h)
        _try(made, rng, maker, bw, bh)


def _fill(made: Sheet, rng: np.random.Generator, wide: float, high: float) -> None:
    """Try one position for label content whose size is given in shares of the package."""
    h, w = made.grey.shape
    _try(made, rng, _SMALL[int(rng.integers(len(_SMALL)))], int(wide * w), int(high * h))


def _try(made: Sheet, rng: np.random.Generator, maker: Maker, bw: int, bh: int) -> None:
    """Let ``maker`` print at a random position of (bw, bh) px if nothing is printed there."""
    h, w = made.grey.shape
    box = (int(rng.integers(0, max(1, w - bw // 2))), int(rng.integers(0, max(1, h - bh // 2))), bw, bh)
    box = (box[0], box[1], min(bw, w - box[0]), min(bh, h - box[1]))
    if box[2] > 24 and box[3] > 12 and made.free(box):
        maker(made, rng, box)
        made.take(box)


def _ink_level(made: Sheet, rng: np.random.Generator, box: Box) -> float:
    ground = float(made.grey[box[1] : box[1] + box[3], box[0] : box[0] + box[2]].mean())
    contrast = between(rng, 45, 190)
    level = ground - contrast if (ground > 120) != chance(rng, 0.15) else ground + contrast
    return float(np.clip(level, 3, 252))


def _paragraph(made: Sheet, rng: np.random.Generator, box: Box) -> None:
    """Lines of label words of one size, more often small than large, in Latin or another script."""
    x, y, w, h = box
    size = int(np.clip(rng.lognormal(2.5, 0.35), 6, 34))
    level, opacity, gap = _ink_level(made, rng, box), between(rng, 0.6, 1.0), between(rng, 1.08, 1.6)
    script = ink.SCRIPTS[int(rng.integers(len(ink.SCRIPTS)))] if chance(rng, 0.35) else None
    face = fonts.face(script.font, size) if script else fonts.face(pick(rng, typefaces()), size)
    upper, numbers = chance(rng, 0.3), between(rng, 0.0, 0.22) if chance(rng, 0.6) else 0.0
    for top in range(y, y + h - size, max(size, int(gap * size))):
        short = between(rng, 0.2, 1.0) if chance(rng, 0.25) else 1.0
        count = max(2, int(short * w / (size * (0.95 if script else 0.5))))
        words = ink.foreign(rng, script, count) if script else texts.sentence(rng, count, numbers)
        if script and chance(rng, 0.3):
            words = f"{words[: count // 2]} {texts.sentence(rng, count // 2 + 1, 0.5)}"
        coverage = ink.text_map(words.upper() if upper else words, face)
        made.write(coverage[:, :w], (x, top), level, opacity)


def _heading(made: Sheet, rng: np.random.Generator, box: Box) -> None:
    """A brand or product name, large, sometimes turned, outlined or on a shape."""
    x, y, w, h = box
    level = _ink_level(made, rng, box)
    if chance(rng, 0.4):
        shade = between(rng, 10, 245)
        centre, half = (x + w // 2, y + h // 2), (w // 2, h // 2)
        if chance(rng, 0.6):
            cv2.ellipse(made.grey, centre, half, 0, 0, 360, shade, -1, cv2.LINE_AA)
        else:
            cv2.rectangle(made.grey, (x, y), (x + w, y + h), shade, -1)
        level = float(np.clip(shade + 110 if shade < 128 else shade - 110, 0, 255))
    foreign = chance(rng, 0.25)
    script = ink.SCRIPTS[int(rng.integers(len(ink.SCRIPTS)))]
    size = int(np.clip(h * between(rng, 0.5, 1.0), 14, 120))
    face = fonts.face(script.font, size) if foreign else fonts.face(pick(rng, typefaces()), size)
    words = ink.foreign(rng, script, int(rng.integers(2, 6))) if foreign else texts.heading(rng)
    if chance(rng, 0.12):
        words = texts.quantity(rng)
    coverage = ink.text_map(words, face, between(rng, 0, 3))
    if coverage.shape[1] > w:
        tall = max(4, round(coverage.shape[0] * w / coverage.shape[1]))
        coverage = np.asarray(cv2.resize(coverage, (w, tall), interpolation=cv2.INTER_AREA), dtype=np.float32)
    made.write(coverage[:h], (x + (w - coverage.shape[1]) // 2, y), level, 1.0)


def _bar_code(made: Sheet, rng: np.random.Generator, box: Box) -> None:
    """Bars on a light field with digits below, above or without."""
    x, y, w, h = box
    w, h = min(w, int(rng.integers(60, 220))), min(h, int(rng.integers(30, 140)))
    cv2.rectangle(made.grey, (x, y), (x + w, y + h), between(rng, 190, 250), -1)
    module, dark = int(rng.integers(1, 4)), between(rng, 5, 70)
    digits = int(rng.integers(8, 18)) if chance(rng, 0.85) else 0
    bars = np.repeat((rng.random(max(4, (w - 10) // module)) < 0.5).astype(np.float32), module)
    tall = max(8, h - 4 - digits)
    stamp(made.grey, np.repeat(bars[None], tall, axis=0), (x + 5, y + 3), dark, 1.0)
    if digits:
        coverage = ink.text_map(texts.bar_digits(rng), fonts.face(pick(rng, typefaces()), digits))
        if coverage.shape[1] > w:
            size = (w, coverage.shape[0])
            coverage = np.asarray(cv2.resize(coverage, size, interpolation=cv2.INTER_AREA), dtype=np.float32)
        made.write(coverage, (x + (w - coverage.shape[1]) // 2, y + tall + 3), dark, 1.0)


def _matrix(made: Sheet, rng: np.random.Generator, box: Box) -> None:
    """A two-dimensional code."""
    cells, module = int(rng.integers(10, 30)), int(rng.integers(2, 4))
    side = min(cells * module, box[2] - 6, box[3] - 6)
    if side < 12:
        return
    x, y = box[:2]
    cv2.rectangle(made.grey, (x, y), (x + side + 6, y + side + 6), between(rng, 190, 250), -1)
    grid = (rng.random((side // module, side // module)) < 0.5).astype(np.float32)
    stamp(made.grey, np.kron(grid, np.ones((module, module), np.float32)), (x + 3, y + 3), between(rng, 5, 70), 1.0)


def _table(made: Sheet, rng: np.random.Generator, box: Box) -> None:
    """A ruled table of words and quantities, like nutrition facts."""
    x, y, w, h = box
    size = int(rng.integers(7, 18))
    level, face = _ink_level(made, rng, box), fonts.face(pick(rng, typefaces()), size)
    row, split = int(size * between(rng, 1.2, 1.8)), int(w * between(rng, 0.45, 0.7))
    ruled, twice = chance(rng, 0.7), chance(rng, 0.4)
    if ruled:
        cv2.rectangle(made.grey, (x, y), (x + w - 1, y + h - 1), level, 1)
        cv2.line(made.grey, (x + split, y), (x + split, y + h - 1), level, 1)
    for top in range(y + 2, y + h - row, row):
        if ruled:
            cv2.line(made.grey, (x, top + row - 2), (x + w - 1, top + row - 2), level, 1)
        name = ink.text_map(texts.sentence(rng, max(2, int(split / (0.6 * size))), 0.0), face)
        made.write(name[:, : max(1, split - 6)], (x + 3, top), level, 1.0)
        amount = texts.quantity(rng) + (f" {texts.quantity(rng)}" if twice else "")
        made.write(ink.text_map(amount, face)[:, : max(1, w - split - 4)], (x + split + 4, top), level, 1.0)


def _emblem(made: Sheet, rng: np.random.Generator, box: Box) -> None:
    """A star, ring or polygon."""
    x, y, w, h = box
    level, radius, centre = between(rng, 5, 250), max(5, min(w, h) // 2 - 2), (x + w // 2, y + h // 2)
    if chance(rng, 0.4):
        cv2.circle(made.grey, centre, radius, level, int(rng.integers(1, 9)), cv2.LINE_AA)
        return
    points = int(rng.integers(3, 14))
    angles = np.arange(2 * points) * np.pi / points + between(rng, 0, 3)
    reach = np.where(np.arange(2 * points) % 2, between(rng, 0.4, 1.0), 1.0) * radius
    star = np.stack([reach * np.cos(angles) + centre[0], reach * np.sin(angles) + centre[1]], axis=1)
    cv2.fillPoly(made.grey, [np.rint(star).astype(np.int32)], level, cv2.LINE_AA)


def _doubtful(made: Sheet, rng: np.random.Generator, box: Box) -> None:
    """A telephone number or reference, which could be mistaken for a code."""
    size = int(rng.integers(8, 24))
    coverage = ink.text_map(texts.ambiguous(rng), fonts.face(pick(rng, typefaces()), size))[:, : box[2]]
    stamp(made.grey, coverage, box[:2], _ink_level(made, rng, box), 1.0)
    made.texts.append(rectangle(box[0], box[1], box[0] + coverage.shape[1], box[1] + coverage.shape[0]))


_MAKERS: tuple[Maker, ...] = (
    _paragraph, _paragraph, _paragraph, _paragraph, _heading, _heading, _heading, _bar_code, _matrix, _table, _table,
    _emblem, _doubtful,
)  # fmt: skip
_SMALL: tuple[Maker, ...] = (*[_paragraph] * 12, *[_heading] * 4, *[_table] * 3, _bar_code, _matrix, _emblem, _doubtful)
