"""Line crops as a detector passes them to the recogniser, drawn without the frame around them.

A crop is drawn at the size in which a camera sees it and then resized to the network's height, so that coarse crops are
coarse here too. ``render(seed, index)`` depends on nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from training.recogniser import labels, prints, texts
from training.render import substrate
from training.render.noise import smooth
from training.render.seeds import between, chance, pick, stream
from training.render.types import InkMap, Map

HEIGHT = 32  # pixels of our own network's input
WIDEST = 512  # pixels at that height; wider crops are drawn again
_TRIES = 20

Grey = NDArray[np.uint8]


@dataclass(frozen=True)
class Style:
    """The ranges from which a pool draws; lengths are in pixels, chances and shares are 0..1.

    ``severity``: exponent of a uniform number; a larger one means fewer faults. ``shares``: of ``prints.KINDS``.
    ``stretch``: mean and spread of the logarithm of a typeface's width. ``blur``, ``motion``: chance and largest
    extent for characters 24 pixels high. ``grammar``: chance that a text comes from a grammar. ``below``: the space
    under the line, in heights of a capital letter. ``cased``: the texts are those of labels, in upper and lower case.
    ``relief``: chance that characters are raised or sunk; ``brushed``: chance of a surface of brushed metal.
    """

    severity: float = 1.3
    height: tuple[float, float] = (11.5, 40.0)
    contrast: tuple[float, float] = (27.0, 160.0)
    blur: tuple[float, float] = (0.3, 1.3)
    motion: tuple[float, float] = (0.15, 3.5)
    shares: tuple[float, ...] = prints.SHARES
    stretch: tuple[float, float] = (0.0, 0.18)
    grammar: float = 0.5
    below: tuple[float, float] = (-0.06, 0.25)
    cased: bool = False
    relief: float = 0.035
    brushed: float = 0.0

    def text(self, rng: np.random.Generator) -> str:
        """What is printed."""
        return labels.draw(rng) if self.cased else texts.draw(rng, self.grammar)


STYLES = {
    "hard": Style(),
    "plain": Style(
        severity=2.0,
        height=(13.0, 44.0),
        contrast=(36.0, 170.0),
        blur=(0.25, 0.9),
        motion=(0.1, 2.5),
        shares=(0.15, 0.09, 0.09, 0.07, 0.12, 0.14, 0.34),
        stretch=(-0.12, 0.26),
        grammar=0.65,
    ),
    "label": Style(
        severity=2.5,
        height=(9.0, 40.0),
        contrast=(36.0, 180.0),
        blur=(0.3, 1.0),
        motion=(0.1, 2.5),
        shares=(0.0, 0.0, 0.0, 0.0, 0.0, 0.06, 0.94),
        stretch=(-0.06, 0.16),
        below=(0.0, 0.4),
        cased=True,
    ),
    "metal": Style(
        severity=2.2,
        height=(11.0, 44.0),
        contrast=(28.0, 130.0),
        blur=(0.2, 0.8),
        motion=(0.05, 2.0),
        shares=(0.2, 0.12, 0.06, 0.06, 0.06, 0.1, 0.4),
        stretch=(0.05, 0.2),
        grammar=0.35,
        relief=0.6,
        brushed=0.85,
    ),
}


@dataclass(frozen=True)
class Crop:
    """A line crop (H, W) uint8, its text in the recogniser's alphabet, its text as printed, and the kind of print."""

    pixels: Grey
    text: str
    shown: str
    kind: str


def render(
    seed: int, index: int, typefaces: tuple[str, ...], style: Style = STYLES["hard"], height: int = HEIGHT
) -> Crop:
    """Crop ``index`` of the pool ``seed``, ``height`` px high; the same arguments give the same pixels."""
    rng = stream(seed, index, "line")
    for _ in range(_TRIES):
        try:
            crop = _attempt(rng, typefaces, style, height)
        except ValueError:  # this printer cannot print this text: try another text and another printer
            continue
        if crop.pixels.shape[1] * HEIGHT <= WIDEST * height:
            return crop
    raise AssertionError(f"no crop of seed {seed}, index {index} in {_TRIES} tries")


def _logarithmic(rng: np.random.Generator, span: tuple[float, float]) -> float:
    """A number within the span whose logarithm is uniformly distributed."""
    return float(np.exp(between(rng, np.log(span[0]), np.log(span[1]))))


def to_height(pixels: Grey, height: int = HEIGHT) -> Grey:
    """A crop (H, W) resized to ``height``, the width in proportion, as the reader does it."""
    width = max(1, round(height * pixels.shape[1] / pixels.shape[0]))
    how = cv2.INTER_AREA if pixels.shape[0] > height else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=how), dtype=np.uint8)


