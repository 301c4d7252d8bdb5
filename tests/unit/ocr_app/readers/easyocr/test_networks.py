"""EasyOCR's networks as ours and ours as EasyOCR's, with a stand-in for torch."""

import contextlib
import types

import numpy as np
import pytest

from ocr_app.networks.contract import Network
from ocr_app.readers.easyocr.networks import NetworkModule, TorchNetwork


class Tensor:
    device = "cpu"

    def __init__(self, array):
        self.array = array

    def to(self, device):
        assert device == "cpu"
        return self

    def cpu(self):
        return self

    def numpy(self):
        return self.array


class Doubles(Network):
    inputs, outputs = ("image",), ("answer",)

    def infer(self, arrays):
        return {"answer": arrays["image"] * 2}


class Module:
    """Doubles its image; ``calls`` are the arguments that it got."""

    def __init__(self, is_detector):
        self.is_detector, self.calls = is_detector, []

    def parameters(self):
        return iter([Tensor(None)])

    def __call__(self, *arguments):
        self.calls.append(len(arguments))
        heat_map = Tensor(arguments[0].array * 2)
        return (heat_map, "features") if self.is_detector else heat_map


@pytest.fixture(autouse=True)
def torch(monkeypatch):
    stand_in = types.ModuleType("torch")
    stand_in.no_grad, stand_in.from_numpy = contextlib.suppress, Tensor
    monkeypatch.setitem(__import__("sys").modules, "torch", stand_in)


IMAGE = np.arange(6, dtype=np.float32).reshape(1, 1, 2, 3)


@pytest.mark.parametrize("is_detector, arguments", [(True, 1), (False, 2)])
def test_a_torch_module_is_called_as_easyocr_calls_it(is_detector, arguments):
    module = Module(is_detector)
    network = TorchNetwork(module, is_detector)
    np.testing.assert_array_equal(network.infer_one(IMAGE), IMAGE * 2)
    assert module.calls == [arguments]


def test_a_network_answers_as_a_detector_of_easyocr_does():
    module = NetworkModule(Doubles(), True)
    heat_map, features = module(Tensor(IMAGE))
    np.testing.assert_array_equal(heat_map.numpy(), IMAGE * 2)
    assert features is None


def test_a_network_answers_as_a_recogniser_of_easyocr_does():
    module = NetworkModule(Doubles(), False)
    np.testing.assert_array_equal(module(Tensor(IMAGE), "text").numpy(), IMAGE * 2)
    assert module.eval() is module
