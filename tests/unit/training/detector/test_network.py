from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")
pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

import torch

from training.detector.export import export
from training.detector.feed import DetectorFeed, DetectorSource, PoolSchedule
from training.detector.loss import band_loss, height_loss, loss
from training.detector.network import DetectorNetwork, folded
from training.detector.scenes import Scene
from training.detector.train import read_config

CONFIG = Path(__file__).resolve().parents[4] / "training" / "detector" / "config" / "code-detector.toml"


def small():
    torch.manual_seed(1)
    return DetectorNetwork((4, 8, 8, 12, 16), (2, 2, 2, 2), 8)


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


def test_a_part_of_the_pool_grows_with_the_steps_and_only_so():
    part = PoolSchedule(seed=1, style="mixed", shards=4, first=2, every=10, start=100)
    assert [part.at(step) for step in (0, 99, 100, 109, 110, 120, 500)] == [0, 0, 2, 2, 3, 4, 4]


def test_a_step_has_the_same_batch_whenever_it_is_asked_for(tmp_path):
    grey = np.random.default_rng(0).integers(0, 255, (200, 200), dtype=np.uint8)
    quad = np.array([[[60, 90], [140, 90], [140, 110], [60, 110]]], dtype=np.float32)
    source = DetectorSource(tmp_path, (PoolSchedule(1, "mixed", 1, 1, 1),))
    source._scenes[1] = [Scene(grey, quad, quad[:0])] * 250
    feed = DetectorFeed(source, seed=4, batch=2, side=96)
    started, gone_on = feed(0), feed(1)
    next(started)
    first, again = next(started), next(gone_on)
    assert torch.equal(first.images, again.images)
    assert torch.equal(first.labels, again.labels)
    assert first.images.shape == (2, 1, 96, 96)
    assert first.labels.shape == (2, 4, 24, 24)
    assert not torch.equal(first.images, feed.one(2).images)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the exporter that writes opset 11 says that it is old
def test_an_exported_network_answers_as_the_trained_one(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime", reason="the exported file is run with ONNX Runtime")
    config = read_config(CONFIG)
    network = config.network()
    state = {"average": network.state_dict(), "step": 3, "seconds": 7.0}
    torch.save(state, tmp_path / "checkpoint.pt")
    target = tmp_path / "detector.onnx"
    assert export(config, tmp_path, target) < 1e-3
    assert target.stat().st_size < 4_000_000
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    x = np.random.default_rng(1).standard_normal((1, 1, 160, 224)).astype(np.float32)
    (maps,) = session.run(["maps"], {"image": x})
    expected = network.eval()(torch.from_numpy(x)).detach().numpy()
    assert maps.shape == (1, 2, 40, 56)
    assert np.abs(maps - expected).max() < 1e-3
