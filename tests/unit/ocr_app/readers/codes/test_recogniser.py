"""The code recogniser's crops, batches and posteriors, with networks whose answer is known."""

import json

import numpy as np
import pytest

from ocr_app.core.errors import ModelError
from ocr_app.imaging.geometry import upright
from ocr_app.networks.contract import Network
from ocr_app.networks.ctc import log_softmax
from ocr_app.readers.catalogues import characters_of
from ocr_app.readers.codes.recogniser import (
    CodeRecogniser,
    CodeRecogniserSettings,
    batches,
    frames,
    pack,
    padded,
    prepare,
    scaled_width,
)

SETTINGS = CodeRecogniserSettings(right_margin=32, batch_width=6144)
CHARACTERS = [""] + list("0123456789")


def crop(width, height=32, seed=0):
    return np.random.RandomState(seed).randint(0, 256, (height, width, 3)).astype(np.uint8)


class Columns(Network):
    """A convolution of three columns of means, so that neighbours matter as in a real network; counts its calls."""

    inputs, outputs = ("image",), ("logits",)
    metadata = {"characters": json.dumps(CHARACTERS)}

    def __init__(self):
        self.shapes = []

    def infer(self, arrays):
        blob = arrays["image"]
        self.shapes.append(blob.shape)
        n, _, _, width = blob.shape
        cells = blob.reshape(n, 32, width // 4, 4).mean(axis=(1, 3)) + 0.5  # as a bias does: padding is no longer 0
        wide = np.pad(cells, ((0, 0), (1, 1)), "constant")
        mixed = wide[:, :-2] + 2 * wide[:, 1:-1] + wide[:, 2:]
        return {"logits": (mixed[:, :, None] * np.arange(len(CHARACTERS))).astype(np.float32)}


def test_three_lines_of_similar_length_are_one_call():
    network = Columns()
    CodeRecogniser(network, SETTINGS)([crop(300), crop(240), crop(220)])
    assert [shape[:3] for shape in network.shapes] == [(3, 1, 32)]


def test_a_line_does_not_depend_on_the_lines_beside_it():
    crops = [crop(width, seed=width) for width in (64, 33, 250, 31, 128)]
    together = CodeRecogniser(Columns(), SETTINGS)(crops)
    for line, answer in zip(crops, together):
        (alone,) = CodeRecogniser(Columns(), SETTINGS)([line])
        np.testing.assert_allclose(answer, alone, atol=1e-5)


def test_posteriors_are_log_distributions_over_the_crops_own_frames():
    for width, answer in zip((64, 33, 250), CodeRecogniser(Columns(), SETTINGS)([crop(w) for w in (64, 33, 250)])):
        assert answer.dtype == np.float32 and answer.shape == (frames(width), len(CHARACTERS))
        np.testing.assert_allclose(np.exp(answer).sum(axis=1), 1.0, atol=1e-5)


def test_no_crops_no_call():
    network = Columns()
    assert CodeRecogniser(network, SETTINGS)([]) == [] and network.shapes == []


def test_batches_hold_every_crop_once_and_keep_the_limit():
    widths = list(np.random.RandomState(1).randint(1, 1025, 60))
    made = batches(widths, SETTINGS)
    assert sorted(index for batch in made for index in batch) == list(range(60))
    for batch in made:
        columns = padded(max(widths[i] for i in batch), SETTINGS) * len(batch)
        assert columns <= SETTINGS.batch_width or len(batch) == 1
    assert len(made) < 30


def test_a_short_line_does_not_fill_up_the_call_of_a_long_one():
    assert sorted(map(len, batches([300, 290, 280, 40], SETTINGS))) == [1, 3]


def test_a_batch_is_a_multiple_of_8_with_a_margin():
    blob = pack([prepare(crop(24)), prepare(crop(400))], SETTINGS)
    assert blob.shape == (2, 1, 32, 432) and blob.dtype == np.float32
    assert not blob[0, :, :, 24:].any() and not blob[1, :, :, 400:].any()
    assert pack([prepare(crop(32))], SETTINGS).shape[3] == 64


@pytest.mark.parametrize("size, width", [((24, 100), 133), ((48, 320), 213), ((1000, 3), 1), ((10, 9999), 1024)])
def test_width_at_32_px_height(size, width):
    assert scaled_width(np.zeros(size, np.uint8)) == width
    assert prepare(np.zeros(size, np.uint8)).shape == (32, width)


def test_brightness_and_contrast_of_a_crop_are_taken_out():
    line = prepare(crop(200))
    assert abs(line.mean()) < 1e-4 and 0.9 < line.std() < 1.0
    np.testing.assert_allclose(prepare(crop(200) // 2 + 90), line, atol=0.2)
    assert not prepare(np.full((20, 90), 7, np.uint8)).any()


def test_only_upright_crops_are_turned():
    assert upright(crop(10, 40)).shape == (10, 40, 3)
    assert upright(crop(40, 10)).shape == (10, 40, 3)
    assert upright(np.zeros((20, 20), np.uint8)).shape == (20, 20)


def test_log_softmax_of_large_logits_is_finite():
    answer = log_softmax(np.array([[1e4, 0.0, -1e4]], np.float32))
    np.testing.assert_allclose(answer, [[0.0, -1e4, -2e4]])


@pytest.mark.parametrize("words", [None, "{}", "[", '["A", "B"]', '["", "AB"]', '[""]', '["", 1]'])
def test_characters_that_make_no_sense_are_a_model_error(words):
    network = Columns()
    network.metadata = {} if words is None else {"characters": words}
    with pytest.raises(ModelError, match="expected"):
        characters_of(network)


def test_an_answer_of_another_shape_is_a_model_error():
    network = Columns()
    network.metadata = {"characters": json.dumps(["", "A"])}
    with pytest.raises(ModelError, match="one per character"):
        CodeRecogniser(network, SETTINGS)([crop(40)])


class Dense(Network):
    """Another character in every other column of a frame: 8 px a character, whatever the width."""

    inputs, outputs = ("image",), ("logits",)
    metadata = {"characters": json.dumps(CHARACTERS)}

    def __init__(self, every):
        self.every, self.widths = every, []

    def infer(self, arrays):
        n, _, _, width = arrays["image"].shape
        self.widths.append(width)
        logits = np.zeros((n, width // 4, len(CHARACTERS)), np.float32)
        logits[:, :, 0] = 5
        logits[:, :: self.every, 3] = 10
        return {"logits": logits}


def test_a_condensed_print_is_stretched_and_read_again():
    network = Dense(every=2)
    (answer,) = CodeRecogniser(network, CodeRecogniserSettings(narrow_below=12.0, stretch=1.5))([crop(160)])
    assert len(network.widths) == 2
    assert len(answer) == frames(240)


def test_an_ordinary_print_is_read_once():
    network = Dense(every=4)
    (answer,) = CodeRecogniser(network, CodeRecogniserSettings(narrow_below=12.0, stretch=1.5))([crop(160)])
    assert len(network.widths) == 1
    assert len(answer) == frames(160)


def test_only_the_condensed_lines_of_a_frame_are_read_again():
    class Mixed(Dense):
        def infer(self, arrays):
            logits = Dense.infer(self, arrays)["logits"]
            if len(logits) > 1:
                logits[-1, :, 1:] = 0  # the narrowest crop, last in its batch, shows nothing
            return {"logits": logits}

    network = Mixed(every=2)
    answers = CodeRecogniser(network, CodeRecogniserSettings(narrow_below=12.0, stretch=1.5))([crop(160), crop(80)])
    assert [len(answer) for answer in answers] == [frames(240), frames(80)]
    assert len(network.widths) == 2


def test_few_characters_say_nothing_about_the_print():
    network = Dense(every=2)
    CodeRecogniser(network, CodeRecogniserSettings(narrow_below=12.0, stretch=1.5))([crop(20)])
    assert len(network.widths) == 1
