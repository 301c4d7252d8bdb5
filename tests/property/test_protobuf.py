"""Laws of the wire format."""

from hypothesis import given
from hypothesis import strategies as st

from ocr_app.networks import protobuf
from ocr_app.networks.protobuf import BYTES, FIXED32, FIXED64, VARINT, Field

NUMBERS = st.integers(1, 2**29 - 1)
FIELDS = st.one_of(
    st.builds(Field, NUMBERS, st.just(VARINT), st.integers(0, 2**64 - 1)),
    st.builds(Field, NUMBERS, st.just(BYTES), st.binary(max_size=300)),
    st.builds(Field, NUMBERS, st.just(FIXED32), st.binary(min_size=4, max_size=4)),
    st.builds(Field, NUMBERS, st.just(FIXED64), st.binary(min_size=8, max_size=8)),
)


@given(st.lists(FIELDS, max_size=20))
def test_fields_survive_the_round_trip(fields):
    again = protobuf.parse(protobuf.serialise(fields))
    assert [(f.number, f.wire, f.value if f.wire == VARINT else bytes(f.value)) for f in again] == fields


@given(st.integers(-(2**63), 2**63 - 1))
def test_signed_numbers_survive(number):
    fields = protobuf.parse(protobuf.serialise([protobuf.integer(1, number)]))
    assert protobuf.integer_of(fields, 1) == number


@given(st.binary(max_size=64))
def test_any_bytes_are_a_message_or_a_value_error(data):
    try:
        protobuf.parse(data)
    except ValueError:
        pass
