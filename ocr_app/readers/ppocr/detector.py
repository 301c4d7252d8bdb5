"""PP-OCR's detector: a network that marks text, and the step of DB from its map to boxes.

Differentiable Binarization: Liao et al. 2020, "Real-time Scene Text Detection with Differentiable Binarization";
the normalisation constants and thresholds are those of the published models (data/ppocr.json).
"""

from typing import Any, Dict, List, NamedTuple, Optional, Tuple

import cv2
import numpy as np

from ocr_app.core.types import Image, Quad
from ocr_app.imaging.geometry import grow, order_quad, sides
from ocr_app.networks.contract import Network

_MEAN = np.array([0.485, 0.456, 0.406], np.float32)  # ImageNet, in the order of the decoded (BGR) channels
_STD = np.array([0.229, 0.224, 0.225], np.float32)
_STRIDE = 32
_MIN_SIDE = 3.0  # pixels of the probability map; thinner marks are noise


class PpocrDetectorSettings(NamedTuple):
    """``side``: the longest side of the network's input, in px. The others are as in DB."""

    side: int
    pixel_threshold: float
    box_threshold: float
    unclip_ratio: float
    max_boxes: int = 1000


class FoundText(NamedTuple):
    """The quad of a text line, and the mean of the map inside the mark that it was grown from: 0..1."""

    quad: Quad
    score: float


def settings_from(record: Dict[str, Any]) -> PpocrDetectorSettings:
    """The settings in a detector's record in data/ppocr.json."""
    return PpocrDetectorSettings(
        record["side"], record["pixel_threshold"], record["box_threshold"], record["unclip_ratio"]
    )


class PpocrDetector:
    """Finds text lines in an image. The quads are in pixels of that image; the lines are not in reading order."""

    def __init__(self, network: Network, settings: PpocrDetectorSettings) -> None:
        self.network = network
        self._settings = settings

    def __call__(self, image: Image, side: Optional[int] = None, largest_scale: float = 1.0) -> List[FoundText]:
        """The lines of a grey or coloured image.

        ``side``: the longest side of the network's input for this call, in px. ``largest_scale``: how many times a
        smaller image may be enlarged to reach it.
        """
        blob, scale = prepare(image, side or self._settings.side, largest_scale)
        found = boxes_from_map(self.network.infer_one(blob)[0, 0], self._settings)
        return [line._replace(quad=_to_image(line.quad, scale, image)) for line in found]


def prepare(image: Image, side: int, largest_scale: float = 1.0) -> Tuple[np.ndarray, Tuple[float, float]]:
    """The network input ``(1, 3, h, w)`` float32, and the scale (x, y) from map to image pixels.

    The longest side becomes at most ``side``; both sides become multiples of 32. A smaller image is enlarged at most
    ``largest_scale`` times.
    """
    height, width = image.shape[:2]
    ratio = min(largest_scale, side / float(max(height, width)))
    size = (_to_stride(width * ratio), _to_stride(height * ratio))
    resized = cv2.resize(image, size, interpolation=cv2.INTER_LINEAR)
    blob = np.empty((1, 3, size[1], size[0]), np.float32)
    for channel in range(3):
        own = resized if resized.ndim == 2 else resized[:, :, channel]
        np.multiply(own, np.float32(1.0) / (255.0 * _STD[channel]), out=blob[0, channel])
        blob[0, channel] -= _MEAN[channel] / _STD[channel]
    return blob, (width / size[0], height / size[1])


def _to_stride(length: float) -> int:
    return max(_STRIDE, int(round(length / _STRIDE)) * _STRIDE)


def boxes_from_map(marks: np.ndarray, settings: PpocrDetectorSettings) -> List[FoundText]:
    """The lines in a probability map ``(h, w)`` of 0..1, in map pixels, in the order of the contours."""
    mask = (marks > settings.pixel_threshold).astype(np.uint8)
    contours = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)[-2]
    found = (_box_of(contour, marks, settings) for contour in contours[: settings.max_boxes])
    return [line for line in found if line is not None]


def _box_of(contour: np.ndarray, marks: np.ndarray, settings: PpocrDetectorSettings) -> Optional[FoundText]:
    """The line of one contour, its quad grown; None if it is too thin or too faint."""
    rectangle = cv2.minAreaRect(contour)
    if min(rectangle[1]) < _MIN_SIDE:
        return None
    corners = cv2.boxPoints(rectangle)
    score = _score(corners, marks)
    if score < settings.box_threshold:
        return None
    quad = order_quad(corners)
    grown = grow(quad, unclip_distance(*sides(quad), ratio=settings.unclip_ratio))
    return FoundText(grown, score) if min(sides(grown)) >= _MIN_SIDE + 2 else None


def unclip_distance(width: float, height: float, ratio: float) -> float:
    """The distance by which each side of a box moves outwards: area * ratio / perimeter (DB, eq. 10)."""
    return width * height * ratio / (2.0 * (width + height))


def _score(quad: Quad, marks: np.ndarray) -> float:
    """The mean of the map inside the quad."""
    low = np.maximum(np.floor(quad.min(axis=0)).astype(int), 0)
    high = np.minimum(np.ceil(quad.max(axis=0)).astype(int) + 1, (marks.shape[1], marks.shape[0]))
    part = marks[low[1] : high[1], low[0] : high[0]]
    mask = np.zeros(part.shape, np.uint8)
    cv2.fillPoly(mask, [np.round(quad - low).astype(np.int32)], 1)
    return float(cv2.mean(part, mask)[0])


def _to_image(quad: Quad, scale: Tuple[float, float], image: Image) -> Quad:
    """The quad in image pixels, clipped to the image."""
    limit = np.array([image.shape[1], image.shape[0]], np.float32)
    return np.asarray(np.clip(quad * np.array(scale, np.float32), 0, limit), np.float32)
