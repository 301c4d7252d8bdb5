"""Line crops: widths, batches, padding, and the order of the answers."""

import numpy as np
import pytest

from ocr_app.networks.contract import Network
from ocr_app.readers.ppocr.recogniser import (
    MIN_WIDTH,
    RIGHT_MARGIN,
    PpocrRecogniser,
    batches,
    pack,
    scaled_width,
    upright,
)

CHARSET = [""] + list("0123456789AB木") + [" "]


def crop(width, height=24, level=0):
    return np.full((height, width, 3), level, np.uint8)


class ReadsBrightness(Network):
    """Answers each crop with the digit of its brightness / 25 and counts how it was asked."""

    inputs, outputs = ("x",), ("posteriors",)

    def __init__(self):
        self.shapes = []

    def infer(self, arrays):
        blob = arrays["x"]
        self.shapes.append(blob.shape)
        answer = np.full((len(blob), 8, len(CHARSET)), 0.01, np.float32)
        answer[:, :, 0] = 0.5
        levels = np.round((blob[:, 0, 24, 1] + 1) * 127.5 / 25).astype(int)
        answer[np.arange(len(blob)), 3, 1 + levels] = 0.9
        answer[:, 5, 13] = 0.8  # a Chinese character, for tests of the allowed set
        return {"posteriors": answer}


def test_answers_come_in_the_order_of_the_crops():
    network = ReadsBrightness()
    crops = [crop(width, level=25 * k) for k, width in enumerate([900, 30, 400, 60, 700, 120, 50])]
    texts = [answer.text for answer in PpocrRecogniser(network, CHARSET, batch=3, allowed="0123456789")(crops)]
    assert texts == list("0123456")
    assert [shape[0] for shape in network.shapes] == [3, 3, 1]


def test_allowed_cuts_the_charset_and_renormalises():
    open_charset = PpocrRecogniser(ReadsBrightness(), CHARSET)([crop(40)])[0]
    digits_only = PpocrRecogniser(ReadsBrightness(), CHARSET, allowed="0123456789")([crop(40)])[0]
    assert open_charset.text == "0木" and digits_only.text == "0"
    assert digits_only.confidence == pytest.approx(0.9 / (0.9 + 0.5 + 9 * 0.01), abs=1e-3)


def test_no_crops_no_call():
    network = ReadsBrightness()
    assert PpocrRecogniser(network, CHARSET)([]) == [] and network.shapes == []


@pytest.mark.parametrize("size, expected", [((24, 100), 200), ((48, 320), 320), ((1000, 3), 1), ((10, 9999), 3200)])
def test_width_at_48_px_height(size, expected):
    assert scaled_width(np.zeros(size + (3,), np.uint8)) == expected


def test_batches_are_sorted_by_width_and_lose_nothing():
    made = batches([300, 10, 200, 50, 10], 2)
    assert made == [(1, 4), (3, 2), (0,)]


def test_padding_is_the_networks_zero():
    blob = pack([crop(24), crop(400)], [48, 800])
    assert blob.shape == (2, 3, 48, 800 + RIGHT_MARGIN)
    assert (blob[0, :, :, :48] == -1.0).all() and not blob[0, :, :, 48:].any()
    assert pack([crop(24)], [48]).shape[3] == MIN_WIDTH


def test_only_upright_crops_are_turned():
    assert upright(crop(10, 40)).shape == (10, 40, 3)
    assert upright(crop(40, 10)).shape == (10, 40, 3)
    assert upright(np.zeros((20, 20), np.uint8)).shape == (20, 20, 3)
