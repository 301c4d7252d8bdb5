"""A whole camera frame: package, label, production code, overlap, glare and camera."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.render import artwork, optics, printer, substrate
from training.render.fonts import EMBEDDED
from training.render.package import LONGEST, package, tones, underprint
from training.render.seeds import between, chance, stream
from training.render.spec import FrameSpec
from training.render.text import code_lines
from training.render.types import InkMap, Layer, Pixels, Quad

FRAME = (600, 800)  # (H, W) of a frame in pixels
_PAD = 90  # plane outside the frame on each side, so that perspective never shows the rim of the package
_PLANE = (FRAME[0] + 2 * _PAD, FRAME[1] + 2 * _PAD)
_CENTRE = (412.0, 262.0)  # x, y of the middle of the thesis's fixed crop, image[150:375, 125:700]
_HEIGHTS = {"two-line": (20.0, 30.0), "single-line": (21.0, 32.0), "date-only": (24.0, 38.0)}


@dataclass(frozen=True)
class PrintedLine:
    """One code line of a frame: its text, and its quad in pixels of the frame."""

    text: str
    quad: Quad


@dataclass(frozen=True)
class Frame:
    """A camera frame with its ground truth.

    Attributes:
        pixels: (600, 800, 3) BGR before JPEG.
        lines: the code's lines from top to bottom.
        box: x, y, width, height around all lines with a margin, as a fixed crop would have.
        tags: see ``FrameSpec.tags``.
        words: quads of the label's text, whose content is not known.
    """

    pixels: Pixels
    lines: tuple[PrintedLine, ...]
    box: tuple[int, int, int, int]
    tags: dict[str, str]
    words: tuple[Quad, ...] = ()

    @property
    def code(self) -> str:
        """The line texts joined by one space."""
        return " ".join(line.text for line in self.lines)


def render(spec: FrameSpec, seed: int, index: int, font: str = EMBEDDED) -> Frame:
    """Frame ``index`` of the set ``seed``: the same arguments give the same pixels.

    Args:
        spec: what it has to show.
        seed: of the set, >= 0.
        index: of the frame, >= 0; no frame depends on another.
        font: typeface of labels and font prints (see ``fonts.face``).
    """
    severity = spec.severity(stream(seed, index, "severity"))
    texts = code_lines(stream(seed, index, "text"), spec.layout)
    prints, corners = _printed(spec, severity, texts, seed, index, font)
    plane, words = package(spec, severity, seed, index, _PLANE, _extent(prints, corners), font)
    _overprint(plane, spec, severity, seed, index, prints, corners, font)
    view, camera = _camera(spec, severity, stream(seed, index, "camera"), plane.shape[:2])
    pixels = optics.expose(optics.see(plane, view, FRAME), camera, stream(seed, index, "sensor"))
    quads = [optics.project(p.quad + corner, view) for p, corner in zip(prints, corners, strict=True)]
    lines = tuple(PrintedLine(text, quad) for text, quad in zip(texts, quads, strict=True))
    seen = tuple(optics.project(quad, view) for quad in words)
    return Frame(pixels, lines, _crop_box(quads, stream(seed, index, "box")), spec.tags(), seen)


def _printed(
    spec: FrameSpec, severity: float, texts: tuple[str, ...], seed: int, index: int, font: str
) -> tuple[list[InkMap], list[tuple[int, int]]]:
    """The ink of each line, and x, y of its map on the plane."""
    rng = stream(seed, index, "print")
    height = between(rng, *_HEIGHTS[spec.layout])
    machine = printer.choose(spec.print, severity, texts, height, LONGEST, rng, font)
    prints = [printer.faded(machine.print(text, rng), severity, rng) for text in texts]
    step = max(p.quad[2, 1] - p.quad[0, 1] for p in prints) * between(rng, 1.3, 1.9)
    widest = max(p.quad[1, 0] - p.quad[0, 0] for p in prints)
    left = _PAD + _CENTRE[0] + between(rng, -0.6, 0.6) * (555.0 - widest) / 2 - widest / 2
    top = _PAD + _CENTRE[1] + between(rng, -30, 30) - step * len(prints) / 2
    indent = between(rng, 0, 25) if chance(rng, 0.3) else 0.0
    places = [(left + i * indent - p.quad[0, 0], top + i * step - p.quad[0, 1]) for i, p in enumerate(prints)]
    return prints, [(int(x), int(y)) for x, y in places]


def _overprint(
    plane: Layer,
    spec: FrameSpec,
    severity: float,
    seed: int,
    index: int,
    prints: list[InkMap],
    corners: list[tuple[int, int]],
    font: str,
) -> None:
    """Print the code on the plane, in place: in an overlap after an older print or artwork; glare comes last."""
    colours = tones(spec, severity, stream(seed, index, "tones"))
    if spec.condition == "overlap":
        underprint(plane, spec, severity, stream(seed, index, "overlap"), colours, _extent(prints, corners), font)
    for line, corner in zip(prints, corners, strict=True):
        artwork.stamp(plane, line.coverage, corner, colours.ink, 0.95)
    if spec.condition == "glare":
        x, y, w, h = _extent(prints, corners)
        light = substrate.glare(
            stream(seed, index, "glare"), plane.shape[:2], 0.35 + 0.35 * severity, (x + w / 2, y + h / 2)
        )
        plane += light[:, :, None]


def _camera(
    spec: FrameSpec, severity: float, rng: np.random.Generator, plane: tuple[int, int]
) -> tuple[optics.Homography, optics.Camera]:
    blurred = spec.condition == "blur"
    camera = optics.Camera(
        defocus=between(rng, 1.1, 1.4) + 1.2 * severity if blurred else between(rng, 0.5, 0.8) + 0.4 * severity,
        motion=between(rng, 0.0, 5.0) * severity if blurred else between(rng, 0.0, 1.5) * severity,
        motion_angle=between(rng, -0.3, 0.3),
        vignetting=between(rng, 0.0, 0.3),
        noise=between(rng, 0.6, 1.2) + 1.4 * severity,
        exposure=between(rng, 0.88, 1.06),
    )
    tilt, angle = between(rng, 0.004, 0.012 + 0.02 * severity), float(rng.normal(0.0, 0.008 + 0.02 * severity))
    return optics.viewpoint(rng, plane, FRAME, tilt, float(np.clip(angle, -0.07, 0.07))), camera


def _extent(prints: list[InkMap], corners: list[tuple[int, int]]) -> artwork.Box:
    """x, y, width, height around the lines on the plane."""
    points = np.concatenate([p.quad + corner for p, corner in zip(prints, corners, strict=True)])
    (x0, y0), (x1, y1) = np.floor(points.min(axis=0)), np.ceil(points.max(axis=0))
    return int(x0), int(y0), int(x1 - x0), int(y1 - y0)


def _crop_box(quads: list[Quad], rng: np.random.Generator) -> tuple[int, int, int, int]:
    points = np.concatenate(quads)
    margin = np.array([between(rng, 20, 45), between(rng, 20, 45)])
    low = np.maximum(np.floor(points.min(axis=0) - margin), 0).astype(int)
    high = np.minimum(np.ceil(points.max(axis=0) + margin), [FRAME[1], FRAME[0]]).astype(int)
    return int(low[0]), int(low[1]), int(high[0] - low[0]), int(high[1] - low[1])
