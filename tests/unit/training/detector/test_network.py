"""The detector's network: a quarter of each side, and the same when folded."""

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

import torch

from training.detector.network import DetectorNetwork, folded


def small():
    torch.manual_seed(1)
    return DetectorNetwork((4, 8, 8, 12, 16), (2, 2, 2, 2), 8, dilations=(2,))


def test_maps_have_a_quarter_of_each_side():
    assert small()(torch.zeros(2, 1, 64, 96)).shape == (2, 3, 16, 24)


def test_folding_changes_no_answer():
    network = small()
    for _ in range(3):  # so that the running means are not their first values
        network.train()(torch.randn(4, 1, 64, 64))
    network.eval()
    x = torch.randn(1, 1, 64, 96)
    plain = folded(network)
    assert torch.allclose(network(x), plain(x), atol=1e-4)
    kinds = {type(m).__name__ for m in plain.modules() if not list(m.children())}
    assert kinds <= {"Conv2d", "ReLU"}
