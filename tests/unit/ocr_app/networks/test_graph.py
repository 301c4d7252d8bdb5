"""Constants, element types and operator sets, from the operators alone."""

import pytest

from ocr_app.core.errors import ModelError
from ocr_app.networks import onnx_model
from ocr_app.networks.graph import constants, element_types, foreign_domains
from ocr_app.networks.onnx_model import BOOL, DOUBLE, FLOAT, FLOAT16, INT64
from ocr_app.networks.rewriting import make_node


def test_element_types(small_net):
    types = element_types(onnx_model.loads(small_net))
    assert types["size"] == INT64 and types["shape"] == INT64 and types["logits"] == types["flat"] == FLOAT


@pytest.fixture
def types_of(raw_model):
    """The element type of ``logits``, which a node writes, and of its second output."""

    def types(op, inputs, **attributes):
        node = make_node(op, inputs, ["logits", "second"], **attributes)
        found = element_types(onnx_model.loads(raw_model([node], {"flags": [True], "sizes": [4]}, ["n", 4])))
        return found["logits"], found["second"]

    return types


@pytest.mark.parametrize(
    "op, inputs, attributes, expected",
    [
        ("Less", ["image", "image"], {}, BOOL),
        ("ArgMax", ["image"], {}, INT64),
        ("Cast", ["image"], {"to": FLOAT16}, FLOAT16),
        ("Identity", ["flags"], {}, BOOL),
        ("Where", ["flags", "sizes", "sizes"], {}, INT64),
        ("Constant", [], {"value_float": 1.0}, FLOAT),
        ("Constant", [], {"value_ints": [1, 2]}, INT64),
        ("ConstantOfShape", ["sizes"], {}, FLOAT),
        ("RandomNormal", [], {"shape": [4]}, FLOAT),
        ("Unknown", ["nowhere"], {}, FLOAT),
    ],
)
def test_the_types_of_single_operators(types_of, op, inputs, attributes, expected):
    assert types_of(op, inputs, **attributes)[0] == expected


@pytest.mark.parametrize("op", ["TopK", "MaxPool"])
def test_a_second_output_may_be_indices(types_of, op):
    assert types_of(op, ["image"]) == (FLOAT, INT64)


def test_a_constant_has_the_type_of_its_value(types_of):
    value = make_value(DOUBLE, [1.0])
    assert types_of("Constant", [], value=value)[0] == DOUBLE
    assert types_of("ConstantOfShape", ["sizes"], value=value)[0] == DOUBLE


def make_value(kind, numbers):
    return onnx_model.library().helper.make_tensor("value", kind, [len(numbers)], numbers)


@pytest.mark.parametrize("attributes", [{}, {"to": "FLOAT"}])
def test_a_cast_that_does_not_say_to_which_type_is_refused(types_of, attributes):
    with pytest.raises(ModelError, match="Cast that writes logits"):
        types_of("Cast", ["image"], **attributes)


def test_what_is_computed_from_constants_is_constant(make_model):
    nodes = [("Neg", ["w"], ["v"]), ("Add", ["v", ""], ["u"]), ("Add", ["u", "image"], ["logits"])]
    assert constants(onnx_model.loads(make_model(nodes, {"w": [1.0]}))) == {"w", "v", "u"}


def test_operator_sets_of_others_are_named(raw_model):
    nodes = [
        make_node("Relu", ["image"], ["a"]),
        make_node("Swish", ["a"], ["b"], domain="com.vendor"),
        make_node("Relu", ["b"], ["logits"], domain="ai.onnx"),
    ]
    assert foreign_domains(onnx_model.loads(raw_model(nodes, {}, ["n", 4]))) == ["com.vendor"]
