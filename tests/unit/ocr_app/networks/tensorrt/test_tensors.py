"""TensorRT from 8.5 on by named tensors: every address is set before a run, and a refused one stops it."""

import pytest

from ocr_app.networks.tensorrt.tensors import NamedEngine, Tensors


class Trt:
    class TensorIOMode:
        INPUT, OUTPUT = 1, 2

    class MemoryPoolType:
        WORKSPACE = "workspace"


class Engine:
    """Two inputs and an output, of which an input is last."""

    num_io_tensors = 3

    def get_tensor_name(self, index):
        return ("left", "sum", "right")[index]

    def get_tensor_mode(self, name):
        return Trt.TensorIOMode.OUTPUT if name == "sum" else Trt.TensorIOMode.INPUT

    def get_tensor_profile_shape(self, name, profile):
        assert profile == 0
        return [[1, 2], [1, 4], [1, 8]] if name == "left" else [[3], [3], [3]]

    def get_tensor_dtype(self, name):
        return "type of " + name


class Context:
    def __init__(self):
        self.shapes, self.placed, self.runs = {}, {}, []

    def set_input_shape(self, name, shape):
        self.shapes[name] = shape
        return True

    def get_tensor_shape(self, name):
        return [7, 1]

    def set_tensor_address(self, name, address):
        self.placed[name] = address
        return bool(address)

    def execute_async_v3(self, stream):
        self.runs.append(stream)
        return stream != 0


@pytest.fixture
def context():
    return Context()


@pytest.fixture
def opened(context):
    return Tensors().open(Trt, Engine(), context)


def test_names_and_modes(opened, context):
    assert isinstance(opened, NamedEngine)
    assert opened.inputs == ("left", "right") and opened.outputs == ("sum",)
    assert opened.limits("left") == [(1, 2), (1, 4), (1, 8)]
    assert opened.set_shape("right", (3,)) and context.shapes == {"right": (3,)}
    assert opened.shape("sum") == (7, 1) and opened.dtype("right") == "type of right"


def test_every_address_is_set_before_the_run(opened, context):
    addresses = {"right": 30, "left": 10, "sum": 20}
    assert opened.run(addresses, 7) and context.placed == addresses and context.runs == [7]
    assert not opened.run(addresses, 0)


def test_a_refused_address_stops_the_run(opened, context):
    assert not opened.run({"left": 10, "right": 30, "sum": 0}, 7)
    assert context.runs == []


def test_scratch_memory_is_a_pool():
    limits = []
    config = type("Config", (), {"set_memory_pool_limit": lambda self, *pair: limits.append(pair)})()
    Tensors().set_workspace(Trt, config, 1 << 28)
    assert limits == [("workspace", 1 << 28)]
