"""The code detector: scales a frame for the network, and turns the maps that it returns into quads.

The network marks the central band of each line of text and regresses the height of the line at each marked cell. A band
is half as high as its line, so that lines that touch stay separate. The quad gets its full size back from the regressed
height and the known shrink. A third map, where the network has one, tells codes from other text.
"""

import math
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import cv2
import numpy as np

from ocr_app.core.types import Image, Quad
from ocr_app.imaging.geometry import sides
from ocr_app.imaging.preprocess import gray
from ocr_app.networks.contract import Network

CELL = 4  # input pixels that one cell of the maps covers, each way
MOST_SIDE = 1920  # px; the largest input, for which engines are built
STRIDE = 32  # both sides of the network's input are multiples of this
BAND = 0.5  # height of the band, in heights of its line
END = 0.25  # by this the band is shorter at each end, in heights of its line
UNIT_HEIGHT = 16.0  # px; a regressed 0 means a line of this height
_HIGHEST = 6.0  # octaves above 16 px: higher than any frame
_MEAN, _SPREAD = 127.5, 64.0  # grey levels
_SHORT = 1.5  # a band less elongated than this says nothing reliable about its angle


class CodeDetectorSettings(NamedTuple):
    """How a frame is scaled for the network, and which bands count as lines.

    The long side is multiplied by ``shrink``, but becomes at least ``side`` and at most ``largest_side`` px. A frame is
    enlarged at most ``largest_scale`` times.

    ``pixel_threshold``: the lowest probability of a cell of a band. ``line_threshold``: the lowest mean probability of
    a band. ``smallest_height``: the lowest height of a line, in pixels of the network's input.
    """

    side: int = 640
    largest_side: int = 640
    shrink: float = 0.75
    largest_scale: float = 1.5
    pixel_threshold: float = 0.4
    line_threshold: float = 0.5
    smallest_height: float = 6.0


class FoundLine(NamedTuple):
    """A line of text.

    ``quad``: clockwise from top-left along the reading direction. ``score``: the mean probability of its band.
    ``code``: the mean probability that it is a code; 1 for a network that marks nothing but codes.
    """

    quad: Quad
    score: float
    code: float = 1.0


def settings_from(record: Dict[str, Any]) -> CodeDetectorSettings:
    """The settings in the detector's record in data/codes.json."""
    return CodeDetectorSettings(**{name: record[name] for name in CodeDetectorSettings._fields})


class CodeDetector:
    """Finds code lines in an image. The quads are in pixels of that image; the lines are not in reading order."""

    def __init__(self, network: Network, settings: CodeDetectorSettings) -> None:
        self.network = network
        self._settings = settings

    def __call__(self, image: Image, zoom: float = 1.0) -> List[FoundLine]:
        """The lines. ``zoom``: of the network's input, times the size that the settings give it."""
        blob, scale = prepare(image, zoomed(self._settings, zoom) if zoom != 1.0 else self._settings)
        lines = lines_from_maps(self.network.infer_one(blob)[0], self._settings)
        return [line._replace(quad=np.asarray(line.quad / scale, np.float32)) for line in lines]


def zoomed(settings: CodeDetectorSettings, zoom: float) -> CodeDetectorSettings:
    """The settings for an input that is ``zoom`` times as large; no side becomes larger than ``MOST_SIDE``."""
    return settings._replace(
        side=int(min(settings.side * zoom, MOST_SIDE)),
        largest_side=int(min(settings.largest_side * zoom, MOST_SIDE)),
        shrink=settings.shrink * zoom,
        largest_scale=settings.largest_scale * max(1.0, zoom),
    )


def prepare(image: Image, settings: CodeDetectorSettings) -> Tuple[np.ndarray, float]:
    """The network input ``(1, 1, H, W)`` float32, and the scale from image to input pixels.

    The scale follows ``settings``. The right and bottom edges are padded with 0 (mid grey) to multiples of 32.
    """
    height, width = image.shape[:2]
    scale = scale_of(max(height, width), settings)
    size = (max(1, int(round(width * scale))), max(1, int(round(height * scale))))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    resized = cv2.resize(gray(image), size, interpolation=interpolation)
    blob = np.zeros((1, 1, _to_stride(size[1]), _to_stride(size[0])), np.float32)
    inner = blob[0, 0, : size[1], : size[0]]
    np.subtract(resized, np.float32(_MEAN), out=inner)
    inner *= np.float32(1.0 / _SPREAD)  # a power of two: as exact as the division
    return blob, scale


def scale_of(long_side: int, settings: CodeDetectorSettings) -> float:
    """The scale from image to input pixels, for an image whose long side has ``long_side`` pixels."""
    scaled_side = min(max(settings.side, settings.shrink * long_side), settings.largest_side)
    return min(float(scaled_side) / long_side, settings.largest_scale)


