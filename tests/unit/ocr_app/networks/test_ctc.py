"""Greedy CTC decoding on posteriors written by hand."""

import numpy as np
import pytest

from ocr_app.networks.ctc import decode, decode_log, keep_classes, log_softmax

CHARSET = ["", "A", "B", " "]


def posterior(path, sure=0.9):
    """``(T, 4)``: class ``path[t]`` has probability ``sure`` at step t."""
    table = np.full((len(path), 4), (1 - sure) / 3, np.float32)
    table[np.arange(len(path)), path] = sure
    return table


@pytest.mark.parametrize(
    "path, text",
    [
        ([0, 1, 1, 0, 1, 2], "AAB"),  # a repeat needs a blank between
        ([1, 1, 1], "A"),
        ([0, 0, 0], ""),
        ([1, 3, 2], "A B"),
        ([2, 1, 2], "BAB"),
    ],
)
def test_repeats_merge_and_blanks_vanish(path, text):
    assert decode(posterior(path), CHARSET).text == text


def test_confidence_is_the_mean_over_emitted_characters():
    table = posterior([1, 0, 2])
    table[2] = [0.2, 0.1, 0.6, 0.1]
    assert decode(table, CHARSET).confidence == pytest.approx((0.9 + 0.6) / 2)


def test_nothing_read_is_no_confidence():
    assert decode(posterior([0, 0]), CHARSET) == ("", 0.0, ())


def test_steps_tell_where_each_character_is():
    assert decode(posterior([0, 1, 1, 0, 2]), CHARSET).steps == (1, 4)


def test_kept_classes_begin_with_the_blank():
    assert keep_classes(CHARSET, "B ") == [0, 2, 3]


@pytest.mark.parametrize("path", [[0, 1, 1, 0, 2], [0, 0], [2, 1, 2]])
def test_logarithms_decode_to_the_same(path):
    table = posterior(path)
    expected, found = decode(table, CHARSET), decode_log(np.log(table), CHARSET)
    assert found._replace(confidence=0) == expected._replace(confidence=0)
    assert found.confidence == pytest.approx(expected.confidence)


def test_log_softmax_is_finite_for_large_logits_and_sums_to_one():
    rows = log_softmax(np.array([[1e4, -1e4, 0.0], [0.0, 0.0, 0.0]], np.float32))
    assert rows.dtype == np.float32 and np.isfinite(rows).all()
    np.testing.assert_allclose(np.exp(rows), [[1, 0, 0], [1 / 3] * 3], atol=1e-6)
