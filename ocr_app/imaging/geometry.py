"""Quads: the order of their corners, growth, and the straightened crop of a slanted line."""

from typing import List, Sequence, Tuple

import cv2
import numpy as np

from ocr_app.core.types import Image, Quad

_Point = Tuple[float, float]
_DOWNWARDS = 1.5  # a crop of one line that is this many times higher than wide reads downwards


def order_quad(points: np.ndarray) -> Quad:
    """The four corners of a convex quad, clockwise from top-left along its reading direction.

    The reading direction is that of the longer side, from left to right; for a quad steeper than 45 degrees it is from
    top to bottom. ``points``: ``(4, 2)`` in any order. Returns float32 ``(4, 2)``.
    """
    points = np.asarray(points, np.float32).reshape(4, 2)
    clockwise = _clockwise(points)
    start = min(range(4), key=lambda k: _start_cost(np.roll(clockwise, -k, axis=0)))
    return np.roll(clockwise, -start, axis=0)


def _clockwise(points: np.ndarray) -> np.ndarray:
    """The points by their angle around the centre; since y points down, growing angles are clockwise."""
    centre = points.mean(axis=0)
    angles = np.arctan2(points[:, 1] - centre[1], points[:, 0] - centre[0])
    return np.asarray(points[np.argsort(angles, kind="stable")])


def _start_cost(quad: np.ndarray) -> float:
    """Small if side 0-1 is the long one and points right, or down for a steep quad."""
    along = (quad[1] - quad[0]) + (quad[2] - quad[3])
    across = (quad[3] - quad[0]) + (quad[2] - quad[1])
    short_first = float(np.hypot(*along) < np.hypot(*across) * 0.999)
    backwards = float(along[0] + 1e-3 * along[1] < 0) if abs(along[0]) >= abs(along[1]) else float(along[1] < 0)
    tie = -float(along[0]) / (float(np.hypot(*along)) + 1e-6)
    return 10.0 * short_first + 5.0 * backwards + tie


def sides(quad: Quad) -> Tuple[float, float]:
    """The width (mean of top and bottom) and the height (mean of left and right) in pixels."""
    width = np.linalg.norm(quad[1] - quad[0]) + np.linalg.norm(quad[2] - quad[3])
    height = np.linalg.norm(quad[3] - quad[0]) + np.linalg.norm(quad[2] - quad[1])
    return float(width) / 2, float(height) / 2


def box_quad(x: float, y: float, width: float, height: float) -> Quad:
    """The quad of an upright box."""
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)


def image_quad(image: Image) -> Quad:
    """The quad of the whole image."""
    return box_quad(0, 0, image.shape[1], image.shape[0])


def grow(quad: Quad, pixels: float) -> Quad:
    """The quad with each side moved outwards by ``pixels``, or inwards if negative."""
    right = _unit(quad[1] - quad[0] + quad[2] - quad[3])
    down = _unit(quad[3] - quad[0] + quad[2] - quad[1])
    moves = np.array([-right - down, right - down, right + down, -right + down])
    return np.asarray(quad + pixels * moves, np.float32)


def _unit(vector: np.ndarray) -> np.ndarray:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else np.zeros(2, np.float32)


def rectify(image: Image, quad: Quad) -> Image:
    """The content of ``quad`` as an upright image, cut from the full-resolution ``image`` (cubic, border repeated).

    Its size is the rounded width and height of the quad, at least 1 x 1.
    """
    width, height = (max(1, int(round(side))) for side in sides(quad))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(np.asarray(quad, np.float32), target)
    flags = cv2.INTER_CUBIC
    return np.asarray(cv2.warpPerspective(image, matrix, (width, height), flags=flags, borderMode=cv2.BORDER_REPLICATE))


def is_printed_downwards(crop: Image) -> bool:
    """Whether the crop of one line is more than 1.5 times as high as wide: then it reads downwards."""
    return bool(crop.shape[0] > _DOWNWARDS * crop.shape[1])


def upright(crop: Image) -> Image:
    """Turns the crop of a line that is printed downwards by 90 degrees to the left, so that it reads to the right."""
    return np.rot90(crop) if is_printed_downwards(crop) else crop


def shared_part(first: Quad, second: Quad) -> float:
    """The area that two convex quads share, as a part of the smaller one's; 0 for a degenerate quad."""
    if not touching([first], [second]):
        return 0.0
    smaller = min(abs(cv2.contourArea(np.asarray(quad, np.float32))) for quad in (first, second))
    return min(1.0, shared_area(first, second) / smaller) if smaller > 0 else 0.0


def touching(first: Sequence[Quad], second: Sequence[Quad]) -> List[Tuple[int, int]]:
    """The pairs (index, index) of two lists of quads whose upright boxes touch: no others can share anything."""
    if not len(first) or not len(second):
        return []
    ours, theirs = np.asarray(first)[:, None], np.asarray(second)[None]
    apart = (ours.max(axis=2) <= theirs.min(axis=2)) | (theirs.max(axis=2) <= ours.min(axis=2))
    return [(int(i), int(j)) for i, j in zip(*np.nonzero(~apart.any(axis=2)))]


def shared_area(first: Quad, second: Quad) -> float:
    """The area that two convex quads share, their corners in either order: one is cut along each side of the other.

    OpenCV 4.5.4, that of a Nano, answers wrongly where sides lie on one line (cv2.intersectConvexConvex).
    """
    left = [(float(x), float(y)) for x, y in first]
    around = [(float(x), float(y)) for x, y in second]
    turn = _signed_area(around)
    if turn == 0:
        return 0.0
    if turn < 0:
        around.reverse()
    for start, end in zip(around, around[1:] + around[:1]):
        left = _inside_of(left, start, end)
    return abs(_signed_area(left))


def _signed_area(polygon: List[_Point]) -> float:
    """Positive where the corners turn from x to y."""
    turned = polygon[1:] + polygon[:1]
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(polygon, turned)) / 2


def _inside_of(polygon: List[_Point], start: _Point, end: _Point) -> List[_Point]:
    """The part of a polygon on the inner side of the line from ``start`` to ``end``."""
    along, down = end[0] - start[0], end[1] - start[1]
    depths = [along * (y - start[1]) - down * (x - start[0]) for x, y in polygon]
    kept: List[_Point] = []
    for k, (corner, depth) in enumerate(zip(polygon, depths)):
        before, depth_before = polygon[k - 1], depths[k - 1]
        if depth * depth_before < 0:
            part = depth_before / (depth_before - depth)
            kept.append((before[0] + part * (corner[0] - before[0]), before[1] + part * (corner[1] - before[1])))
        if depth >= 0:
            kept.append(corner)
    return kept


def ways_to_read(quad: Quad) -> List[Quad]:
    """The quad itself and, if its reading direction is steeper than 45 degrees, the quad read from the other end."""
    along = quad[1] - quad[0]
    return [quad] if abs(along[0]) >= abs(along[1]) else [quad, np.roll(quad, 2, axis=0)]