def _attempt(rng: np.random.Generator, typefaces: tuple[str, ...], style: Style, wanted: int) -> Crop:
    severity = between(rng, 0.0, 1.0) ** style.severity
    height = _logarithmic(rng, style.height)
    machine = prints.draw(severity, height, typefaces, rng, style.shares, style.stretch, not style.cased)
    text, line = machine.print(style.text(rng), rng)
    paper, view, shape = _layout(line, style, rng)
    ink = _place(line, (0.0, 0.0), view, shape)
    beside = _neighbours(machine, line, paper, view, shape, typefaces, style, rng)
    ink = np.maximum(ink, beside)
    pixels = to_height(_photograph(ink, line, machine, view, shape, height, style, rng), wanted)
    return Crop(pixels, texts.fold(text), text, machine.kind)


def _layout(
    line: InkMap, style: Style, rng: np.random.Generator
) -> tuple[tuple[float, float], NDArray[np.float64], tuple[int, int]]:
    """The height and width of the line, the homography from its coverage map to the crop, and the crop's (H, W)."""
    (x0, y0), (x1, y1) = line.quad.min(axis=0), line.quad.max(axis=0)
    h, w = float(y1 - y0), float(x1 - x0)
    loose = chance(rng, 0.2)
    top = between(rng, -0.06, 0.5 if loose else 0.25) * h
    bottom = between(rng, style.below[0], style.below[1] + (0.25 if loose else 0.0)) * h
    left, right = (between(rng, -0.04, 1.2 if loose else 0.35) * h for _ in range(2))
    corners = np.array(
        [[x0 - left, y0 - top], [x1 + right, y0 - top], [x1 + right, y1 + bottom], [x0 - left, y1 + bottom]]
    )
    tilt = np.clip(rng.normal(0.0, 0.012), -0.035, 0.035) * min(1.0, 6.0 * h / w)
    skew = rng.normal(0.0, 0.05) * h
    lift = np.array([[0, -1], [0, 1], [0, 1], [0, -1]]) * tilt * w / 2
    corners = (
        corners + lift + np.array([[skew, 0], [skew, 0], [-skew, 0], [-skew, 0]]) + rng.normal(0.0, 0.015 * h, (4, 2))
    )
    shape = (max(8, round(h + top + bottom)), max(8, round(w + left + right)))
    seen = np.array([[0, 0], [shape[1], 0], [shape[1], shape[0]], [0, shape[0]]], dtype=np.float32)
    view = cv2.getPerspectiveTransform(corners.astype(np.float32), seen)
    return (h, w), np.asarray(view, dtype=np.float64), shape


def _place(line: InkMap, offset: tuple[float, float], view: NDArray[np.float64], shape: tuple[int, int]) -> Map:
    """The ink as the crop shows it, after moving it by ``offset`` on the package."""
    move = np.array([[1.0, 0.0, offset[0]], [0.0, 1.0, offset[1]], [0.0, 0.0, 1.0]])
    seen = cv2.warpPerspective(line.coverage, view @ move, (shape[1], shape[0]), flags=cv2.INTER_LINEAR)
    return np.asarray(seen, dtype=np.float32)


def _neighbours(
    machine: prints.LinePrinter,
    line: InkMap,
    size: tuple[float, float],
    view: NDArray[np.float64],
    shape: tuple[int, int],
    typefaces: tuple[str, ...],
    style: Style,
    rng: np.random.Generator,
) -> Map:
    """The ink of neighbouring lines (above, below, left, right), of which the crop shows slices."""
    h, w = size
    ink = np.zeros(shape, dtype=np.float32)
    places = []
    for way in (-1.0, 1.0):
        if chance(rng, 0.3):
            places.append((between(rng, -0.5, 0.5) * w, way * between(rng, 1.22, 1.7) * h))
    for way in (-1.0, 1.0):
        if chance(rng, 0.12):
            places.append((way * (w + between(rng, 0.7, 1.6) * h), between(rng, -0.1, 0.1) * h))
    x0 = line.quad[0]
    for dx, dy in places:
        other = machine if chance(rng, 0.75) else prints.draw(0.3, h, typefaces, rng)
        try:
            _, print_ = other.print(style.text(rng) if style.cased else texts.draw(rng), rng)
        except ValueError:
            continue
        beside = abs(dx) > w
        reach = print_.quad[1, 0] - print_.quad[0, 0]
        shift = dx if not beside or dx > 0 else -(reach + abs(dx) - w)
        ink = np.maximum(
            ink, _place(print_, (x0[0] + shift - print_.quad[0, 0], x0[1] + dy - print_.quad[0, 1]), view, shape)
        )
    return ink


