"""The roofline by hand: the longer of arithmetic and traffic, and what it costs to start a kernel."""

import pytest

from ocr_app.core.errors import UsageError
from ocr_app.networks import count, roofline

PEAKS = {"flops_per_s": {"fp16": 100.0}, "bytes_per_s": 10.0, "efficiency": [0.5, 1.0], "launch_s": [2.0, 1.0]}


def layer(flops, elements, fused=False):
    return count.Layer("Conv", "", (1,), 0, flops, 0, elements, 0, fused)


def test_a_layer_takes_the_longer_of_arithmetic_and_traffic():
    band = roofline.estimate(count.Count((layer(300, 5),), 0), "fp16", PEAKS)
    assert band == pytest.approx((300 / 50 + 2, 300 / 100 + 1))
    band = roofline.estimate(count.Count((layer(1, 40),), 0), "fp16", PEAKS)
    assert band == pytest.approx((80 / 5 + 2, 80 / 10 + 1))


def test_a_fused_layer_is_not_started_again():
    band = roofline.estimate(count.Count((layer(100, 0, fused=True),), 0), "fp16", PEAKS)
    assert band == pytest.approx((2.0, 1.0))


def test_precisions_without_a_peak_are_refused():
    with pytest.raises(UsageError, match="int8"):
        roofline.estimate(count.Count((), 0), "int8", PEAKS)


def test_the_boards_numbers_have_a_source_each():
    board = roofline.board()
    assert set(board["sources"]) == {"flops_per_s", "bytes_per_s", "efficiency", "launch_s"}
    assert board["flops_per_s"]["fp32"] == pytest.approx(128 * 2 * 0.9216e9, rel=1e-3)
    assert board["flops_per_s"]["fp16"] == pytest.approx(2 * board["flops_per_s"]["fp32"], rel=1e-3)
    assert board["efficiency"] == sorted(board["efficiency"])


def test_a_board_with_tensor_cores_has_an_int8_peak():
    board = roofline.board("xavier-nx")
    assert board["board"].startswith("Jetson Xavier NX, 20 W") and set(board["flops_per_s"]) == {"fp32", "fp16", "int8"}
    assert roofline.estimate(count.Count((layer(300, 5),), 0), "int8", board).slow > 0


def test_unknown_boards_and_boards_without_peaks_are_refused_with_the_others():
    with pytest.raises(UsageError) as caught:
        roofline.board("tx2")
    assert "tx2" in caught.value.found and "orin-nano" in caught.value.expected
    with pytest.raises(UsageError) as caught:
        roofline.board("agx-thor")
    assert "Jetson AGX Thor" in caught.value.found and "agx-thor" not in caught.value.expected
