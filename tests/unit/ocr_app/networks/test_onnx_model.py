"""ONNX files loaded, viewed and changed; everything else is refused by the file's name."""

import sys

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from ocr_app.core import model_files
from ocr_app.core.errors import ModelError, ReaderUnavailable
from ocr_app.networks import onnx_model, onnx_runtime, rewriting
from ocr_app.networks.graph import element_types
from ocr_app.networks.onnx_model import BOOL, DOUBLE, FLOAT, FLOAT16, INT32, INT64

PUBLIC = [name for name in sorted(model_files.index()) if name.endswith(".onnx")]
TYPES = {"tensor(float)": FLOAT, "tensor(int64)": INT64, "tensor(bool)": BOOL, "tensor(int32)": INT32}


def test_what_a_file_holds(small_net):
    model = onnx_model.loads(small_net)
    assert [node.op for node in model.nodes] == ["Conv", "Relu", "Reshape", "Shape", "MatMul"]
    assert model.nodes[0].inputs == ("image", "weight", "bias") and model.nodes[0].outputs == ("conv",)
    assert model.inputs == (onnx_model.ValueInfo("image", FLOAT, (None, 1, 4, None)),)
    assert (model.outputs, model.opset, model.domains) == (("logits",), 13, ())
    assert model.metadata == {"characters": '["", "A"]'}
    np.testing.assert_array_equal(model.initializers["shape"].array, [0, 3, -1])
    np.testing.assert_allclose(model.initializers["weight"].array.ravel(), [-1, 0.15, 1.3])


def changed(data, change):
    """The model's bytes after ``change(ModelProto)``."""
    proto = onnx.ModelProto.FromString(data)
    change(proto)
    return proto.SerializeToString()


def with_tensor(data, tensor):
    return changed(data, lambda proto: proto.graph.initializer.extend([tensor]))


def with_attribute(data, attribute):
    return changed(data, lambda proto: proto.graph.node[0].attribute.extend([attribute]))


@pytest.mark.parametrize("kind", [FLOAT, 2, 3, 4, 5, INT32, INT64, BOOL, FLOAT16, DOUBLE, 12, 13])
@pytest.mark.parametrize("raw", [False, True])
def test_tensors_of_every_kind_are_read(small_net, kind, raw):
    array = np.array([[0, 1, 1], [1, 0, 1]])
    dtype = numpy_helper.to_array(onnx.TensorProto(data_type=kind, dims=[0])).dtype
    values = array.astype(dtype).tobytes() if raw else array.ravel().tolist()
    made = onnx_model.loads(with_tensor(small_net, helper.make_tensor("t", kind, [2, 3], values, raw=raw)))
    tensor = made.initializers["t"]
    assert (tensor.name, tensor.data_type, tensor.array.dtype) == ("t", kind, dtype)
    np.testing.assert_array_equal(tensor.array, array)


def test_negative_and_packed_values_are_read(small_net):
    def read(**fields):
        tensor = onnx.TensorProto(name="t", dims=[2], **fields)
        return onnx_model.loads(with_tensor(small_net, tensor)).initializers["t"].array.tolist()

    assert read(data_type=FLOAT, float_data=[1.5, -2.0]) == [1.5, -2.0]
    assert read(data_type=INT64, int64_data=[-5, 6]) == [-5, 6]
    assert read(data_type=FLOAT16, int32_data=[0x3C00, 0xC000]) == [1.0, -2.0]


def test_attributes_of_every_kind_are_read(small_net):
    given = {"f": 0.5, "i": -3, "s": b"same", "floats": [1.0, 2.0], "ints": [1, -2], "strings": [b"a", b"b"]}
    node = rewriting.make_node("Conv", ["image", "weight"], ["conv"], **given)
    node.attribute.extend([helper.make_attribute("t", numpy_helper.from_array(np.array([1, 2]), "inner"))])
    data = changed(small_net, lambda proto: proto.graph.node[0].CopyFrom(node))
    attributes = onnx_model.loads(data).nodes[0].attributes
    tensor = attributes.pop("t")
    assert attributes == given
    assert [type(attributes[key]) for key in sorted(given)] == [float, list, int, list, bytes, list]
    assert (tensor.name, tensor.data_type, tensor.array.tolist()) == ("inner", INT64, [1, 2])


def test_operator_sets_of_others_are_named(small_net):
    def change(proto):
        proto.opset_import[0].domain = "ai.onnx"
        proto.opset_import.extend([helper.make_opsetid("com.vendor", 1)])
        proto.graph.node[0].domain = "com.vendor"

    model = onnx_model.loads(changed(small_net, change))
    assert (model.opset, model.domains, model.nodes[0].domain) == (13, ("com.vendor",), "com.vendor")


def test_an_initializer_that_is_listed_as_an_input_is_not_one(small_net):
    extra = helper.make_tensor_value_info("weight", FLOAT, [3, 1, 1, 1])
    model = onnx_model.loads(changed(small_net, lambda proto: proto.graph.input.extend([extra])))
    assert [value.name for value in model.inputs] == ["image"]


