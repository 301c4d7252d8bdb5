"""A dot-printing head (continuous ink-jet or drop-on-demand): from a text to the positions and sizes of its dots.

The head does not move and fires one column of drops after another while the package travels past. Hence the faults:
a column leans because the package moves while it is deflected (slant), the speed sets the column pitch (stretch), a
shaking conveyor moves the baseline (bounce), a round package bends it (curvature), a clogged nozzle loses a row, a
lost strobe loses a column, and a drop may split off a satellite that lands late.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from training.render.glyphs import GlyphTable
from training.render.splat import Dots, splat
from training.render.types import InkMap, Map, Points, rectangle


@dataclass(frozen=True)
class HeadSettings:
    """How a head prints. Lengths are in row pitches (the distance of two nozzles) unless stated otherwise."""

    pitch_px: float = 3.5  # one row pitch in pixels
    stretch: float = 1.0  # column pitch / row pitch: the speed of the package against the head's clock
    gap: int = 1  # empty columns between two characters
    bold: int = 1  # how often each column is fired
    dot: float = 0.45  # dot radius
    dot_spread: float = 0.05  # relative spread of the dot radius
    jitter: float = 0.03  # spread of a dot's position
    merge: float = 0.0  # 0: dots stay round; 1: neighbouring drops flow together
    slant: float = 0.0  # columns travelled from the bottom row to the top row, per row
    bounce: float = 0.0  # height of the baseline's wobble
    curvature: float = 0.0  # sag of the baseline in the middle of the line
    satellites: float = 0.0  # share of drops that lose a satellite
    missing_dots: float = 0.0  # share of drops lost
    missing_columns: float = 0.0  # share of columns lost
    missing_rows: tuple[int, ...] = field(default=())  # clogged nozzles, 0 is the top row

    def __post_init__(self) -> None:
        """Refuse impossible settings."""
        for name in ("satellites", "missing_dots", "missing_columns", "merge"):
            if not 0.0 <= getattr(self, name) <= 1.0:
                raise ValueError(f"{name} is a share of 0..1, got {getattr(self, name)}")
        for name in ("pitch_px", "stretch", "dot", "bold"):
            if getattr(self, name) <= 0:
                raise ValueError(f"{name} must be above 0, got {getattr(self, name)}")
        if any(getattr(self, f.name) < 0 for f in fields(self) if f.name in ("gap", "jitter", "dot_spread", "bounce")):
            raise ValueError("gap, jitter, dot_spread and bounce must not be negative")


def print_line(
    text: str,
    table: GlyphTable,
    settings: HeadSettings,
    rng: np.random.Generator,
    variants: dict[str, str] | None = None,
) -> InkMap:
    """Print one line.

    Args:
        text: characters of ``table``; at least one that is not a space.
        settings: the head.
        rng: source of every random position and loss.
        variants: variant of the drawing of a character, for example ``{"0": "slashed"}``.

    Returns:
        The coverage map, as large as its ink needs, and the quad that encloses the line as it would be without losses.

    Raises:
        GlyphError: a character or variant that the head does not have.
        ValueError: the text prints nothing.
    """
    grid = fired_columns(text, table, settings.gap, variants or {})
    if not grid.any():
        raise ValueError(f"text {text!r} prints no dot")
    return print_grid(grid, settings, rng)


def print_grid(grid: NDArray[np.bool_], settings: HeadSettings, rng: np.random.Generator) -> InkMap:
    """Print the drops of a (rows, columns) grid.

    Raises:
        ValueError: the grid holds no drop.
    """
    places = np.argwhere(grid)[:, ::-1].astype(np.float64)
    if not len(places):
        raise ValueError("the grid prints no dot")
    rows = len(grid)
    swing = rng.normal(size=4)
    nominal = on_package(places, rows, settings, swing)
    origin = nominal.min(axis=0) - 3.0 * settings.pitch_px
    size = np.ceil(nominal.max(axis=0) - origin + 3.0 * settings.pitch_px).astype(int)
    coverage = splat(_dots(places, rows, settings, swing, rng, origin), (int(size[1]), int(size[0])), settings.merge)
    return InkMap(coverage, _quad(nominal - origin, settings))


def fired_columns(text: str, table: GlyphTable, gap: int, variants: dict[str, str]) -> NDArray[np.bool_]:
    """The grid (rows, columns) of drops for the text."""
    blank = np.zeros((table.rows, gap), dtype=bool)
    parts = []
    for character in text:
        parts += [table.raster(character, variants.get(character, "")), blank]
    return np.hstack(parts) if parts else blank


def on_package(places: Points, rows: int, settings: HeadSettings, swing: NDArray[np.float64]) -> Points:
    """The pixels of head positions (N, 2) column, row: pitch, slant, bounce and curvature, nothing random per dot."""
    column, row = places[:, 0], places[:, 1]
    span = max(float(column.max()), 1.0)
    phase = column / 11.0
    wobble = swing[0] * np.sin(phase + 3 * swing[1]) + 0.5 * swing[2] * np.sin(2.3 * phase + 3 * swing[3])
    sag = 1.0 - (2.0 * column / span - 1.0) ** 2
    x = (column + settings.slant * (rows - 1 - row)) * settings.stretch
    y = row + settings.bounce * wobble + settings.curvature * sag
    return np.stack([x, y], axis=1) * settings.pitch_px


def _dots(
    places: Points,
    rows: int,
    settings: HeadSettings,
    swing: NDArray[np.float64],
    rng: np.random.Generator,
    origin: Points,
) -> Dots:
    """Every drop that lands: doubled columns, randomness per dot, losses and satellites."""
    doubled = np.concatenate([places + np.array([0.5 * i, 0.0]) for i in range(settings.bold)])
    scatter = rng.normal(0.0, settings.jitter, doubled.shape) * settings.pitch_px
    centres = on_package(doubled, rows, settings, swing) + scatter - origin
    radii = settings.dot * settings.pitch_px * np.exp(rng.normal(0.0, settings.dot_spread, len(doubled)))
    kept = survivors(doubled, settings, rng)
    centres, radii = centres[kept], radii[kept]
    split = rng.random(len(centres)) < settings.satellites
    late = np.abs(rng.normal(0.9, 0.3, (int(split.sum()), 1))) * settings.pitch_px * np.array([[1.0, 0.25]])
    return Dots(np.concatenate([centres, centres[split] + late]), np.concatenate([radii, 0.4 * radii[split]]))


def survivors(places: Points, settings: HeadSettings, rng: np.random.Generator) -> NDArray[np.bool_]:
    """Which of the (N, 2) fired positions leave ink: not in a lost column, of a clogged nozzle or lost singly."""
    column, row = np.floor(places[:, 0]).astype(int), places[:, 1].astype(int)
    lost_columns = rng.random(int(column.max(initial=0)) + 1) < settings.missing_columns
    lost_dots = rng.random(len(places)) < settings.missing_dots
    kept: NDArray[np.bool_] = ~(lost_columns[column] | lost_dots | np.isin(row, settings.missing_rows))
    return kept


def _quad(nominal: Points, settings: HeadSettings) -> Points:
    reach = settings.dot * settings.pitch_px
    (x0, y0), (x1, y1) = nominal.min(axis=0) - reach, nominal.max(axis=0) + reach
    return rectangle(float(x0), float(y0), float(x1 + (settings.bold - 1) * 0.5 * settings.pitch_px), float(y1))


def ink_share(line: InkMap) -> float:
    """Mean coverage of a line's map, 0..1."""
    coverage: Map = line.coverage
    return float(coverage.mean())
