from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="the training environment is not this one: no torch here")

import torch

from training.detector.loss import band_loss, height_loss, loss
from training.detector.network import Detector, folded
from training.detector.train import read_config

CONFIG = Path(__file__).resolve().parents[4] / "training" / "detector" / "config" / "code-detector.toml"


def small():
    torch.manual_seed(1)
    return Detector((4, 8, 8, 12, 16), (2, 2, 2, 2), 8)


def test_maps_have_a_quarter_of_each_side():
    assert small()(torch.zeros(2, 1, 64, 96)).shape == (2, 2, 16, 24)


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


def test_the_loss_is_least_for_right_maps_and_ignores_unknown_cells():
    labels = torch.zeros(1, 4, 8, 8)
    labels[:, 0, 3:5, 2:6] = 1.0
    labels[:, 1:3, 3:5, 2:6] = 1.0
    labels[:, 3] = 1.0
    right = torch.stack([labels[:, 0] * 16 - 8, labels[:, 1]], dim=1)
    wrong = right.clone()
    wrong[:, 0, 0, 0] = 8.0
    assert loss(right, labels) < 0.05
    assert loss(wrong, labels) > 2 * loss(right, labels)
    labels[:, 3, 0, 0] = 0.0
    assert torch.isclose(loss(wrong, labels), loss(right, labels), rtol=0.05)


def test_a_frame_without_lines_still_teaches():
    nothing, known = torch.zeros(1, 8, 8), torch.ones(1, 8, 8)
    assert band_loss(torch.full((1, 8, 8), 4.0), nothing, known) > 1.0
    assert height_loss(torch.ones(1, 8, 8), nothing, nothing) == 0.0


def test_the_shipped_configuration_is_within_its_budget():
    network = folded(read_config(CONFIG).network())
    weights = sum(p.numel() for p in network.parameters())
    assert weights < 1_000_000
    assert np.isfinite(weights)