@pytest.mark.parametrize("data", [b"", b"not a model", b"\x3a\x02\x0a", b"\x3a\x00\x3a\x00", b"\x08\x07", b"\x00" * 64])
def test_what_is_not_a_model_is_refused_by_name(data, saved):
    with pytest.raises(ModelError, match=r"model\.onnx is not an ONNX model"):
        onnx_model.load(saved(data))


def test_a_file_cut_short_anywhere_inside_the_graph_is_refused(small_net):
    for length in range(len(small_net) - 40):
        with pytest.raises(ModelError, match="not an ONNX model"):
            onnx_model.loads(small_net[:length])


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(ModelError, match="cannot read"):
        onnx_model.load(str(tmp_path / "none.onnx"))


def external(**fields):
    tensor = onnx.TensorProto(name="t", data_type=FLOAT, dims=[1], **fields)
    tensor.external_data.add(key="location", value="/etc/passwd")
    return tensor


@pytest.mark.parametrize("tensor", [external(), external(data_location=onnx.TensorProto.EXTERNAL)])
def test_data_outside_the_file_is_refused_and_not_opened(small_net, saved, tensor):
    path = saved(with_tensor(small_net, tensor))
    with pytest.raises(ModelError, match="outside the file"):
        onnx_model.load(path)
    value = helper.make_attribute("value", tensor)
    with pytest.raises(ModelError, match="outside the file"):
        onnx_model.load(saved(with_attribute(small_net, value)))


@pytest.mark.parametrize(
    "tensor",
    [
        onnx.TensorProto(name="t", data_type=FLOAT, dims=[2**40], raw_data=b"\x00" * 4),
        onnx.TensorProto(name="t", data_type=FLOAT, dims=[2**40, 2**40], float_data=[1.0]),
        onnx.TensorProto(name="t", data_type=FLOAT, dims=[3], raw_data=b"\x00" * 5),
        onnx.TensorProto(name="t", data_type=INT64, dims=[-3], int64_data=[1, 2]),
        onnx.TensorProto(name="t", data_type=onnx.TensorProto.STRING, dims=[1], string_data=[b"a"]),
        onnx.TensorProto(name="t", data_type=16, dims=[1], raw_data=b"\x00\x00"),
        onnx.TensorProto(name="t", data_type=99, dims=[1], raw_data=b"\x00\x00"),
        onnx.TensorProto(name="t", dims=[1]),
    ],
    ids=["huge", "beyond-integers", "odd-bytes", "negative", "strings", "bfloat16", "unknown-type", "no-type"],
)
def test_tensors_that_are_not_what_they_say_are_refused(small_net, tensor):
    with pytest.raises(ModelError, match="not an ONNX model"):
        onnx_model.loads(with_tensor(small_net, tensor))


def test_control_flow_is_refused(small_net):
    graph = onnx.ModelProto.FromString(small_net).graph
    with pytest.raises(ModelError, match=r"then_branch.*without control flow"):
        onnx_model.loads(with_attribute(small_net, helper.make_attribute("then_branch", graph)))


def test_deeply_nested_graphs_are_refused(small_net):
    data = onnx.GraphProto(name="inner").SerializeToString()
    for _ in range(300):
        attribute = b"\x32" + length(data) + data
        node = b"\x2a" + length(attribute) + attribute
        data = b"\x0a" + length(node) + node
    with pytest.raises(ModelError):
        onnx_model.loads(b"\x3a" + length(data) + data)


def length(data):
    """The length of ``data`` as Protocol Buffers writes it."""
    number, out = len(data), bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    return bytes(out) + bytes([number])


def test_sparse_weights_are_refused(small_net):
    def change(proto):
        proto.graph.sparse_initializer.add().dims.extend([1])

    with pytest.raises(ModelError, match="sparse"):
        onnx_model.loads(changed(small_net, change))


def test_an_operator_without_outputs_is_refused(small_net):
    with pytest.raises(ModelError, match=r"operator Conv .*no output"):
        onnx_model.loads(changed(small_net, lambda proto: proto.graph.node[0].ClearField("output")))


def test_text_that_is_not_utf_8_is_refused(small_net):
    with pytest.raises(ModelError, match="not an ONNX model"):
        onnx_model.loads(small_net.replace(b"image", b"im\xff\xfee"))


def test_without_the_onnx_package_the_reason_is_given(small_net, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ReaderUnavailable, match="Python package onnx"):
        onnx_model.loads(small_net)


@pytest.mark.parametrize("name", PUBLIC)
def test_public_models_survive_to_the_byte_and_their_types_are_those_of_onnx_runtime(name):
    if model_files.missing([name]):
        pytest.skip("model {} is not fetched; ./inv models --all-sets".format(name))
    model = onnx_model.load(model_files.locate(name))
    with open(model_files.locate(name), "rb") as stream:
        assert rewriting.copy_of(model).SerializeToString() == stream.read()
    session = onnx_runtime.session(
        rewriting.with_every_output(model), onnx_runtime.check_device("cpu"), 1, name, optimised=False
    )
    types = element_types(model)
    assert len(session.get_outputs()) > 100
    for output in session.get_outputs():
        assert TYPES[output.type] == types[output.name], output.name
