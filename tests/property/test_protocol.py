"""Whatever is said in the worker protocol is understood; whatever is not it is refused as garbage."""

import json

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ocr_app.core import errors
from ocr_app.core.errors import ReaderFailed
from ocr_app.core.types import ReaderInfo, TextLine
from ocr_app.readers.contract import Probe, ReaderOptions
from ocr_app.workers import protocol

relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy computer is no failure

texts = st.text(max_size=20)
names = st.text(min_size=1, max_size=8)
coordinates = st.floats(-1e6, 1e6, width=32)
confidences = st.floats(0, 1)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=10,
)


@st.composite
def images(draw):
    shape = (draw(st.integers(1, 9)), draw(st.integers(1, 9)))
    shape += draw(st.sampled_from([(), (3,)]))
    data = draw(st.binary(min_size=int(np.prod(shape)), max_size=int(np.prod(shape))))
    return np.frombuffer(data, np.uint8).reshape(shape)


@st.composite
def lines(draw):
    quad = np.array(draw(st.lists(coordinates, min_size=8, max_size=8)), np.float32).reshape(4, 2)
    return TextLine(draw(texts), quad, draw(confidences))


def carried(message):
    """Through one line of bytes and back."""
    line = protocol.encode_message(protocol.reply(1, message))
    assert line.count(b"\n") == 1 and line.endswith(b"\n")
    result, error = protocol.outcome_of(protocol.decode_message(line), 1)
    assert error is None
    return result


@relaxed
@given(images())
def test_images_are_lossless(image):
    again = protocol.decode_image(carried(protocol.encode_image(image)))
    assert again.dtype == np.uint8 and again.shape == image.shape and np.array_equal(again, image)
    again[0] = 0  # the receiver may write into it


@relaxed
@given(st.lists(lines(), max_size=3), st.dictionaries(names, st.floats(0, 1e9), max_size=3))
def test_answers_survive_to_the_last_bit(found, timing):
    again = protocol.decode_answer(carried(protocol.encode_answer(protocol.WorkerAnswer(found, timing))))
    assert [(line.text, line.confidence) for line in again.lines] == [(line.text, line.confidence) for line in found]
    assert all(np.array_equal(a.quad, b.quad) and a.quad.dtype == np.float32 for a, b in zip(again.lines, found))
    assert again.timing_ms == timing


@relaxed
@given(texts, texts, st.integers(1, 64), st.none() | texts)
def test_options_come_back(device, precision, threads, model):
    options = ReaderOptions(device, precision, threads, model)
    assert protocol.decode_options(carried(protocol.encode_options(options))) == options


@relaxed
@given(texts, texts, texts, texts)
def test_descriptions_come_back(reader, engine, device, precision):
    info = ReaderInfo(reader, engine, device, precision)
    assert protocol.decode_info(carried(protocol.encode_info(info))) == info


@relaxed
@given(st.lists(st.tuples(texts, texts), max_size=3), st.lists(texts, max_size=3), st.none() | texts, texts)
def test_probes_come_back(versions, some, problem, next_step):
    probe = Probe(tuple(versions), tuple(some), tuple(some), tuple(some), problem, next_step)
    assert protocol.decode_probe(carried(protocol.encode_probe(probe))) == probe


@relaxed
@given(st.sampled_from(errors.ERRORS), texts, texts, texts, st.integers(0, 1000))
def test_errors_come_back_with_their_type_and_code(kind, found, expected, next_step, number):
    said = kind(found, expected, next_step)
    message = protocol.decode_message(protocol.encode_message(protocol.failure(number, said)))
    result, error = protocol.outcome_of(message, number)
    assert result is None
    assert (type(error), error.to_json()) == (kind, said.to_json())


@relaxed
@given(st.binary(max_size=60))
def test_bytes_that_are_no_message_are_garbage(line):
    refuse(lambda: protocol.outcome_of(protocol.decode_message(line), 1))


@relaxed
@given(json_values)
def test_values_of_another_shape_are_garbage(value):
    for decode in (
        protocol.decode_image,
        protocol.decode_answer,
        protocol.decode_options,
        protocol.decode_info,
        protocol.decode_probe,
    ):
        refuse(lambda decode=decode: decode(value))


@relaxed
@given(st.dictionaries(st.sampled_from(["lines", "timing_ms", "shape", "dtype", "data", "threads"]), json_values))
def test_records_with_wrong_fields_are_garbage(record):
    refuse(lambda: protocol.decode_answer(dict({"timing_ms": {}, "lines": [{}]}, **record)), may_pass=True)
    refuse(lambda: protocol.decode_image(dict({"dtype": "uint8", "shape": [1, 1], "data": "AA=="}, **record)), True)
    refuse(lambda: protocol.decode_options(dict(protocol.encode_options(ReaderOptions()), **record)), True)


@relaxed
@given(json_values, st.integers(0, 9))
def test_an_answer_to_another_request_is_garbage(result, number):
    message = protocol.reply(number, result)
    with pytest.raises(ReaderFailed):
        protocol.outcome_of(message, number + 1)


@pytest.mark.parametrize("constant", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_what_is_no_finite_number_is_garbage(constant):
    text = '{"id": 1, "result": {"lines": [], "timing_ms": {"detect": %s}}}' % constant
    refuse(lambda: protocol.decode_answer(protocol.decode_message(text.encode("ascii"))["result"]))


def test_nesting_without_end_is_garbage():
    refuse(lambda: protocol.decode_message(b"[" * 100000))


def test_a_message_is_plain_json():
    line = protocol.encode_message(protocol.request(4, "probe", reader="easyocr"))
    assert json.loads(line.decode("ascii")) == {"id": 4, "verb": "probe", "reader": "easyocr"}


def refuse(decode, may_pass=False):
    """``decode`` raises ReaderFailed "garbage" and nothing else."""
    try:
        decode()
    except ReaderFailed as error:
        assert error.code == "garbage"
    else:
        assert may_pass
