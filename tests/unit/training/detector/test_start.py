"""A training starts from an exported network and gives its answers."""

import pytest

pytest.importorskip("torch", reason="this is not the environment for training: no torch here")

import torch

from training.detector.network import DetectorNetwork, folded
from training.detector.start import StartError, warm_start

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")  # the exporter says that it is old
SHAPE = ((4, 8, 8, 12, 16), (2, 2, 2, 2), 8)


def exported(path):
    """A trained-looking network in a file, and its folded self."""
    torch.manual_seed(3)
    network = DetectorNetwork(*SHAPE)
    for _ in range(3):
        network.train()(torch.randn(4, 1, 64, 64))
    plain = folded(network)
    torch.onnx.export(plain, (torch.zeros(1, 1, 64, 64),), str(path), dynamo=False, opset_version=13)
    return plain


def test_a_started_network_gives_the_answers_of_the_file(tmp_path):
    plain = exported(tmp_path / "a.onnx")
    network = DetectorNetwork(*SHAPE, dilations=(2, 3))
    warm_start(network, tmp_path / "a.onnx", torch.randn(2, 1, 64, 64))
    x = torch.randn(1, 1, 64, 96)
    assert torch.allclose(network.eval()(x), plain(x), atol=1e-4)
    network.train()(x).sum().backward()
    assert all(layer.square_scale.grad is not None and layer.square_scale.grad.any() for layer in network.wide)


def test_a_file_of_another_shape_is_refused(tmp_path):
    exported(tmp_path / "a.onnx")
    with pytest.raises(StartError, match="expected"):
        warm_start(DetectorNetwork((4, 8, 8, 12, 20), *SHAPE[1:]), tmp_path / "a.onnx", torch.randn(1, 1, 64, 64))
    with pytest.raises(StartError, match="convolutions"):
        deeper = DetectorNetwork(SHAPE[0], (2, 2, 2, 3), 8)
        warm_start(deeper, tmp_path / "a.onnx", torch.randn(1, 1, 64, 64))
