"""Frames of a line that nobody had to photograph: a package with a printed date and a lot, by training/render."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ocr_app.core.types import Image
from training.render import artwork, optics, printer, substrate
from training.render.fonts import EMBEDDED
from training.render.seeds import stream

EXPIRY, WRONG_EXPIRY = "12.05.2028", "12.05.2023"
EXPECTED = "2028-05-12"  # the expiry that a line expects, as a value
RECIPE = Path(__file__).resolve().parent / "recipe.yaml"
_SHAPE = (300, 640)  # (H, W) of a frame in pixels
_INK, _SURFACE = (40.0, 36.0, 34.0), (196.0, 204.0, 208.0)  # BGR
_TEXT_HEIGHT, _LONGEST = 44.0, 520.0  # pixels
_MAX_BYTES = 120_000
_SEED = 2026


@dataclass(frozen=True)
class DrawnPart:
    """A package on the line: the printed lines, and whether the date is the one that the line expects."""

    lines: tuple[str, ...]
    good: bool

    @property
    def text(self) -> str:
        """The printed lines, joined by a space."""
        return " ".join(self.lines)


def parts(count: int, wrong: tuple[int, ...] = ()) -> Iterator[DrawnPart]:
    """``count`` parts with a lot each; those at the places ``wrong``, from 0 on, have an expiry of five years ago."""
    for index in range(count):
        date = WRONG_EXPIRY if index in wrong else EXPIRY
        yield DrawnPart((f"EXP {date}", f"LOT A{7001 + 137 * index % 2900:04d}"), index not in wrong)


def draw(part: DrawnPart, index: int) -> Image:
    """The frame of a part, (300, 640, 3) BGR; the same arguments give the same pixels."""
    rng = stream(_SEED, index, "line")
    plane = substrate.surface("flat", rng, _SHAPE, _SURFACE)
    machine = printer.choose("font", 0.0, part.lines, _TEXT_HEIGHT, _LONGEST, rng, EMBEDDED)
    left, top = int(rng.integers(40, 70)), int(rng.integers(60, 85))
    for number, line in enumerate(part.lines):
        printed = machine.print(line, rng)
        artwork.stamp(plane, printed.coverage, (left, top + number * int(1.9 * _TEXT_HEIGHT)), _INK, 0.95)
    return optics.expose(plane, optics.Camera(), rng)


def write(folder: Path, wanted: Iterator[DrawnPart]) -> list[DrawnPart]:
    """One JPEG for each part, in the order of their names; returns the parts."""
    folder.mkdir(parents=True, exist_ok=True)
    made = list(wanted)
    for index, part in enumerate(made):
        (folder / f"{index:04d}.jpg").write_bytes(optics.jpeg(draw(part, index), _MAX_BYTES)[0])
    return made