def _to_stride(length: int) -> int:
    return -(-length // STRIDE) * STRIDE


def band_of(quad: Quad) -> Quad:
    """The central band of a line's quad: half as high, and shorter by a quarter of the height at each end."""
    quad = np.asarray(quad, np.float64)
    width, height = sides(quad)
    end = min(END * height / max(width, 1e-6), 0.5)
    across = 0.5 * (1.0 - BAND)
    left, right = quad[3] - quad[0], quad[2] - quad[1]
    rails = [quad[0] + across * left, quad[1] + across * right, quad[2] - across * right, quad[3] - across * left]
    along_top, along_bottom = rails[1] - rails[0], rails[2] - rails[3]
    band = (
        rails[0] + end * along_top,
        rails[1] - end * along_top,
        rails[2] - end * along_bottom,
        rails[3] + end * along_bottom,
    )
    return np.asarray(band, np.float32)


def lines_from_maps(maps: np.ndarray, settings: CodeDetectorSettings) -> List[FoundLine]:
    """The lines in one output ``(2 or 3, h, w)``, in pixels of the network's input, by falling score.

    ``maps[0]``: logits of "central band of a line". ``maps[1]``: log2(line height / 16 px). ``maps[2]``: logits of "a
    code", which hold within the bands.
    """
    threshold = float(np.log(settings.pixel_threshold / (1.0 - settings.pixel_threshold)))
    lines = (_line_of(band, settings) for band in _bands_of(maps, maps[0] > threshold))
    return sorted((line for line in lines if line is not None), key=lambda line: -line.score)


class _Band(NamedTuple):
    """One connected component. ``x``, ``y``: the centres of its cells, in pixels of the network's input.

    ``score``: the mean probability of its cells. The rest are means weighted by the probabilities: ``octaves`` of
    maps[1], ``code``, the probability of being a code, ``centre`` (x, y), and ``spread``, the variance of x, the
    covariance, and the variance of y.
    """

    x: np.ndarray
    y: np.ndarray
    score: float
    octaves: float
    code: float
    centre: Tuple[float, float]
    spread: Tuple[float, float, float]


def _bands_of(maps: np.ndarray, mask: np.ndarray) -> List[_Band]:
    """The connected components of ``mask``. The sums over their cells are computed for all of them at once."""
    labels = cv2.connectedComponents(mask.view(np.uint8), connectivity=8)[1].ravel()
    cells = np.flatnonzero(mask)
    cells = cells[np.argsort(labels[cells], kind="stable")]
    if not len(cells):
        return []
    labels = labels[cells]
    bounds = [0] + (np.flatnonzero(labels[1:] != labels[:-1]) + 1).tolist()
    y, x = np.divmod(cells, mask.shape[1])
    x, y = CELL * (x + 0.5), CELL * (y + 0.5)
    chosen = maps.reshape(len(maps), -1)[:, cells].astype(np.float64)
    probabilities = _sigmoid(chosen[0])
    code = _sigmoid(chosen[2]) if len(maps) > 2 else np.ones(len(x))
    weighted = np.stack([np.ones(len(x)), chosen[1], code, x, y, x * x, x * y, y * y]) * probabilities
    sums = np.add.reduceat(weighted, bounds, axis=1).T.tolist()
    parts = zip(bounds, bounds[1:] + [len(x)], sums)
    return [_band_of_sums(x[start:stop], y[start:stop], own) for start, stop, own in parts]


def _band_of_sums(x: np.ndarray, y: np.ndarray, sums: List[float]) -> _Band:
    """``sums``: of the probabilities, and of octaves, code, x, y, x * x, x * y, y * y times the probabilities."""
    total = sums[0]
    octaves, code, mean_x, mean_y, xx, xy, yy = (value / total for value in sums[1:])
    spread = (xx - mean_x * mean_x, xy - mean_x * mean_y, yy - mean_y * mean_y)
    return _Band(x, y, total / len(x), octaves, code, (mean_x, mean_y), spread)


def _line_of(band: _Band, settings: CodeDetectorSettings) -> Optional[FoundLine]:
    """The line of one band; None if its height or score is out of range."""
    lowest = math.log(settings.smallest_height / UNIT_HEIGHT, 2)
    if band.score < settings.line_threshold or not lowest <= band.octaves <= _HIGHEST:
        return None
    return FoundLine(_quad_of(band, UNIT_HEIGHT * 2.0**band.octaves), band.score, band.code)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-logits)))


def _quad_of(band: _Band, line_height: float) -> Quad:
    """The full quad around a band."""
    along_x, along_y = _reading_direction(band.spread, line_height)
    ends = band.x * along_x + band.y * along_y
    half_cell = 0.5 * CELL * (abs(along_x) + abs(along_y))  # from a cell's centre to its edge, in this direction
    left = float(ends.min()) - half_cell - END * line_height
    right = float(ends.max()) + half_cell + END * line_height
    middle = band.centre[1] * along_x - band.centre[0] * along_y
    top, bottom = middle - 0.5 * line_height, middle + 0.5 * line_height
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return np.array([(u * along_x - v * along_y, u * along_y + v * along_x) for u, v in corners], np.float32)


def _reading_direction(spread: Tuple[float, float, float], line_height: float) -> Tuple[float, float]:
    """The unit vector along the line: to the right, or downwards if the line is closer to the vertical."""
    within_cell = CELL**2 / 12.0  # the variance within a cell
    xx, xy, yy = spread[0] + within_cell, spread[1], spread[2] + within_cell
    middle, radius = 0.5 * (xx + yy), math.hypot(0.5 * (xx - yy), xy)  # of the two eigenvalues
    if middle + radius < _SHORT**2 * (middle - radius):
        return 1.0, 0.0
    angle = 0.5 * math.atan2(2.0 * xy, xx - yy)
    x, y = math.cos(angle), math.sin(angle)
    if math.sqrt(12.0 * (middle + radius)) < 0.5 * (1.0 + _SHORT) * BAND * line_height:
        x, y = -y, x  # narrower than high: a line of one character
    forwards = (y if abs(y) > abs(x) else x) > 0
    return (x, y) if forwards else (-x, -y)