def _photograph(
    ink: Map,
    line: InkMap,
    machine: prints.LinePrinter,
    view: NDArray[np.float64],
    shape: tuple[int, int],
    height: float,
    style: Style,
    rng: np.random.Generator,
) -> Grey:
    """The package, older prints, the code, reflected light, and the camera."""
    dark = chance(rng, 0.27)
    contrast = _logarithmic(rng, style.contrast)
    ground = between(rng, 15, 120) if dark else between(rng, 90, 240)
    plane = _surface(shape, ground, contrast, style, rng)
    if chance(rng, 0.14):
        older = _older(machine, line, view, shape, rng)
        plane += (contrast if dark else -contrast) * between(rng, 0.15, 0.5) * older
    if chance(rng, style.relief):
        plane += contrast * _embossed(ink, rng)
        if style.brushed:  # what a tool has cut or a laser has burnt is of another brightness too
            plane += contrast * between(rng, -0.6, 0.4) * ink
    else:
        sheen = 1.0 + 0.12 * smooth(rng, shape, max(4.0, height)) if chance(rng, 0.3) else 1.0
        plane += (contrast if dark else -contrast) * between(rng, 0.8, 1.0) * ink * sheen
    if chance(rng, 0.14):
        plane += substrate.glare(rng, shape, between(rng, 0.15, 0.7), (shape[1] * between(rng, 0, 1), shape[0] / 2))
    return _camera(np.asarray(plane, dtype=np.float32), contrast, height, style, rng)


def _surface(shape: tuple[int, int], ground: float, contrast: float, style: Style, rng: np.random.Generator) -> Map:
    """A grey package (H, W): one of the label surfaces, or a picture whose tones compete with the ink; or metal."""
    if style.brushed and chance(rng, style.brushed):
        return _brushed(shape, ground, contrast, rng)
    kind = rng.random()
    if kind < 0.45:
        plane = np.full(shape, ground, dtype=np.float32) * (1.0 + between(rng, 0.0, 0.05) * smooth(rng, shape, 30.0))
    elif kind < 0.8:
        name = pick(rng, substrate.SURFACES)
        plane = substrate.surface(name, rng, shape, (ground, ground, ground)).mean(axis=2)
    else:
        plane = _picture(shape, ground, contrast, rng)
    if chance(rng, 0.2):
        _edges(plane, contrast, rng)
    return np.asarray(plane, dtype=np.float32)


def _brushed(shape: tuple[int, int], ground: float, contrast: float, rng: np.random.Generator) -> Map:
    """Brushed or cast metal: streaks in one direction, pits, and the light that a bent surface throws back in bands."""
    h, w = shape
    plane = np.full(shape, ground, dtype=np.float32)
    if chance(rng, 0.7):
        across, size = chance(rng, 0.35), float(between(rng, 0.5, 1.5))
        streaks = rng.normal(0.0, 1.0, (h, 1) if across else (1, w)).astype(np.float32)
        drawn = cv2.GaussianBlur(np.broadcast_to(streaks, shape).copy(), (0, 0), size)
        plane += np.float32(contrast * between(rng, 0.05, 0.35)) * drawn
    plane += np.float32(contrast * between(rng, 0.02, 0.2)) * smooth(rng, shape, between(rng, 1.5, 6.0))
    if chance(rng, 0.7):
        place = np.linspace(0.0, 1.0, w, dtype=np.float32)[None, :] - between(rng, -0.3, 1.3)
        band = np.exp(-((place / between(rng, 0.15, 0.8)) ** 2))
        plane += np.float32(between(rng, -80.0, 110.0)) * np.asarray(band, dtype=np.float32)
    return np.clip(plane, 5.0, 250.0)


