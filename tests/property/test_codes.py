"""Laws of finding and batching code lines."""

import numpy as np
from hypothesis import assume, given
from hypothesis import strategies as st

from ocr_app.imaging.geometry import box_quad, sides
from ocr_app.networks.ctc import log_softmax
from ocr_app.readers.codes.detector import CodeDetectorSettings, band_of, lines_from_maps, prepare
from ocr_app.readers.codes.recogniser import CodeRecogniserSettings, batches, frames, padded
from ocr_app.readers.codes.recogniser import prepare as prepare_crop

SETTINGS = CodeDetectorSettings()
BATCHES = CodeRecogniserSettings()
SIZES = st.integers(1, 300)


@given(SIZES, SIZES, st.integers(0, 2**32 - 1))
def test_any_maps_give_finite_quads_with_scores(height, width, seed):
    random = np.random.RandomState(seed)
    maps = (random.randn(2, height % 60 + 1, width % 60 + 1) * 8).astype(np.float32)
    for line in lines_from_maps(maps, SETTINGS):
        assert np.isfinite(line.quad).all() and SETTINGS.line_threshold <= line.score <= 1.0
        assert sides(line.quad)[1] >= 0.99 * SETTINGS.smallest_height


@given(st.floats(4, 400), st.floats(4, 100), st.floats(-180, 180))
def test_a_band_has_half_the_height_and_the_same_middle(width, height, degrees):
    assume(width > 0.6 * height)
    radians = np.radians(degrees)
    turn = np.array([[np.cos(radians), np.sin(radians)], [-np.sin(radians), np.cos(radians)]])
    quad = (box_quad(-width / 2, -height / 2, width, height) @ turn + 500).astype(np.float32)
    band = band_of(quad)
    np.testing.assert_allclose(sides(band), (width - 0.5 * height, 0.5 * height), atol=0.01)
    np.testing.assert_allclose(band.mean(axis=0), quad.mean(axis=0), atol=0.01)


@given(SIZES, SIZES)
def test_a_frame_keeps_its_shape(height, width):
    blob, scale = prepare(np.zeros((height, width), np.uint8), SETTINGS)
    assert blob.shape[2] % 32 == blob.shape[3] % 32 == 0
    for inner, outer in ((height, blob.shape[2]), (width, blob.shape[3])):
        assert -0.5 <= outer - max(1.0, inner * scale) < 32.5
    assert scale <= SETTINGS.largest_scale and max(height, width) * scale <= SETTINGS.side + 1e-6


@given(st.lists(st.integers(1, 1024), max_size=80))
def test_batches_hold_every_crop_once_within_the_limit(widths):
    made = batches(widths, BATCHES)
    assert sorted(index for batch in made for index in batch) == list(range(len(widths)))
    for batch in made:
        own = [padded(widths[i], BATCHES) for i in batch]
        total = max(own) * len(batch)
        assert total <= BATCHES.batch_width or len(batch) == 1
        assert total - sum(own) <= BATCHES.most_filling
    assert len(set(widths)) > 1 or len(widths) > 5 or len(made) <= 1


@given(SIZES, SIZES, st.integers(0, 2**32 - 1))
def test_any_crop_becomes_a_line_of_32(height, width, seed):
    crop = np.random.RandomState(seed).randint(0, 256, (height, width)).astype(np.uint8)
    line = prepare_crop(crop)
    assert line.shape[0] == 32 and 1 <= line.shape[1] <= 1024 and np.isfinite(line).all()
    assert abs(float(line.mean())) < 1e-3 and frames(line.shape[1]) * 4 >= line.shape[1]


@given(st.lists(st.floats(-1e4, 1e4), min_size=2, max_size=9))
def test_log_softmax_is_a_distribution(logits):
    answer = log_softmax(np.array([logits], np.float32))
    assert abs(float(np.exp(answer.astype(np.float64)).sum()) - 1.0) < 1e-3 and (answer <= 1e-6).all()
