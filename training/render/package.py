"""The package before the code is printed on it: colours, surface, label, and the print below the code in an overlap."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from training.render import artwork, printer, substrate
from training.render.seeds import between, chance, stream
from training.render.spec import FrameSpec
from training.render.text import code_lines
from training.render.types import Layer, Quad

LONGEST = 535.0  # greatest width of a line in pixels: it fits the thesis's fixed crop


@dataclass(frozen=True)
class Tones:
    """BGR colours of a package and of the ink on it."""

    ground: tuple[float, float, float]
    ink: tuple[float, float, float]


def tones(spec: FrameSpec, severity: float, rng: np.random.Generator) -> Tones:
    """Colours of surface and ink; their distance is the contrast, in grey levels."""
    low, high = {"low-contrast": (56.0, 42.0), "overlap": (135.0, 100.0)}.get(spec.condition, (130.0, 78.0))
    contrast = (low + (high - low) * severity) * between(rng, 0.85, 1.15)
    dark = spec.condition == "light-on-dark"
    brightness = between(rng, 25, 85) if dark else between(rng, 135, 205)
    ground = substrate.base_colour(rng, brightness, between(rng, 0.0, 0.5))
    tint = rng.uniform(0.92, 1.08, 3)
    ink = [
        max(8.0, min(247.0, (c + contrast if dark else c - contrast) * t)) for c, t in zip(ground, tint, strict=True)
    ]
    return Tones(ground, (ink[0], ink[1], ink[2]))


def package(
    spec: FrameSpec, severity: float, seed: int, index: int, shape: tuple[int, int], code: artwork.Box, font: str
) -> tuple[Layer, list[Quad]]:
    """The plane with everything that is printed before the code, and the quads of the label's text on it."""
    ground = tones(spec, severity, stream(seed, index, "tones")).ground
    plane = substrate.surface(spec.surface, stream(seed, index, "surface"), shape, ground)
    rng = stream(seed, index, "artwork")
    free = (code[0] - 30, code[1] - 26, code[2] + 60, code[3] + 52)
    if chance(rng, 0.25):
        artwork.panel(
            plane, rng, free, substrate.base_colour(rng, float(np.mean(ground)) * between(rng, 1.0, 1.12), 0.2)
        )
    return plane, artwork.decorate(plane, rng, free, font)


def underprint(
    plane: Layer, spec: FrameSpec, severity: float, rng: np.random.Generator, tones: Tones, code: artwork.Box, font: str
) -> None:
    """Print below the code: a shifted earlier print of the same kind, or label text."""
    x, y, w, h = code
    opacity = between(rng, 0.18, 0.3) + 0.1 * severity
    if chance(rng, 0.35):
        opacity *= 0.75
        under = (tones.ink[0] * 0.6 + 60, tones.ink[1] * 0.6 + 40, tones.ink[2] * 0.6 + 70)
        artwork.print_block(plane, rng, (x - 40, y - 8, w + 80, h + 30), under, font, opacity)
        return
    older = code_lines(rng, spec.layout)
    machine = printer.choose(spec.print, severity, older, between(rng, 19, 30), LONGEST, rng, font)
    dx, dy = int(between(rng, -60, 60)), int(between(rng, 0.3, 0.6) * h / len(older)) * (1 if chance(rng, 0.5) else -1)
    for i, text in enumerate(older):
        line = machine.print(text, rng)
        artwork.stamp(plane, line.coverage, (x + dx, y + dy + i * h // len(older)), tones.ink, opacity)
