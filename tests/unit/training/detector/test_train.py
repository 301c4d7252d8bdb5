"""The configuration of the shipped detector."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

from training.detector.network import folded
from training.detector.train import read_config

CONFIG = Path(__file__).resolve().parents[4] / "training" / "detector" / "config" / "code-detector.toml"


def test_the_shipped_configuration_is_within_its_budget():
    network = folded(read_config(CONFIG).network())
    weights = sum(p.numel() for p in network.parameters())
    assert weights < 1_100_000
    assert np.isfinite(weights)
