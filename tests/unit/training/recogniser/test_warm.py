"""A training starts from an exported network: with the same function, and classes that it did not have."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

import torch

from training import export as exporting
from training.recogniser import pool, warm
from training.recogniser.feed import RecogniserTarget
from training.recogniser.network import FoldedRecogniser, RecogniserNetwork, Widths

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # torch warns of the exporter that 8.2 needs
SMALL = Widths(stem=4, half=4, quarter=8, eighth=8, neck=8, quarter_depth=1, eighth_depth=1, neck_depth=1)
OLD, NEW = RecogniserTarget("AB1 "), RecogniserTarget("AB1 ab")


def lines() -> pool.Shard:
    rng = np.random.default_rng(0)
    starts = np.arange(0, 24 * 80 + 1, 80)
    pixels = rng.integers(0, 256, (32, int(starts[-1])), dtype=np.uint8)
    return pool.Shard(pixels, starts, ("A",) * 24, ("dot",) * 24)


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A network of the old classes as a file."""
    torch.manual_seed(1)
    network = RecogniserNetwork(OLD.classes, SMALL).eval()
    target, metadata = tmp_path / "old.onnx", {"characters": json.dumps(["", *OLD.characters])}
    sample = torch.randn(1, 1, 32, 64)
    axes, steps = {0: "lines", 3: "width"}, {0: "lines", 1: "steps"}
    exporting.export(FoldedRecogniser(network).eval(), network, sample, target, "logits", axes, steps, metadata)
    return target


def test_the_function_is_that_of_the_file(exported: Path) -> None:
    import onnxruntime

    network = RecogniserNetwork(NEW.classes, SMALL)
    warm.start_from(network, exported, NEW, lines(), 24)
    sample = torch.randn(2, 1, 32, 96)
    session = onnxruntime.InferenceSession(str(exported), providers=["CPUExecutionProvider"])
    (before,) = session.run(None, {"image": sample.numpy()})
    with torch.no_grad():
        after = network.eval()(sample).numpy()
    np.testing.assert_allclose(after[:, :, : OLD.classes], before, atol=1e-4)
    np.testing.assert_allclose(after[:, :, OLD.classes :], before[:, :, [1, 2]] + warm.UNLIKELY, atol=1e-4)


def test_statistics_are_those_of_the_lines(exported: Path) -> None:
    network = RecogniserNetwork(NEW.classes, SMALL)
    warm.start_from(network, exported, NEW, lines(), 24)
    before = {name: value.clone() for name, value in network.state_dict().items() if "running_mean" in name}
    network.drop.p = 0.0
    for norm in (module for module in network.modules() if isinstance(module, torch.nn.BatchNorm2d)):
        norm.momentum = 1.0
    shard = lines()
    rows = [warm.normalised(shard.crop(k)) for k in range(24)]
    network.train()(warm.pack(rows, ["A"] * 24, NEW).images)
    for name, value in network.state_dict().items():
        if "running_mean" in name:
            torch.testing.assert_close(value, before[name], atol=1e-3, rtol=1e-3)


def test_other_sizes_or_unknown_characters_are_refused(exported: Path) -> None:
    with pytest.raises(warm.WarmStartError, match="knows no 'Z'"):
        target = RecogniserTarget("AB1 Z")
        warm.start_from(RecogniserNetwork(target.classes, SMALL), exported, target, lines(), 4)
    deeper = RecogniserNetwork(NEW.classes, Widths(**{**SMALL.__dict__, "neck_depth": 2}))
    with pytest.raises(warm.WarmStartError, match="convolutions"):
        warm.start_from(deeper, exported, NEW, lines(), 4)
    wider = RecogniserNetwork(NEW.classes, Widths(**{**SMALL.__dict__, "stem": 6}))
    with pytest.raises(warm.WarmStartError, match="a convolution is"):
        warm.start_from(wider, exported, NEW, lines(), 4)
