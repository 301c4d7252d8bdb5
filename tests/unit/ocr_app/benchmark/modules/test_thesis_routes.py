"""The thesis's ways to TensorRT, on STAND-INS for torch, torch2trt and Paddle: there is no GPU here.

That Paddle 2.4.2 has every name used is asked of the real one in tests/envs/test_export.py.
"""

import sys
from types import SimpleNamespace

import numpy as np
import pytest

from ocr_app.benchmark.modules import thesis_routes
from ocr_app.core.errors import DeviceUnavailable, UsageError
from ocr_app.export.network_specs import networks

SHAPE = (1, 3, 32, 32)


class Tensor:
    """An array with the names of torch that are used."""

    def __init__(self, array):
        self.array = array

    def cuda(self):
        return self

    cpu = cuda

    def numpy(self):
        return self.array


@pytest.fixture
def gpu(monkeypatch, tmp_path):
    """Opens readers whose networks answer their input doubled."""
    network = SimpleNamespace(module=SimpleNamespace(module="craft"), infer_one=lambda array: 2 * array)
    reader = SimpleNamespace(networks=lambda: {"detector": network, "recogniser": network})
    module = SimpleNamespace(open_reader=lambda options: reader)
    monkeypatch.setattr(thesis_routes, "module_of", lambda own: module)
    monkeypatch.setattr(thesis_routes, "default_folder", lambda: str(tmp_path))
    monkeypatch.setattr(thesis_routes.model_files, "locate", lambda name: "/models/" + name)
    torch = SimpleNamespace(zeros=lambda shape: Tensor(np.zeros(shape, np.float32)), from_numpy=Tensor)
    monkeypatch.setitem(sys.modules, "torch", torch)


def test_the_detector_of_easyocr_by_torch2trt(gpu, monkeypatch):
    asked = []

    def convert(module, inputs, fp16_mode, max_workspace_size):
        asked.append((module, inputs[0].array.shape, fp16_mode, max_workspace_size >> 20))
        return lambda tensor: (Tensor(2 * tensor.array + 0.5), None)

    monkeypatch.setitem(sys.modules, "torch2trt", SimpleNamespace(torch2trt=convert, __version__="0.5.0"))
    route = thesis_routes.opened(networks()["easyocr-detector"], "fp16", SHAPE, 1)
    assert asked == [("craft", SHAPE, True, 256)]
    assert route.description == "torch2trt 0.5.0 fp16"
    assert route.difference(np.ones(SHAPE, np.float32)) == "off by at most 0.5"


def test_without_torch2trt_it_is_said(gpu, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch2trt", None)
    with pytest.raises(DeviceUnavailable, match="torch2trt"):
        thesis_routes.opened(networks()["easyocr-detector"], "fp16", SHAPE, 1)


class Config:
    """Logs what is asked of it."""

    made = []

    def __init__(self, *files):
        self.files, self.asked = files, {}
        Config.made.append(self)

    def __getattr__(self, name):
        def call(*values, **named):
            self.asked[name] = named or values
            if name == "collect_shape_range_info":
                open(values[0], "w").close()

        return call


class Predictor:
    """Input name "x", output name "y": not finite."""

    def get_input_names(self):
        return ["x"]

    def get_output_names(self):
        return ["y"]

    def get_input_handle(self, name):
        return SimpleNamespace(copy_from_cpu=lambda array: setattr(self, "array", array))

    def get_output_handle(self, name):
        return SimpleNamespace(copy_to_cpu=lambda: np.full_like(self.array, np.nan))

    def run(self):
        pass


def test_paddle_collects_shapes_once_and_keeps_what_it_builds(gpu, monkeypatch):
    inference = SimpleNamespace(
        Config=Config,
        create_predictor=lambda config: Predictor(),
        PrecisionType=SimpleNamespace(Half="half", Float32="single"),
    )
    monkeypatch.setitem(sys.modules, "paddle", SimpleNamespace(inference=inference))
    monkeypatch.setitem(sys.modules, "paddle.inference", inference)
    monkeypatch.setattr(Config, "made", [])
    route = thesis_routes.opened(networks()["paddleocr-v4-detector"], "fp16", SHAPE, 1)
    first, second = Config.made
    assert "enable_tensorrt_engine" not in first.asked and first.asked["collect_shape_range_info"]
    built = second.asked["enable_tensorrt_engine"]
    assert built["precision_mode"] == "half" and built["use_static"] and built["workspace_size"] == 256 << 20
    shapes, at_runtime = second.asked["enable_tuned_tensorrt_dynamic_shape"]
    assert shapes.endswith("shapes.pbtxt") and at_runtime is True
    assert route.difference(np.ones(SHAPE, np.float32)) == "answers are not finite"
    thesis_routes.opened(networks()["paddleocr-v4-detector"], "fp16", SHAPE, 1)
    assert len(Config.made) == 3


@pytest.mark.parametrize("name", ["codes-detector", "easyocr-recogniser"])
def test_networks_without_a_way_of_the_thesis(gpu, name):
    with pytest.raises(UsageError, match="the thesis"):
        thesis_routes.opened(networks()[name], "fp16", SHAPE, 1)
