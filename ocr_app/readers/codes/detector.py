"""The code detector: scales a frame for the network, and turns the maps that it returns into quads.

The network marks the central band of each line of text and regresses the height of the line at each marked cell. A band
is half as high as its line, so that lines that touch stay separate. The quad gets its full size back from the regressed
height and the known shrink. A third map, where the network has one, tells codes from other text.
"""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import cv2
import numpy as np

from ocr_app.core.types import Image, Quad
from ocr_app.imaging.geometry import sides
from ocr_app.imaging.preprocess import gray
from ocr_app.networks.contract import Network

CELL = 4  # input pixels that one cell of the maps covers, each way
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

    def __call__(self, image: Image) -> List[FoundLine]:
        blob, scale = prepare(image, self._settings)
        lines = lines_from_maps(self.network.infer_one(blob)[0], self._settings)
        return [line._replace(quad=np.asarray(line.quad / scale, np.float32)) for line in lines]


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
    blob[0, 0, : size[1], : size[0]] = (resized.astype(np.float32) - _MEAN) / _SPREAD
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
    mask = (maps[0] > threshold).astype(np.uint8)
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    lines = (_line_of(maps, labels, index, boxes[index], settings) for index in range(1, count))
    return sorted((line for line in lines if line is not None), key=lambda line: -line.score)


def _line_of(
    maps: np.ndarray, labels: np.ndarray, index: int, box: np.ndarray, settings: CodeDetectorSettings
) -> Optional[FoundLine]:
    """The line of one connected component; None if its height or score is out of range."""
    x, y, width, height = (int(value) for value in box[:4])
    part = (slice(y, y + height), slice(x, x + width))
    rows, columns = np.nonzero(labels[part] == index)
    probabilities = _sigmoid(maps[0][part][rows, columns])
    octaves = float(np.average(maps[1][part][rows, columns], weights=probabilities))
    score = float(probabilities.mean())
    if score < settings.line_threshold or not np.log2(settings.smallest_height / UNIT_HEIGHT) <= octaves <= _HIGHEST:
        return None
    line_height = UNIT_HEIGHT * 2.0**octaves
    centres = CELL * (np.stack([columns + x, rows + y], axis=1) + 0.5)
    code = float(_sigmoid(maps[2][part][rows, columns]).mean()) if len(maps) > 2 else 1.0
    return FoundLine(_quad_of(centres, probabilities, line_height), score, code)


def _sigmoid(logits: np.ndarray) -> np.ndarray:
    return np.asarray(1.0 / (1.0 + np.exp(-logits.astype(np.float64))))


def _quad_of(centres: np.ndarray, probabilities: np.ndarray, line_height: float) -> Quad:
    """The full quad around the band whose cells have these centres ``(N, 2)``, in px."""
    along = _reading_direction(centres, probabilities, line_height)
    across = np.array([-along[1], along[0]])
    ends = centres @ along
    half_cell = 0.5 * CELL * float(np.abs(along).sum())  # from a cell's centre to its edge, in this direction
    left = ends.min() - half_cell - END * line_height
    right = ends.max() + half_cell + END * line_height
    middle = float(np.average(centres @ across, weights=probabilities))
    top, bottom = middle - 0.5 * line_height, middle + 0.5 * line_height
    corners = ((left, top), (right, top), (right, bottom), (left, bottom))
    return np.asarray([u * along + v * across for u, v in corners], np.float32)


def _reading_direction(centres: np.ndarray, probabilities: np.ndarray, line_height: float) -> np.ndarray:
    """The unit vector along the line: to the right, or downwards if the line is closer to the vertical."""
    offsets = centres - np.average(centres, axis=0, weights=probabilities)
    spread = (offsets * probabilities[:, None]).T @ offsets / probabilities.sum()
    variances, axes = np.linalg.eigh(spread + np.eye(2) * CELL**2 / 12.0)  # the variance within a cell
    if variances[1] < _SHORT**2 * variances[0]:
        return np.array([1.0, 0.0])
    longest = axes[:, 1]
    if np.sqrt(12.0 * variances[1]) < 0.5 * (1.0 + _SHORT) * BAND * line_height:
        longest = np.array([-longest[1], longest[0]])  # narrower than high: a line of one character
    steep = abs(longest[1]) > abs(longest[0])
    return np.asarray(longest if longest[int(steep)] > 0 else -longest)
