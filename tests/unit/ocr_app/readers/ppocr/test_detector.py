"""From the detector's map to boxes: the arithmetic of DB, on maps whose answer is known."""

import cv2
import numpy as np
import pytest

from ocr_app.imaging.geometry import box_quad, order_quad, sides
from ocr_app.networks.contract import Network
from ocr_app.readers.ppocr.detector import (
    PpocrDetector,
    PpocrDetectorSettings,
    boxes_from_map,
    prepare,
    unclip_distance,
)

SETTINGS = PpocrDetectorSettings(side=640, pixel_threshold=0.2, box_threshold=0.45, unclip_ratio=1.4)


def map_with(*boxes, **options):
    marks = np.zeros((160, 320), np.float32)
    for x, y, width, height in boxes:
        marks[y : y + height, x : x + width] = options.get("value", 0.9)
    return marks


def test_one_mark_gives_one_grown_box():
    (line,) = boxes_from_map(map_with((50, 60, 100, 12), value=0.75), SETTINGS)
    quad = line.quad
    assert line.score == pytest.approx(0.75)
    width, height = sides(quad)
    grown = 2 * unclip_distance(99, 11, 1.4)
    assert (width, height) == pytest.approx((99 + grown, 11 + grown), abs=0.1)
    assert quad.mean(axis=0) == pytest.approx([99.5, 65.5], abs=0.1)


def test_unclip_is_area_times_ratio_over_perimeter():
    assert unclip_distance(100, 10, 1.5) == pytest.approx(1000 * 1.5 / 220)


@pytest.mark.parametrize("marks", [map_with((50, 60, 100, 2)), map_with((50, 60, 100, 12), value=0.3), map_with()])
def test_thin_faint_or_no_marks_give_nothing(marks):
    assert boxes_from_map(marks, SETTINGS) == []


def test_slanted_mark_keeps_its_angle():
    marks = np.zeros((200, 200), np.float32)
    corners = cv2.boxPoints(((100.0, 100.0), (120.0, 16.0), 25.0))
    cv2.fillPoly(marks, [np.round(corners).astype(np.int32)], 1.0)
    ((quad, _),) = boxes_from_map(marks, SETTINGS)
    along = quad[1] - quad[0]
    assert np.degrees(np.arctan2(along[1], along[0])) == pytest.approx(25.0, abs=1.5)
    np.testing.assert_array_equal(quad, order_quad(quad))


@pytest.mark.parametrize("size", [(480, 640), (960, 1280), (33, 1000), (20, 20), (1280, 960)])
def test_input_is_a_multiple_of_32_and_never_enlarged_much(size):
    blob, (x_scale, y_scale) = prepare(np.zeros(size + (3,), np.uint8), 640)
    height, width = blob.shape[2:]
    assert blob.dtype == np.float32 and blob.shape[:2] == (1, 3)
    assert height % 32 == 0 and width % 32 == 0 and max(height, width) <= 640
    assert (width * x_scale, height * y_scale) == pytest.approx((size[1], size[0]))


def test_a_grey_image_is_the_same_as_one_with_three_equal_channels():
    grey = np.random.default_rng(0).integers(0, 256, (90, 70), np.uint8)
    np.testing.assert_array_equal(prepare(grey, 64)[0], prepare(cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), 64)[0])


def test_channels_are_normalised_as_the_networks_were_trained():
    blob, _ = prepare(np.full((32, 32, 3), (0, 128, 255), np.uint8), 32)
    expected = [(0 - 0.485) / 0.229, (128 / 255 - 0.456) / 0.224, (1 - 0.406) / 0.225]
    np.testing.assert_allclose(blob[0, :, 5, 5], expected, atol=1e-5)


@pytest.mark.parametrize("largest_scale, side", [(1.0, 320), (1.5, 480), (4.0, 640)])
def test_a_small_image_is_enlarged_as_far_as_it_was_asked(largest_scale, side):
    assert prepare(np.zeros((320, 320), np.uint8), 640, largest_scale)[0].shape == (1, 3, side, side)


class MarksOneBox(Network):
    """A network that marks the same share of whatever it sees."""

    inputs, outputs = ("x",), ("map",)

    def infer(self, arrays):
        height, width = arrays["x"].shape[2:]
        marks = np.zeros((1, 1, height, width), np.float32)
        marks[:, :, height // 4 : height // 2, width // 4 : 3 * width // 4] = 1.0
        return {"map": marks}


def test_boxes_come_back_in_pixels_of_the_full_image():
    ((quad, score),) = PpocrDetector(MarksOneBox(), SETTINGS)(np.zeros((1280, 2560, 3), np.uint8))
    assert quad.dtype == np.float32 and score == pytest.approx(1.0)
    assert quad.mean(axis=0) == pytest.approx([1280, 480], abs=6)


def test_the_side_can_be_chosen_for_one_call():
    network = MarksOneBox()
    detector, seen = PpocrDetector(network, SETTINGS), []
    network.infer = lambda arrays: seen.append(arrays["x"].shape[2:]) or MarksOneBox.infer(network, arrays)
    for options in ({}, {"side": 960}, {"side": 1280, "largest_scale": 2.0}):
        ((quad, _),) = detector(np.zeros((720, 960), np.uint8), **options)
        assert quad.mean(axis=0) == pytest.approx([480, 270], abs=6)
    assert seen == [(480, 640), (704, 960), (960, 1280)]


def test_boxes_stay_inside_the_image():
    settings = SETTINGS._replace(unclip_ratio=30.0)
    ((quad, _),) = PpocrDetector(MarksOneBox(), settings)(np.zeros((320, 640, 3), np.uint8))
    np.testing.assert_array_equal(quad, box_quad(0, 0, 640, 320))
