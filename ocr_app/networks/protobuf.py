"""The wire format of Protocol Buffers, as much of it as an ONNX file needs: fields in, fields out.

Source: "Encoding", the wire-format page of the Protocol Buffers documentation. Groups (wire types 3 and 4) are refused:
ONNX has none. Fields that a caller does not know keep their place and their bytes.
"""

import struct
from typing import Any, Iterable, List, NamedTuple, Tuple, Union

VARINT, FIXED64, BYTES, FIXED32 = 0, 1, 2, 5
_FIXED = {FIXED64: 8, FIXED32: 4}


class Field(NamedTuple):
    """``value``: an unsigned int (< 2^64) for VARINT, else bytes."""

    number: int
    wire: int
    value: Any


def parse(data: Union[bytes, memoryview]) -> List[Field]:
    """The fields of one message in their order. Raises ValueError for bytes that are none."""
    view, place, fields = memoryview(data), 0, []
    while place < len(view):
        key, place = _varint(view, place)
        number, wire = key >> 3, key & 7
        if number == 0:
            raise ValueError("field number 0")
        value, place = _value(view, place, wire)
        fields.append(Field(number, wire, value))
    return fields


def _value(view: memoryview, place: int, wire: int) -> Tuple[Any, int]:
    if wire == VARINT:
        return _varint(view, place)
    if wire == BYTES:
        length, place = _varint(view, place)
    elif wire in _FIXED:
        length = _FIXED[wire]
    else:
        raise ValueError("wire type {}".format(wire))
    if place + length > len(view):
        raise ValueError("the message ends inside a field")
    return view[place : place + length], place + length


def _varint(view: memoryview, place: int) -> Tuple[int, int]:
    number = 0
    for count in range(10):
        if place >= len(view):
            raise ValueError("the message ends inside a number")
        byte = view[place]
        place += 1
        number |= (byte & 0x7F) << (7 * count)
        if byte < 0x80:
            return number & (2**64 - 1), place
    raise ValueError("a number longer than ten bytes")


def serialise(fields: Iterable[Field]) -> bytes:
    """Inverse of :func:`parse`."""
    parts: List[bytes] = []
    for number, wire, value in fields:
        parts.append(_encoded(number << 3 | wire))
        if wire == VARINT:
            parts.append(_encoded(value))
        else:
            parts.extend([_encoded(len(value)), bytes(value)] if wire == BYTES else [bytes(value)])
    return b"".join(parts)


def _encoded(number: int) -> bytes:
    number &= 2**64 - 1  # negative numbers are written as their two's complement
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def text(number: int, value: str) -> Field:
    """A string field."""
    return Field(number, BYTES, value.encode("utf-8"))


def message(number: int, fields: Iterable[Field]) -> Field:
    """A field that is a message itself."""
    return Field(number, BYTES, serialise(fields))


def integer(number: int, value: int) -> Field:
    """An integer field; negative values as two's complement."""
    return Field(number, VARINT, value)


def all_of(fields: Iterable[Field], number: int) -> List[Any]:
    """Values of every field with this number."""
    return [field.value for field in fields if field.number == number]


def texts_of(fields: Iterable[Field], number: int) -> List[str]:
    """Strings of every field with this number. Raises ValueError where they are not UTF-8."""
    return [bytes(value).decode("utf-8") for value in all_of(fields, number)]


def text_of(fields: Iterable[Field], number: int) -> str:
    """The last string with this number, "" for none."""
    found = texts_of(fields, number)
    return found[-1] if found else ""


def integers_of(fields: Iterable[Field], number: int) -> List[int]:
    """Signed integers with this number, packed or not."""
    values: List[int] = []
    for field in fields:
        if field.number == number:
            values.extend([field.value] if field.wire == VARINT else _packed(memoryview(field.value)))
    return [value - 2**64 if value >= 2**63 else value for value in values]


def integer_of(fields: Iterable[Field], number: int, default: int = 0) -> int:
    """The last integer with this number."""
    found = integers_of(fields, number)
    return found[-1] if found else default


def floats_of(fields: Iterable[Field], number: int) -> List[float]:
    """32-bit floats with this number, packed or not."""
    data = b"".join(bytes(value) for value in all_of(fields, number))
    return [value for (value,) in struct.iter_unpack("<f", data)]


def _packed(view: memoryview) -> List[int]:
    place, values = 0, []
    while place < len(view):
        value, place = _varint(view, place)
        values.append(value)
    return values
