"""An engine as a network, on the stand-in of each version: batches in parts, shapes in the profile, memory freed."""

import sys

import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable, ModelError
from ocr_app.networks.tensorrt import installed
from ocr_app.networks.tensorrt.network import TensorrtNetwork

pytest.importorskip("onnxruntime")


@pytest.fixture
def trt(every_trt):
    """TensorRT 8.2, 8.5 and 10."""
    return every_trt


@pytest.fixture
def network(trt, make_model):
    """Five times its input, which has from 1 x 1 x 4 x 2 to 3 x 1 x 4 x 16 values."""
    data = make_model([("Mul", ["image", "five"], ["logits"])], {"five": [5.0]})
    return TensorrtNetwork(engine_of(trt, data), {"characters": "x"}, "five")


def engine_of(trt, data):
    builder = trt.Builder(trt.Logger(trt.Logger.WARNING))
    graph = builder.create_network(1 << int(trt.NetworkDefinitionCreationFlag.EXPLICIT_BATCH))
    assert trt.OnnxParser(graph, trt.Logger(trt.Logger.WARNING)).parse(data)
    config, profile = builder.create_builder_config(), builder.create_optimization_profile()
    installed.way(trt).set_workspace(trt, config, 1 << 28)
    profile.set_shape("image", (1, 1, 4, 2), (2, 1, 4, 8), (3, 1, 4, 16))
    config.add_optimization_profile(profile)
    return bytes(builder.build_serialized_network(graph, config))


def test_inputs_outputs_and_metadata(network):
    assert network.inputs == ("image",) and network.outputs == ("logits",)
    assert network.metadata == {"characters": "x"}


def test_a_batch_beyond_the_profile_goes_through_in_parts(network):
    image = np.arange(8 * 4 * 3, dtype=np.float32).reshape(8, 1, 4, 3)
    np.testing.assert_allclose(network.infer_one(image), image * 5, rtol=1e-6)


@pytest.mark.parametrize("shape", [(1, 1, 4, 17), (1, 1, 4, 1), (1, 1, 5, 8), (1, 4, 8), (0, 1, 4, 8)])
def test_a_shape_outside_the_profile_is_an_error(network, shape):
    with pytest.raises(ModelError) as caught:
        network.infer_one(np.zeros(shape, np.float32))
    assert str(shape) in caught.value.found and "16" in caught.value.expected


def test_bytes_that_are_no_engine(trt):
    with pytest.raises(ModelError, match="does not load"):
        TensorrtNetwork(b"no engine", {}, "x")


def test_buffers_grow_to_the_largest_shape_and_closing_gives_them_back(network):
    held = sys.modules["tensorrt._memory"].held
    before = dict(held)
    sizes = set()
    for width in (4, 16, 8):
        network.infer_one(np.ones((1, 1, 4, width), np.float32))
        sizes.add(sum(map(len, held.values())) - sum(map(len, before.values())))
    assert sizes == {2 * 4 * 4 * 4, 2 * 4 * 4 * 16} and len(held) == len(before) + 2
    network.close()
    network.close()
    assert held == before


def test_a_run_that_cannot_start_is_an_error(network, monkeypatch):
    monkeypatch.setattr(type(network._opened), "run", lambda *_: False)
    with pytest.raises(DeviceUnavailable, match="TensorRT could not run five"):
        network.infer_one(np.ones((1, 1, 4, 8), np.float32))


def test_an_engine_of_another_version_is_not_loaded(trt, network, make_model):
    data = engine_of(trt, make_model([("Mul", ["image", "five"], ["logits"])], {"five": [5.0]}))
    other = data.replace(trt.__version__.encode(), b"9.9.9.9")
    with pytest.raises(ModelError, match="does not load"):
        TensorrtNetwork(other, {}, "x")
