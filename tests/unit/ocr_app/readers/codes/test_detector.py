"""From the code detector's maps to quads: bands drawn from known quads give these quads back."""

import cv2
import numpy as np
import pytest

from ocr_app.imaging.geometry import box_quad, order_quad, sides
from ocr_app.networks.contract import Network
from ocr_app.readers.codes.detector import (
    CELL,
    UNIT_HEIGHT,
    CodeDetector,
    CodeDetectorSettings,
    band_of,
    lines_from_maps,
    prepare,
    scale_of,
)

SETTINGS = CodeDetectorSettings()


def turned(x, y, width, height, degrees):
    """A quad round (x, y), turned clockwise on the screen."""
    radians = np.radians(degrees)
    turn = np.array([[np.cos(radians), np.sin(radians)], [-np.sin(radians), np.cos(radians)]])
    return np.asarray((box_quad(-width / 2, -height / 2, width, height) @ turn) + (x, y), np.float32)


def maps_of(quads, size=(480, 640)):
    """What a perfect network would answer; drawn eight times finer than a cell, then averaged."""
    fine = 8
    share = np.zeros((size[0] // CELL * fine, size[1] // CELL * fine), np.float32)
    heights = np.zeros((size[0] // CELL, size[1] // CELL), np.float32)
    for quad in quads:
        mark = np.zeros_like(share)
        cv2.fillPoly(mark, [np.round(band_of(quad) / CELL * fine - 0.5).astype(np.int32)], 1.0)
        share = np.maximum(share, mark)
        own = cv2.resize(mark, heights.shape[::-1], interpolation=cv2.INTER_AREA)
        heights[own > 0] = np.log2(sides(quad)[1] / UNIT_HEIGHT)
    chance = cv2.resize(share, heights.shape[::-1], interpolation=cv2.INTER_AREA)
    logit = np.log(np.clip(chance, 1e-4, 1 - 1e-4) / (1 - np.clip(chance, 1e-4, 1 - 1e-4)))
    return np.stack([logit, heights]).astype(np.float32)


def overlap(one, other):
    """Intersection over union of two convex quads."""
    area, _ = cv2.intersectConvexConvex(one, other)
    return area / (cv2.contourArea(one) + cv2.contourArea(other) - area)


@pytest.mark.parametrize("height", [12, 16, 24, 40, 64])
@pytest.mark.parametrize("degrees", [0, 3, -12, 30, -44, 60, 90])
def test_a_band_gives_its_line_back(height, degrees):
    quad = turned(320, 240, 9 * height if height < 50 else 5 * height, height, degrees)
    (line,) = lines_from_maps(maps_of([quad]), SETTINGS)
    assert overlap(line.quad, quad) > 0.8
    np.testing.assert_allclose(line.quad, quad, atol=0.3 * height)
    assert 0.5 < line.score <= 1.0


@pytest.mark.parametrize("width, height", [(20, 30), (32, 32), (50, 30), (64, 24)])
def test_short_lines_read_to_the_right(width, height):
    quad = box_quad(101, 57, width, height)
    (line,) = lines_from_maps(maps_of([quad]), SETTINGS)
    assert overlap(line.quad, quad) > 0.7
    assert line.quad[1][0] > line.quad[0][0] and abs(line.quad[1][1] - line.quad[0][1]) < 0.01


def test_lines_that_touch_stay_apart():
    quads = [box_quad(40, 40 + 20 * k, 300, 20) for k in range(3)]
    lines = lines_from_maps(maps_of(quads), SETTINGS)
    assert len(lines) == 3
    for quad in quads:
        assert max(overlap(line.quad, quad) for line in lines) > 0.8


def test_quads_are_in_the_order_that_the_application_wants():
    for degrees in (0, 20, -40, 70):
        (line,) = lines_from_maps(maps_of([turned(320, 240, 200, 24, degrees)]), SETTINGS)
        np.testing.assert_allclose(line.quad, order_quad(line.quad), atol=1e-3)


def test_nothing_faint_low_or_absurd_is_a_line():
    good = maps_of([box_quad(100, 100, 200, 24)])
    faint, low, absurd = good.copy(), good.copy(), good.copy()
    faint[0] = np.minimum(faint[0], -0.1)  # 0.475 everywhere on the band
    low[1] = np.log2(4 / UNIT_HEIGHT)
    absurd[1] = 40.0
    empty = np.full_like(good, -9.0)
    assert [len(lines_from_maps(maps, SETTINGS)) for maps in (good, faint, low, absurd, empty)] == [1, 0, 0, 0, 0]


def reference_quads(maps, settings):
    """The quads and scores by the definitions: component by component, with numpy's eigenvectors."""
    likely = 1.0 / (1.0 + np.exp(-maps[0].astype(np.float64)))
    count, labels = cv2.connectedComponents((likely > settings.pixel_threshold).astype(np.uint8), connectivity=8)
    for index in range(1, count):
        rows, columns = np.nonzero(labels == index)
        weights, centres = likely[rows, columns], CELL * (np.stack([columns, rows], axis=1) + 0.5)
        height = UNIT_HEIGHT * 2.0 ** np.average(maps[1][rows, columns], weights=weights)
        if weights.mean() < settings.line_threshold or height < settings.smallest_height:
            continue
        spread = np.cov(centres.T, aweights=weights, ddof=0) + np.eye(2) * CELL**2 / 12.0
        variances, axes = np.linalg.eigh(spread)
        along = axes[:, 1]
        if np.sqrt(12.0 * variances[1]) < 0.625 * height:
            along = np.array([-along[1], along[0]])
        if variances[1] < 2.25 * variances[0]:
            along = np.array([1.0, 0.0])
        along = along * np.sign(along[int(abs(along[1]) > abs(along[0]))])
        across = np.array([-along[1], along[0]])
        half_cell = 0.5 * CELL * np.abs(along).sum()
        left, right = (centres @ along).min() - half_cell, (centres @ along).max() + half_cell
        ends, middle = (left - 0.25 * height, right + 0.25 * height), np.average(centres @ across, weights=weights)
        top, bottom = middle - 0.5 * height, middle + 0.5 * height
        corners = [(ends[0], top), (ends[1], top), (ends[1], bottom), (ends[0], bottom)]
        yield np.array([u * along + v * across for u, v in corners]), weights.mean()


@pytest.mark.parametrize("seed", range(8))
def test_all_bands_at_once_give_what_each_gives_alone(seed):
    random = np.random.RandomState(seed)
    logits = cv2.GaussianBlur(random.normal(0, 18, (96, 128)).astype(np.float32), (0, 0), 1.5) - 1
    maps = np.stack([logits, random.normal(0, 1.2, logits.shape).astype(np.float32)])
    settings = SETTINGS._replace(pixel_threshold=0.2, line_threshold=0.35)
    expected = sorted(reference_quads(maps, settings), key=lambda pair: -pair[1])
    found = lines_from_maps(maps, settings)
    assert len(found) == len(expected) > 5
    for line, (quad, score) in zip(found, expected):
        assert line.score == pytest.approx(score, abs=1e-9)
        np.testing.assert_allclose(line.quad, quad, atol=1e-3)


@pytest.mark.parametrize("size", [(480, 640), (960, 1280), (33, 1000), (20, 20), (1280, 960), (1, 1)])
def test_the_long_side_becomes_the_setting_and_the_rest_is_mid_grey(size):
    blob, scale = prepare(np.full(size + (3,), 255, np.uint8), SETTINGS)
    height, width = blob.shape[2:]
    assert blob.dtype == np.float32 and blob.shape[:2] == (1, 1)
    assert height % 32 == 0 and width % 32 == 0
    assert scale == min(640 / max(size), 1.5)
    inner = [max(1, round(side * scale)) for side in size]
    assert (blob[0, 0, : inner[0], : inner[1]] == (255 - 127.5) / 64).all()
    assert not blob[0, 0, inner[0] :].any() and not blob[0, 0, :, inner[1] :].any()


def test_grey_images_are_taken_too():
    assert prepare(np.zeros((64, 640), np.uint8), SETTINGS)[0].shape == (1, 1, 64, 640)


class MarksOneLine(Network):
    """Answers with the maps of one line of its input."""

    inputs, outputs = ("image",), ("maps",)

    def __init__(self, quad):
        self.quad = quad

    def infer(self, arrays):
        return {"maps": maps_of([self.quad], arrays["image"].shape[2:])[None]}


def test_lines_come_back_in_pixels_of_the_full_image():
    (line,) = CodeDetector(MarksOneLine(box_quad(100, 80, 200, 24)), SETTINGS)(np.zeros((1920, 2560, 3), np.uint8))
    assert line.quad.dtype == np.float32
    assert overlap(line.quad, box_quad(400, 320, 800, 96)) > 0.8


def test_a_band_is_half_as_high_and_shorter_by_a_quarter_height_at_each_end():
    np.testing.assert_allclose(band_of(box_quad(10, 20, 100, 40)), box_quad(20, 30, 80, 20))
    assert sides(band_of(box_quad(0, 0, 5, 40)))[0] == 0.0  # narrower than half its height: nothing is left


@pytest.mark.parametrize(
    "long_side, scale", [(200, 1.5), (500, 1.28), (640, 1.0), (800, 0.8), (1000, 0.75), (1280, 0.75), (4000, 0.24)]
)
def test_large_frames_are_shrunk_to_a_share_within_bounds(long_side, scale):
    settings = SETTINGS._replace(side=640, largest_side=960, shrink=0.75)
    assert scale_of(long_side, settings) == pytest.approx(scale)
