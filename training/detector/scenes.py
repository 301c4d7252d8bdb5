"""Whole grey camera frames for the detector: packages in front of clutter, or line-camera frames, with their quads."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from training.detector import packaging
from training.detector.packaging import Sheet
from training.render import noise, optics, scene, spec, types
from training.render.seeds import between, chance, pick, stream
from training.render.types import Map, Quad

STYLES = ("mixed", "crowded", "overprint", "faint", "large")
SIDE = 608  # px of a square scene
_LINE_CAMERA = 0.25  # share of scenes that show the view of a camera above a production line
_MARGIN = 60  # px around a package that fills the frame, so that perspective never shows its rim


@dataclass(frozen=True)
class Scene:
    """A frame and its ground truth.

    Attributes:
        grey: uint8 (H, W).
        lines: (N, 4, 2) quads of code lines in pixels, clockwise from top-left along the reading direction.
        unsure: (M, 4, 2) quads that count neither as text nor as the absence of it.
        words: (K, 4, 2) quads of text that is no code.
        texts: (L, 4, 2) quads of text that may or may not be a code.
    """

    grey: NDArray[np.uint8]
    lines: NDArray[np.float32]
    unsure: NDArray[np.float32]
    words: NDArray[np.float32] = field(default_factory=lambda: stack([]))
    texts: NDArray[np.float32] = field(default_factory=lambda: stack([]))

    def whole(self) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
        """The codes that are completely in the frame, and the quads that count neither way in a measurement."""
        inside, cut = self._split(self.lines)
        return inside, [*self.unsure, *cut, *self.words, *self.texts]

    def whole_text(self) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
        """The same for lines of text of any kind."""
        inside, cut = self._split(np.concatenate([self.lines, self.words, self.texts]))
        return inside, [*self.unsure, *cut]

    def _split(self, quads: NDArray[np.float32]) -> tuple[list[NDArray[np.float32]], list[NDArray[np.float32]]]:
        """The quads that are completely in the frame, and the others."""
        size = np.array(self.grey.shape[::-1])
        inside = [bool((quad >= 0).all() and (quad <= size).all()) for quad in quads]
        shown = [quad for quad, whole in zip(quads, inside, strict=True) if whole]
        return shown, [quad for quad, whole in zip(quads, inside, strict=True) if not whole]

    @property
    def line_camera(self) -> bool:
        """Whether the frame comes from a camera above a production line: those are not square."""
        return self.grey.shape[0] != self.grey.shape[1]


def render(seed: int, index: int, style: str = "mixed") -> Scene:
    """Scene ``index`` of the pool ``seed``: the same arguments give the same pixels.

    Args:
        seed: of the pool.
        index: of the scene; no scene depends on another.
        style: ``"mixed"``; ``"crowded"``: packages full of label content in front of a shelf of others;
            ``"overprint"``: frames of a line camera, mostly with an older print under the code; ``"faint"``: weak
            codes directly on pictures and dark packages; ``"large"``: codes from 40 px up, as high as fits.

    Raises:
        ValueError: an unknown style.
    """
    if style not in STYLES:
        raise ValueError(f"unknown style {style!r}; known: {', '.join(STYLES)}")
    rng = stream(seed, index, "kind")
    if style == "crowded":
        return _crowded(stream(seed, index, "scene"))
    if style == "faint":
        return _in_hand(stream(seed, index, "scene"), faint=True)
    if style == "large":
        return _in_hand(stream(seed, index, "scene"), heights=(40.0, 260.0))
    if style == "overprint":
        return _line_camera(seed, index, "overlap" if chance(rng, 0.7) else None)
    if chance(rng, _LINE_CAMERA):
        return _line_camera(seed, index)
    return _in_hand(stream(seed, index, "scene"))


def _line_camera(seed: int, index: int, condition: str | None = None) -> Scene:
    """A frame of ``training.render.scene`` in a typeface for training, in grey and at network size."""
    rng = stream(seed, index, "line-camera")
    shown = spec.draw(rng)
    if condition:
        shown = replace(shown, condition=condition)
    frame = scene.render(shown, seed, index, pick(rng, (*packaging.typefaces(), "embedded", "embedded")))
    grey = cv2.cvtColor(frame.pixels, cv2.COLOR_BGR2GRAY)
    scale = between(rng, 0.76, 1.0)
    small = cv2.resize(grey, (round(800 * scale), round(600 * scale)), interpolation=cv2.INTER_AREA)
    ratio = np.array([small.shape[1] / 800, small.shape[0] / 600])
    quads = [line.quad * ratio for line in frame.lines]
    whole, part = _within([quad * ratio for quad in frame.words], np.ones(small.shape, np.float32))
    return Scene(np.asarray(small, dtype=np.uint8), stack(quads), stack(part), stack(whole))


@dataclass(frozen=True)
class Marks:
    """The ground truth of a frame that is being drawn: the quads of a ``Scene``."""

    lines: list[Quad] = field(default_factory=list)
    words: list[Quad] = field(default_factory=list)
    texts: list[Quad] = field(default_factory=list)
    unsure: list[Quad] = field(default_factory=list)

    @classmethod
    def on(cls, made: Sheet, view: optics.Homography) -> Marks:
        """The ground truth of a package that is seen under ``view``."""
        return cls(*(_seen(quads, view) for quads in (made.lines, made.words, made.texts, made.unsure)))

    def shown(self, mask: Map) -> Marks:
        """What the mask shows: whole quads stay, those shown in part become unsure, hidden ones are dropped."""
        kept: list[list[Quad]] = []
        cut: list[Quad] = []
        for quads in (self.lines, self.words, self.texts, self.unsure):
            whole, part = _within(quads, mask)
            kept.append(whole)
            cut += part
        lines, words, texts, unsure = kept
        return Marks(lines, words, texts, unsure + cut)

    def __add__(self, other: Marks) -> Marks:
        return Marks(
            self.lines + other.lines, self.words + other.words, self.texts + other.texts, self.unsure + other.unsure
        )

    def scene(self, grey: Map) -> Scene:
        """The frame ``grey`` with this ground truth."""
        pixels = np.clip(np.rint(grey), 0, 255).astype(np.uint8)
        return Scene(pixels, stack(self.lines), stack(self.unsure), stack(self.words), stack(self.texts))


def _in_hand(rng: np.random.Generator, faint: bool = False, heights: tuple[float, float] | None = None) -> Scene:
    """Packages held or on a shelf, or one that fills the frame; with codes of ``heights`` px always the latter."""
    marks = Marks()
    if heights or chance(rng, 0.35):
        grey = np.zeros((SIDE, SIDE), dtype=np.float32)
        side = SIDE + 2 * _MARGIN
        made = packaging.sheet(rng, (side, side), int(rng.integers(1, 5)), heights or (9.0, 46.0), faint=faint)
        view = optics.viewpoint(rng, (side, side), (SIDE, SIDE), between(rng, 0, 0.07), float(rng.normal(0, 0.06)))
        way, edge = cv2.INTER_LINEAR, cv2.BORDER_REFLECT_101
        grey[:] = cv2.warpPerspective(made.grey, view, (SIDE, SIDE), flags=way, borderMode=edge)
        marks = Marks.on(made, view)
        marks = replace(marks.shown(np.ones_like(grey)), lines=marks.lines)
    else:
        grey = packaging.clutter(rng, (SIDE, SIDE), between(rng, 1.0, 6.0), marks.unsure)
        for _ in range(int(rng.choice(3, p=(0.5, 0.35, 0.15))) + 1):
            marks = _put_package(grey, rng, marks, faint=faint)
        if chance(rng, 0.5):
            marks = _put_hand(grey, rng, marks)
    if chance(rng, 0.3):
        _reflect(grey, rng)
    return marks.scene(cv2.filter2D(grey, -1, optics.blur_kernel(optics.Camera(defocus=between(rng, 0.5, 0.9)))))


def _crowded(rng: np.random.Generator) -> Scene:
    """A package full of label content, held in front of a shelf of others or filling the frame."""
    marks = Marks()
    if chance(rng, 0.6):
        grey = _shelf(rng, marks)
    else:
        grey = packaging.clutter(rng, (SIDE, SIDE), between(rng, 1.0, 6.0), marks.unsure)
    for _ in range(int(rng.choice(2, p=(0.65, 0.35))) + 1):
        marks = _put_package(grey, rng, marks, between(rng, 0.3, 1.0))
    if chance(rng, 0.5):
        marks = _put_hand(grey, rng, marks)
    if chance(rng, 0.3):
        _reflect(grey, rng)
    return marks.scene(cv2.filter2D(grey, -1, optics.blur_kernel(optics.Camera(defocus=between(rng, 0.5, 0.9)))))


def _shelf(rng: np.random.Generator, marks: Marks) -> Map:
    """A background of packages without codes, more or less out of focus; its text is added to the unsure ``marks``."""
    unsure: list[Quad] = []
    grey = packaging.clutter(rng, (SIDE, SIDE), 2.0, unsure)
    for _ in range(int(rng.integers(3, 9))):
        shape = (int(rng.integers(120, 330)), int(rng.integers(100, 300)))
        made = packaging.sheet(rng, shape, 0, (8.0, 9.0), between(rng, 0.0, 0.6))
        view = _pose(rng, shape)
        view = (
            np.array([[1.0, 0.0, between(rng, -250, 250)], [0.0, 1.0, between(rng, -250, 250)], [0.0, 0.0, 1.0]]) @ view
        )
        mask = cv2.warpPerspective(np.ones(shape, np.float32), view, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        seen = cv2.warpPerspective(made.grey, view, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        grey += mask * (np.asarray(seen, dtype=np.float32) - grey)
        unsure += _seen(made.words + made.texts + made.unsure, view)
    marks.unsure.extend(unsure)
    if chance(rng, 0.8):
        grey = np.asarray(cv2.GaussianBlur(grey, (0, 0), between(rng, 0.6, 4.0)), dtype=np.float32)
    return np.asarray(grey * between(rng, 0.5, 1.0), dtype=np.float32)


def _put_package(grey: Map, rng: np.random.Generator, marks: Marks, crowd: float = 0.0, faint: bool = False) -> Marks:
    """Place a package on the frame; the ground truth of what it hides is removed."""
    h, w = int(rng.integers(150, 620)), int(rng.integers(200, 620))
    round_lid = chance(rng, 0.18)
    if round_lid:
        h = w = int(rng.integers(240, 580))
    made = packaging.sheet(rng, (h, w), int(rng.choice(4, p=(0.08, 0.5, 0.3, 0.12))), (8.0, 36.0), crowd, faint)
    outline = _outline(made, rng, round_lid)
    if chance(rng, 0.5):
        _shade(made.grey, rng)
    view = _pose(rng, (h, w))
    seen = cv2.warpPerspective(made.grey, view, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    mask = cv2.warpPerspective(outline, view, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
    grey += mask * (np.asarray(seen, dtype=np.float32) - grey)
    return marks.shown(1 - mask) + Marks.on(made, view).shown(mask)


def _outline(made: Sheet, rng: np.random.Generator, round_lid: bool) -> Map:
    """The package's shape (H, W) in 0..1; a lid gets a rim."""
    h, w = made.grey.shape
    mask = np.zeros((h, w), dtype=np.float32)
    if round_lid:
        radius = w // 2 - 2
        cv2.circle(mask, (w // 2, h // 2), radius, 1.0, -1, cv2.LINE_AA)
        for _ in range(int(rng.integers(0, 4))):
            ring = int(radius * between(rng, 0.82, 1.0))
            cv2.circle(made.grey, (w // 2, h // 2), ring, between(rng, 20, 250), int(rng.integers(1, 14)), cv2.LINE_AA)
        middle = np.zeros_like(mask)
        cv2.circle(middle, (w // 2, h // 2), int(0.8 * radius), 1.0, -1)
        made.lines, cut = _within(made.lines, middle)
        made.unsure += cut
        return mask
    inset = rng.uniform(0, 0.04, (4, 2)) * (w, h)
    corners = np.array([[0, 0], [w, 0], [w, h], [0, h]], dtype=np.float64)
    corners += inset * np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])
    cv2.fillPoly(mask, [np.rint(corners).astype(np.int32)], 1.0, cv2.LINE_AA)
    if chance(rng, 0.4):
        edge = np.rint(corners).astype(np.int32)
        cv2.polylines(made.grey, [edge], True, between(rng, 20, 240), int(rng.integers(2, 12)))
    return mask


def _shade(grey: Map, rng: np.random.Generator) -> None:
    """Apply the light and shadow of a cylinder or a bent film to the package, in place."""
    h, w = grey.shape
    place = np.linspace(-1, 1, w if chance(rng, 0.5) else h, dtype=np.float32)
    light = 1 - between(rng, 0.1, 0.55) * np.abs(place - between(rng, -0.4, 0.4)) ** between(rng, 1.5, 4)
    light += between(rng, 0, 0.3) * np.exp(-(((place - between(rng, -0.7, 0.7)) / between(rng, 0.05, 0.3)) ** 2))
    grey *= (light[None, :] if len(place) == w else light[:, None]).astype(np.float32)
    np.clip(grey, 0, 255, out=grey)


def _pose(rng: np.random.Generator, shape: tuple[int, int]) -> optics.Homography:
    """The pose of a package of ``shape`` (H, W) in the frame: nearly upright or at any angle, with perspective."""
    h, w = shape
    angle = turn_angle(rng, (0.85, 0.93), 0.1, 1.0)
    corners = np.array([[-w, -h], [w, -h], [w, h], [-w, h]], dtype=np.float64) / 2
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    squeeze = np.array([between(rng, 0.8, 1.0), between(rng, 0.7, 1.0)])
    seen = (corners * squeeze) @ turn + rng.normal(0, between(rng, 0, 0.03), (4, 2)) * max(h, w)
    seen += np.array([between(rng, 0.25, 0.75), between(rng, 0.25, 0.75)]) * SIDE
    source = corners + np.array([w, h]) / 2
    matrix = cv2.getPerspectiveTransform(source.astype(np.float32), seen.astype(np.float32))
    return np.asarray(matrix, dtype=np.float64)


def turn_angle(rng: np.random.Generator, shares: tuple[float, float], spread: float, wide: float) -> float:
    """Radians: about 0 with ``spread``; from the first of ``shares`` on within ``wide``, from the second on any."""
    kind = rng.random()
    if kind < shares[0]:
        return float(rng.normal(0, spread))
    return between(rng, -wide, wide) if kind < shares[1] else between(rng, -np.pi, np.pi)


def _seen(quads: list[Quad], view: optics.Homography) -> list[Quad]:
    return [optics.project(quad, view) for quad in quads]


def _within(quads: list[Quad], mask: Map) -> tuple[list[Quad], list[Quad]]:
    """The quads that the mask shows completely, and those that it shows in part; hidden ones are dropped."""
    whole: list[Quad] = []
    part: list[Quad] = []
    for quad in quads:
        share = _share(quad, mask)
        if share > 0.97:
            whole.append(quad)
        elif share > 0.03:
            part.append(quad)
    return whole, part


def _share(quad: Quad, mask: Map) -> float:
    """The mean of the mask over the part of the quad inside the frame; 0 where no part is inside."""
    across = np.linspace(0, 1, 25)[:, None, None]
    down = np.linspace(0, 1, 5)[None, :, None]
    top, bottom = quad[0] + across * (quad[1] - quad[0]), quad[3] + across * (quad[2] - quad[3])
    points = np.floor(top + down * (bottom - top)).astype(int).reshape(-1, 2)
    inside = (points >= 0).all(axis=1) & (points < np.array(mask.shape[::-1])).all(axis=1)
    if not inside.any():
        return 0.0
    x, y = points[inside].T
    return float(mask[y, x].mean())


def _put_hand(grey: Map, rng: np.random.Generator, marks: Marks) -> Marks:
    """Draw fingers or a fist from one side over the frame, in place."""
    mask = np.zeros((SIDE, SIDE), dtype=np.float32)
    side, along = int(rng.integers(4)), between(rng, 0.2, 0.9) * SIDE
    for i in range(int(rng.integers(1, 5))):
        reach, width = between(rng, 0.08, 0.4) * SIDE, int(between(rng, 26, 80))
        start, end = (-30.0, along + i * 0.8 * width), (reach, along + i * 0.8 * width + between(rng, -60, 60))
        points = [start, end] if side % 2 == 0 else [start[::-1], end[::-1]]
        if side >= 2:
            points = [(SIDE - px, SIDE - py) for px, py in points]
        (ax, ay), (bx, by) = points
        cv2.line(mask, (int(ax), int(ay)), (int(bx), int(by)), 1.0, width, cv2.LINE_AA)
    soft = np.asarray(cv2.GaussianBlur(mask, (0, 0), 1.5), dtype=np.float32)
    form = np.asarray(cv2.GaussianBlur(mask, (0, 0), 14.0), dtype=np.float32)
    skin = between(rng, 60, 200) * (0.45 + 0.6 * form) * (1 + 0.05 * noise.smooth(rng, grey.shape, 12))
    grey += soft * (np.clip(skin, 0, 255).astype(np.float32) - grey)
    return marks.shown(1 - mask)


def _reflect(grey: Map, rng: np.random.Generator) -> None:
    """Add soft reflections of lamps, in place; they are drawn small and enlarged."""
    small = np.zeros((76, 76), dtype=np.float32)
    for _ in range(int(rng.integers(1, 5))):
        centre = (int(rng.integers(76)), int(rng.integers(76)))
        axes = (int(rng.integers(2, 20)), int(rng.integers(1, 5)))
        cv2.ellipse(small, centre, axes, between(rng, 0, 180), 0, 360, between(rng, 25, 150), -1)
    soft = cv2.GaussianBlur(small, (0, 0), between(rng, 0.8, 3))
    grey += cv2.resize(soft, (grey.shape[1], grey.shape[0]), interpolation=cv2.INTER_CUBIC)
    np.clip(grey, 0, 255, out=grey)


def stack(quads: list[types.Quad]) -> NDArray[np.float32]:
    """Quads as one array (N, 4, 2), also where there are none."""
    return np.asarray(quads, dtype=np.float32).reshape(-1, 4, 2)
