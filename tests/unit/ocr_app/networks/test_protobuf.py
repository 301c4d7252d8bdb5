"""The wire format: the examples of its documentation, and bytes that are no message."""

import pytest

from ocr_app.networks import protobuf
from ocr_app.networks.protobuf import BYTES, FIXED32, VARINT, Field


def test_the_examples_of_the_documentation():
    (field,) = protobuf.parse(b"\x08\x96\x01")
    assert field == Field(1, VARINT, 150)
    (field,) = protobuf.parse(b"\x12\x07testing")
    assert (field.number, field.wire, bytes(field.value)) == (2, BYTES, b"testing")
    assert protobuf.serialise([protobuf.integer(1, 150), protobuf.text(2, "testing")]) == (
        b"\x08\x96\x01\x12\x07testing"
    )


def test_packed_and_unpacked_numbers_are_the_same():
    packed = protobuf.parse(b"\x32\x06\x03\x8e\x02\x9e\xa7\x05")
    unpacked = [protobuf.integer(6, number) for number in (3, 270, 86942)]
    assert protobuf.integers_of(packed, 6) == protobuf.integers_of(unpacked, 6) == [3, 270, 86942]


def test_negative_numbers_survive():
    fields = protobuf.parse(protobuf.serialise([protobuf.integer(3, -1), protobuf.integer(3, -(2**63))]))
    assert protobuf.integers_of(fields, 3) == [-1, -(2**63)]


def test_floats():
    fields = protobuf.parse(b"\x15\x00\x00\xc0\x3f")
    assert fields[0].wire == FIXED32 and protobuf.floats_of(fields, 2) == [1.5]


def test_the_last_value_wins_and_a_missing_one_is_the_default():
    fields = [protobuf.text(1, "a"), protobuf.text(1, "b"), protobuf.integer(2, 7)]
    assert protobuf.text_of(fields, 1) == "b" and protobuf.text_of(fields, 9) == ""
    assert protobuf.integer_of(fields, 2) == 7 and protobuf.integer_of(fields, 9, 4) == 4


@pytest.mark.parametrize(
    "data", [b"\x08", b"\x08\xff", b"\x12\x07test", b"\x0b", b"\x00\x00", b"\x08" + b"\xff" * 10 + b"\x01", b"\x15\x00"]
)
def test_anything_else_is_a_value_error(data):
    with pytest.raises(ValueError):
        protobuf.parse(data)
