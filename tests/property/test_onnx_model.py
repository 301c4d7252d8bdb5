"""Whatever the bytes, a file is a model or a ModelError: no other exception reaches the user."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx_files import model_bytes

from ocr_app.core.errors import ModelError
from ocr_app.networks import half, onnx_model
from ocr_app.networks.graph import constants, element_types, foreign_domains
from ocr_app.networks.rewriting import make_node

NODES = [
    make_node("Conv", ["image", "weight"], ["conv"], kernel_shape=[1, 1], group=1),
    make_node("Cast", ["conv"], ["whole"], to=onnx_model.INT64),
    make_node("Cast", ["whole"], ["logits"], to=onnx_model.FLOAT),
]
MODEL = model_bytes(NODES, {"weight": np.ones((2, 1, 1, 1), np.float32)}, ["n", 1, 4, "w"], metadata=[("a", "b")])
PLACES = st.integers(0, len(MODEL) - 1)


def examine(data):
    """All that is asked of a model that has been loaded; raises nothing but ModelError."""
    try:
        model = onnx_model.loads(data)
        foreign_domains(model), constants(model), element_types(model), half.rounded(model)
    except ModelError:
        return None
    return model


@given(st.binary(max_size=64))
def test_any_bytes_are_a_model_or_a_model_error(data):
    examine(data)


@settings(max_examples=500)
@given(st.dictionaries(PLACES, st.integers(0, 255), min_size=1, max_size=4))
def test_a_model_with_bytes_changed_is_a_model_or_a_model_error(changes):
    data = bytearray(MODEL)
    for place, value in changes.items():
        data[place] = value
    examine(bytes(data))


@given(PLACES, st.binary(max_size=8))
def test_a_model_with_bytes_put_in_is_a_model_or_a_model_error(place, more):
    examine(MODEL[:place] + more + MODEL[place:])


@given(PLACES)
def test_a_model_cut_short_is_a_model_or_a_model_error(place):
    examine(MODEL[:place])


def test_the_model_itself_is_one():
    assert len(examine(MODEL).nodes) == 3
