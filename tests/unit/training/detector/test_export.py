"""The exported detector answers as the trained one."""

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

pytest.importorskip("onnx", reason="this is not the environment for training: no onnx here")

import torch

from training.detector.export import export
from training.detector.train import read_config

CONFIG = Path(__file__).resolve().parents[4] / "training" / "detector" / "config" / "code-detector.toml"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the exporter that writes opset 13 says that it is old
def test_an_exported_network_answers_as_the_trained_one(tmp_path):
    onnxruntime = pytest.importorskip("onnxruntime", reason="the exported file is run with ONNX Runtime")
    config = read_config(CONFIG)
    network = config.network()
    state = {"average": network.state_dict(), "step": 3, "seconds": 7.0}
    torch.save(state, tmp_path / "checkpoint.pt")
    target = tmp_path / "detector.onnx"
    assert export(config, tmp_path, target) < 1e-3
    assert target.stat().st_size < 4_500_000
    session = onnxruntime.InferenceSession(str(target), providers=["CPUExecutionProvider"])
    x = np.random.default_rng(1).standard_normal((1, 1, 160, 224)).astype(np.float32)
    (maps,) = session.run(["maps"], {"image": x})
    expected = network.eval()(torch.from_numpy(x)).detach().numpy()
    assert maps.shape == (1, 3, 40, 56)
    assert np.abs(maps - expected).max() < 1e-3
