"""The messages of the worker protocol as documented; tests/property/test_protocol.py tries random ones."""

import json

import numpy as np
import pytest

from ocr_app.core.errors import DeviceUnavailable, ReaderFailed
from ocr_app.core.types import TextLine
from ocr_app.readers.contract import Probe, ReaderOptions
from ocr_app.workers import protocol


def code_of(call, *arguments):
    with pytest.raises(ReaderFailed) as caught:
        call(*arguments)
    return caught.value.code


def test_a_message_is_one_line_of_ascii():
    line = protocol.encode_message(protocol.request(3, "read", text="é\n"))
    assert line.endswith(b"\n") and line.count(b"\n") == 1 and json.loads(line.decode("ascii"))["text"] == "é\n"
    with pytest.raises(ValueError):
        protocol.encode_message({"id": 1, "result": float("nan")})


@pytest.mark.parametrize("line", [b"", b"[]", b"{}", b'{"id": -1}', b'{"id": true}', b'{"id": 1, "x": NaN}', b"\xff"])
def test_an_invalid_line_is_garbage(line):
    assert code_of(protocol.decode_message, line) == "garbage"


def test_an_answer_belongs_to_its_request():
    assert protocol.outcome_of(protocol.reply(4, "x"), 4) == ("x", None)
    assert code_of(protocol.outcome_of, protocol.reply(4, "x"), 5) == "garbage"
    assert code_of(protocol.outcome_of, {"id": 4}, 4) == "garbage"


def test_an_error_keeps_its_type():
    result, error = protocol.outcome_of(protocol.failure(4, DeviceUnavailable("no cuda")), 4)
    assert result is None and isinstance(error, DeviceUnavailable)


def test_another_version_is_refused():
    hello = protocol.WorkerHello("nano-ocr/worker/99", "3.6.15")
    assert code_of(protocol.decode_hello, protocol.encode_hello(hello)) == "protocol"
    right = protocol.WorkerHello(protocol.PROTOCOL, "3.6.15")
    assert protocol.decode_hello(protocol.encode_hello(right)) == right


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3)])
def test_pixels_come_through_and_are_a_copy(shape):
    image = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    decoded = protocol.decode_image(protocol.encode_image(image))
    np.testing.assert_array_equal(decoded, image)
    assert decoded.flags.writeable


@pytest.mark.parametrize(
    "change", [{"dtype": "float32"}, {"shape": [2, 3, 4]}, {"shape": [0, 3]}, {"data": "%"}, {"data": "AAAA"}]
)
def test_pixels_of_another_form_are_garbage(change):
    record = dict(protocol.encode_image(np.zeros((2, 3), np.uint8)), **change)
    assert code_of(protocol.decode_image, record) == "garbage"


def test_options_answers_and_probes_come_through():
    options = ReaderOptions("cuda", "fp16", 4, "tiny")
    assert protocol.decode_options(protocol.encode_options(options)) == options
    answer = protocol.WorkerAnswer([TextLine("A", np.ones((4, 2), np.float32), 0.1)], {"detect": 1.5}, ("noted",))
    decoded = protocol.decode_answer(protocol.encode_answer(answer))
    assert (decoded.timing_ms, decoded.notes, decoded.lines[0].confidence) == ({"detect": 1.5}, ("noted",), 0.1)
    probe = Probe((("lib", "1"),), ("cpu",), ("fp32",), ("a",), "a problem", "a step")
    assert protocol.decode_probe(protocol.encode_probe(probe)) == probe


@pytest.mark.parametrize("confidence", [-0.1, 1.1, "0.5", None, True])
def test_a_confidence_out_of_range_is_garbage(confidence):
    line = {"text": "A", "quad": [[0, 0]] * 4, "confidence": confidence}
    assert code_of(protocol.decode_answer, {"lines": [line], "timing_ms": {}}) == "garbage"
