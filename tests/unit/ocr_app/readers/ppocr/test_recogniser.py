"""Line crops: widths, batches, padding, the order of the answers, and the classes that they are over."""

import cv2
import numpy as np
import pytest

from ocr_app.imaging.geometry import upright
from ocr_app.networks import ctc
from ocr_app.networks.contract import Network
from ocr_app.readers.ppocr.recogniser import (
    AS_PUBLISHED,
    LEAST_WIDTH,
    RIGHT_MARGIN,
    PpocrRecogniser,
    PpocrRecogniserSettings,
    batches,
    frames,
    pack,
    scaled_width,
    settings_from,
)

CHARSET = [""] + list("0123456789AB木") + [" "]
IN_BUCKETS = PpocrRecogniserSettings(least_width=64, batch=3, bucket=32)


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
        answer = np.full((len(blob), blob.shape[3] // 8, len(CHARSET)), 0.01, np.float32)
        answer[:, :, 0] = 0.5
        levels = np.round((blob[:, 0, 24, 1] + 1) * 127.5 / 25).astype(int)
        answer[np.arange(len(blob)), 3, 1 + levels] = 0.9
        answer[:, 5, 13] = 0.8  # a Chinese character, for tests of the allowed set
        return {"posteriors": answer}


def texts(recogniser, crops):
    return [ctc.decode_log(answer, recogniser.characters).text for answer in recogniser(crops)]


@pytest.mark.parametrize("settings", [PpocrRecogniserSettings(batch=3), IN_BUCKETS])
def test_answers_come_in_the_order_of_the_crops(settings):
    network = ReadsBrightness()
    crops = [crop(width, level=25 * k) for k, width in enumerate([900, 30, 400, 60, 700, 120, 50])]
    recogniser = PpocrRecogniser(network, CHARSET, "0123456789", settings)
    assert texts(recogniser, crops) == list("0123456")
    assert sum(shape[0] for shape in network.shapes) == 7


def test_crops_are_batched_by_rising_width_as_published():
    network = ReadsBrightness()
    PpocrRecogniser(network, CHARSET, settings=PpocrRecogniserSettings(batch=3))([crop(40)] * 7)
    assert [shape[0] for shape in network.shapes] == [3, 3, 1]


def test_allowed_cuts_the_charset_and_renormalises():
    everything = PpocrRecogniser(ReadsBrightness(), CHARSET)
    digits = PpocrRecogniser(ReadsBrightness(), CHARSET, "0123456789")
    assert texts(everything, [crop(40)]) == ["0木"] and texts(digits, [crop(40)]) == ["0"]
    assert digits.characters == ("",) + tuple("0123456789")
    (answer,) = digits([crop(40)])
    assert np.exp(answer[3, 1]) == pytest.approx(0.9 / (0.9 + 0.5 + 9 * 0.01), abs=1e-3)


def test_logits_and_their_softmax_give_the_same_distribution():
    class Logits(ReadsBrightness):
        def infer(self, arrays):
            return {"posteriors": np.log(super().infer(arrays)["posteriors"]) + 3.0}

    settings = PpocrRecogniserSettings(logits=True)
    (cut,) = PpocrRecogniser(Logits(), CHARSET, settings=settings)([crop(40, level=50)])
    (published,) = PpocrRecogniser(ReadsBrightness(), CHARSET)([crop(40, level=50)])
    np.testing.assert_allclose(cut, published, atol=1e-5)
    np.testing.assert_allclose(np.exp(cut).sum(axis=1), 1.0, atol=1e-5)
    assert cut.dtype == np.float32


def test_an_answer_covers_the_width_of_its_own_crop():
    answers = PpocrRecogniser(ReadsBrightness(), CHARSET)([crop(100), crop(300)])
    assert [len(answer) for answer in answers] == [frames(200), frames(600)] == [25, 75]


def test_a_probability_of_zero_has_a_finite_logarithm():
    class Sure(ReadsBrightness):
        def infer(self, arrays):
            return {"posteriors": np.eye(15, dtype=np.float32)[None, :8].repeat(len(arrays["x"]), axis=0)}

    assert np.isfinite(PpocrRecogniser(Sure(), CHARSET)([crop(24)])[0]).all()


def test_no_crops_no_call():
    network = ReadsBrightness()
    assert PpocrRecogniser(network, CHARSET)([]) == [] and network.shapes == []


@pytest.mark.parametrize("size, expected", [((24, 100), 200), ((48, 320), 320), ((1000, 3), 1), ((10, 9999), 3200)])
def test_width_at_48_px_height(size, expected):
    assert scaled_width(np.zeros(size + (3,), np.uint8)) == expected


def test_batches_are_sorted_by_width_and_lose_nothing():
    made = batches([300, 10, 200, 50, 10], PpocrRecogniserSettings(batch=2))
    assert made == [(1, 4), (3, 2), (0,)]


def test_crops_of_different_padded_widths_share_no_call():
    widths = [10, 300, 40, 280, 47, 49]
    made = batches(widths, IN_BUCKETS)
    assert made == [(0, 2, 4), (5,), (3, 1)]
    blobs = [pack([crop(20)] * len(batch), [widths[i] for i in batch], IN_BUCKETS) for batch in made]
    assert [blob.shape[3] for blob in blobs] == [64, 96, 320]


def test_padding_is_the_networks_zero():
    blob = pack([crop(24), crop(400)], [48, 800], AS_PUBLISHED)
    assert blob.shape == (2, 3, 48, 800 + RIGHT_MARGIN)
    assert (blob[0, :, :, :48] == -1.0).all() and not blob[0, :, :, 48:].any()
    assert pack([crop(24)], [48], AS_PUBLISHED).shape[3] == LEAST_WIDTH


def test_a_grey_crop_is_the_same_as_one_with_three_equal_channels():
    grey = np.random.default_rng(0).integers(0, 256, (30, 70), np.uint8)
    blobs = [pack([line], [112], AS_PUBLISHED) for line in (grey, cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR))]
    np.testing.assert_array_equal(*blobs)


def test_only_upright_crops_are_turned():
    assert upright(crop(10, 40)).shape == (10, 40, 3)
    assert upright(crop(40, 10)).shape == (10, 40, 3)
    assert upright(np.zeros((20, 20), np.uint8)).shape == (20, 20)


def test_a_record_names_only_what_differs():
    assert settings_from({"file": "a.onnx"}) == AS_PUBLISHED
    assert settings_from({"file": "a.onnx", "logits": True, "bucket": 32}).bucket == 32