def _picture(shape: tuple[int, int], ground: float, contrast: float, rng: np.random.Generator) -> Map:
    """A photo-like picture: noise of several sizes and a few shapes, with tones up to half of the contrast apart."""
    strength = between(rng, 0.1, 0.5) * contrast
    plane = np.full(shape, ground, dtype=np.float32)
    for cell in (3.0, 8.0, 20.0, 60.0):
        plane += np.float32(strength * between(rng, 0.0, 0.45)) * smooth(rng, shape, cell)
    for _ in range(int(rng.integers(0, 4))):
        centre = (int(rng.integers(shape[1])), int(rng.integers(shape[0])))
        axes = (int(rng.integers(5, 20 + shape[1] // 2)), int(rng.integers(4, 10 + shape[0])))
        patch = np.zeros(shape, dtype=np.float32)
        cv2.ellipse(patch, centre, axes, between(rng, 0, 180), 0, 360, between(rng, -1, 1), -1, cv2.LINE_AA)
        plane += np.float32(strength) * patch
    return plane


def _edges(plane: Map, contrast: float, rng: np.random.Generator) -> None:
    """Draw the border of a panel, a rule or a step in tone along one side, in place."""
    h, w = plane.shape
    step = between(rng, -0.9, 0.9) * contrast
    kind = rng.random()
    if kind < 0.5:
        depth = max(1, int(between(rng, 0.02, 0.14) * h))
        rows = slice(0, depth) if chance(rng, 0.5) else slice(h - depth, h)
        plane[rows] += step
    elif kind < 0.75:
        depth = max(1, int(between(rng, 0.02, 0.25) * h))
        columns = slice(0, depth) if chance(rng, 0.5) else slice(w - depth, w)
        plane[:, columns] += step
    else:
        start = int(between(rng, 0, w))
        plane[:, start:] += 0.5 * step


def _older(
    machine: prints.LinePrinter,
    line: InkMap,
    view: NDArray[np.float64],
    shape: tuple[int, int],
    rng: np.random.Generator,
) -> Map:
    """An earlier print of the same printer below the code."""
    try:
        _, older = machine.print(texts.draw(rng), rng)
    except ValueError:
        return np.zeros(shape, dtype=np.float32)
    h = line.quad[2, 1] - line.quad[0, 1]
    dx, dy = line.quad[0] - older.quad[0] + np.array([between(rng, -2.5, 2.5) * h, between(rng, -0.7, 0.7) * h])
    return _place(older, (float(dx), float(dy)), view, shape)


def _embossed(ink: Map, rng: np.random.Generator) -> Map:
    """Light and shadow at the edges of raised characters."""
    soft = cv2.GaussianBlur(ink, (0, 0), between(rng, 0.6, 1.4))
    angle = between(rng, 0, 2 * np.pi)
    slope = np.cos(angle) * np.gradient(soft, axis=1) + np.sin(angle) * np.gradient(soft, axis=0)
    raised: Map = (slope / max(float(np.abs(slope).max()), 1e-3)).astype(np.float32)
    return raised


def _camera(plane: Map, contrast: float, height: float, style: Style, rng: np.random.Generator) -> Grey:
    """Defocus and motion relative to the character height, exposure, noise relative to the contrast, and JPEG."""
    scale = height / 24.0
    sigma = between(rng, 0.25, 0.8) + (between(rng, 0.0, style.blur[1]) * scale if chance(rng, style.blur[0]) else 0.0)
    seen = cv2.GaussianBlur(plane, (0, 0), sigma)
    if chance(rng, style.motion[0]):
        seen = _moved(
            seen,
            between(rng, 1.2, 1.2 + style.motion[1] * scale),
            between(rng, -0.5, 0.5) + (np.pi / 2 if chance(rng, 0.2) else 0.0),
        )
    if chance(rng, 0.3):
        seen = seen * (1.0 + between(rng, -0.25, 0.25) * np.linspace(-1, 1, seen.shape[1], dtype=np.float32))
    lit = np.clip(seen / 255.0, 0.0, 1.2) ** between(rng, 0.75, 1.35) * between(rng, 0.8, 1.1) * 255.0
    noisy = lit + rng.normal(0.0, between(rng, 0.4, 1.0 + 0.05 * contrast), lit.shape)
    grey = np.clip(noisy, 0, 255).astype(np.uint8)
    if chance(rng, 0.75):
        _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(28, 96))])
        grey = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)
    return grey


def _moved(plane: Map, length: float, angle: float) -> Map:
    """Motion blur of ``length`` pixels along ``angle`` (radians)."""
    size = int(np.ceil(length)) | 1
    kernel = np.zeros((size + 2, size + 2), dtype=np.float32)
    middle = (size + 2) / 2 - 0.5
    reach = np.array([np.cos(angle), np.sin(angle)]) * (length - 1) / 2
    start, end = (middle - reach) * 16, (middle + reach) * 16
    cv2.line(
        kernel,
        tuple(np.rint(start).astype(int).tolist()),
        tuple(np.rint(end).astype(int).tolist()),
        1.0,
        1,
        cv2.LINE_AA,
        4,
    )
    return np.asarray(cv2.filter2D(plane, -1, kernel / max(float(kernel.sum()), 1e-6)), dtype=np.float32)
