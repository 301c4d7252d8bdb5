"""The recogniser's network: its shape, and the same function when folded."""

from __future__ import annotations

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

import torch

from training.recogniser.network import FoldedRecogniser, RecogniserNetwork, RepConv, Widths

SMALL = Widths(4, 4, 6, 8, 8, 1, 1, 1)


def trained() -> RecogniserNetwork:
    torch.manual_seed(1)
    network = RecogniserNetwork(11, SMALL)
    for _ in range(3):  # so that the running means are not their first values
        network.train()(torch.randn(4, 1, 32, 64))
    return network.eval()


@pytest.mark.parametrize(("stride", "steps"), [(1, 16), (2, 8)])
def test_a_time_step_is_as_wide_as_the_strides_say(stride: int, steps: int) -> None:
    widths = Widths(4, 4, 6, 8, 8, 1, 1, 1, eighth_stride=stride)
    assert widths.step == 4 * stride
    assert RecogniserNetwork(11, widths).eval()(torch.zeros(2, 1, 32, 64)).shape == (2, steps, 11)


def test_folding_changes_no_answer() -> None:
    network, x = trained(), torch.randn(2, 1, 32, 96)
    with torch.no_grad():
        assert torch.allclose(network(x), FoldedRecogniser(network)(x), atol=1e-4)


def test_only_layers_of_equal_shape_have_an_identity_branch() -> None:
    assert RepConv(4, 4).identity is not None
    assert RepConv(4, 8).identity is None and RepConv(4, 4, (2, 1)).identity is None
