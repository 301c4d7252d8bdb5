"""ONNX files read without the onnx package."""

import numpy as np
import pytest

from ocr_app.core import model_files
from ocr_app.core.errors import ModelError
from ocr_app.networks import onnx_model, onnx_runtime, protobuf
from ocr_app.networks.onnx_model import BOOL, FLOAT, FLOAT16, INT64

PUBLIC = [name for name in sorted(model_files.index()) if name.endswith(".onnx")]
TYPES = {"tensor(float)": FLOAT, "tensor(int64)": INT64, "tensor(bool)": BOOL, "tensor(int32)": 6}


def test_what_a_file_holds(small_net):
    model = onnx_model.loads(small_net)
    assert [node.op for node in model.nodes] == ["Conv", "Relu", "Reshape", "Shape", "MatMul"]
    assert model.nodes[0].inputs == ("image", "weight", "bias") and model.nodes[0].outputs == ("conv",)
    assert model.inputs == (onnx_model.ValueInfo("image", FLOAT, (None, 1, 4, None)),)
    assert (model.outputs, model.opset, model.domains) == (("logits",), 13, ())
    assert model.metadata == {"characters": '["", "A"]'}
    np.testing.assert_array_equal(model.initializers["shape"].array, [0, 3, -1])
    np.testing.assert_allclose(model.initializers["weight"].array.ravel(), [-1, 0.15, 1.3])


def test_onnx_runtime_takes_what_is_written(small_net, saved):
    network = onnx_runtime.OnnxNetwork(saved(small_net), threads=1)
    image = np.arange(16, dtype=np.float32).reshape(1, 1, 4, 4)
    answer = network.infer_one(image)
    expected = np.maximum(image.reshape(1, 1, 16) * [[-1.0], [0.15], [1.3]] + [[0.1], [0.2], [700.3]], 0)
    np.testing.assert_allclose(answer, expected, rtol=1e-6)
    assert network.metadata["characters"] == '["", "A"]'


def test_element_types(small_net):
    types = onnx_model.element_types(onnx_model.loads(small_net))
    assert types["size"] == INT64 and types["shape"] == INT64 and types["logits"] == types["flat"] == FLOAT


@pytest.mark.parametrize("kind", [FLOAT, INT64, FLOAT16, BOOL, 6, 11])
def test_tensors_of_every_kind_survive(kind):
    array = np.array([[0, 1, 1], [1, 0, 1]])
    tensor = onnx_model.Tensor("t", kind, array)
    again = onnx_model.tensor_of(onnx_model.tensor_field(5, tensor).value)
    assert (again.name, again.data_type) == ("t", kind)
    np.testing.assert_array_equal(again.array, array)


def test_tensors_in_list_fields():
    def made(kind, number, values):
        own = [protobuf.integer(1, 2), protobuf.integer(2, kind)]
        return onnx_model.tensor_of(protobuf.serialise(own + values(number))).array.tolist()

    packed = np.array([1.5, -2.0], "<f4").tobytes()
    assert made(FLOAT, 4, lambda n: [protobuf.Field(n, protobuf.BYTES, packed)]) == [1.5, -2.0]
    assert made(INT64, 7, lambda n: [protobuf.integer(n, -5), protobuf.integer(n, 6)]) == [-5, 6]
    assert made(FLOAT16, 5, lambda n: [protobuf.integer(n, 0x3C00), protobuf.integer(n, 0xC000)]) == [1.0, -2.0]


@pytest.mark.parametrize("data", [b"", b"not a model", b"\x3a\x02\x0a", b"\x3a\x00\x3a\x00"])
def test_what_is_no_model_is_refused_by_name(data, saved):
    with pytest.raises(ModelError, match=r"model\.onnx is not an ONNX model"):
        onnx_model.load(saved(data))


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(ModelError, match="cannot read"):
        onnx_model.load(str(tmp_path / "none.onnx"))


def test_data_outside_the_file_is_refused():
    tensor = [protobuf.integer(2, FLOAT), protobuf.message(13, [protobuf.text(1, "location")])]
    with pytest.raises(ValueError, match="outside"):
        onnx_model.tensor_of(protobuf.serialise(tensor))


@pytest.mark.parametrize("name", PUBLIC)
def test_public_models_survive_to_the_byte_and_their_types_are_those_of_onnx_runtime(name):
    if model_files.missing([name]):
        pytest.skip("model {} is not fetched; ./inv models --all".format(name))
    model = onnx_model.load(model_files.locate(name))
    with open(model_files.locate(name), "rb") as stream:
        assert onnx_model.with_graph(model, model.graph) == stream.read()
    session = onnx_runtime.session(
        onnx_model.with_every_output(model), onnx_runtime.check_device("cpu"), 1, name, optimised=False
    )
    types = onnx_model.element_types(model)
    assert len(session.get_outputs()) > 100
    for output in session.get_outputs():
        assert TYPES[output.type] == types[output.name], output.name


@pytest.mark.parametrize("threads", [1, 3])
def test_threads_are_honoured(small_net, saved, threads):
    options = onnx_runtime.OnnxNetwork(saved(small_net), threads=threads)._session.get_session_options()
    assert (options.intra_op_num_threads, options.inter_op_num_threads) == (threads, 1)
