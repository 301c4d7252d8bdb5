"""What a board sends becomes a row; what it does not send becomes a reason."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fleet.gateway.messages import WrongMessage
from fleet.site.collecting import records
from tests.unit.fleet.site import samples

TOPIC = "nano-ocr/line-1/part"


def test_a_message_of_a_line_becomes_a_row():
    sent = samples.row(7)
    found = records.parse(TOPIC, samples.payload(7), "nano-ocr")
    assert (found.id, found.board, found.number, found.previous) == (sent.id, "line-1", 7, 6)
    assert (found.verdict, found.text, json.loads(found.reasons)) == (sent.verdict, sent.text, list(sent.reasons))
    assert json.loads(found.detail)["values"] == sent.values
    assert len(found) == len(records.COLUMNS)


WRONG = {
    "board": ("line-2", "the topic says"), "verdict": ("perhaps", "verdict"), "number": (-1, "number"),
    "previous": (True, "previous"), "wall": (1e300, "wall"), "clock_trusted": (1, "clock_trusted"),
    "reasons": ([1], "reasons"), "text": ("a\0b", "NUL"), "id": ("x" * 201, "201 signs"), "release": (None, "release"),
    "values": ({"lot": "\0"}, "NUL"), "name": ("\ud800", "Unicode"),
}  # fmt: skip


@pytest.mark.parametrize("name", WRONG)
def test_what_does_not_fit_says_why(name):
    value, why = WRONG[name]
    with pytest.raises(WrongMessage, match=why):
        records.parse(TOPIC, samples.changed(**{name: value}), "nano-ocr")


@pytest.mark.parametrize(
    ("payload", "why"),
    [
        (b"", "no JSON"), (b"\xff", "no JSON"), (b"[]", "object"), (b"[" * 100000, "no JSON"),
        (b" " * (records.MOST_BYTES + 1), "bytes"), (b'{"number": NaN}', "NaN"),
    ],
)  # fmt: skip
def test_what_is_no_message_at_all_says_why(payload, why):
    with pytest.raises(WrongMessage, match=why):
        records.parse(TOPIC, payload, "nano-ocr")


def test_a_number_that_is_too_large_for_json_is_refused():
    payload = samples.payload().replace(b'"detect": 21.0', b'"detect": 1e999')
    with pytest.raises(WrongMessage, match="too large"):
        records.parse(TOPIC, payload, "nano-ocr")


def test_a_backslash_before_u0000_is_no_nul_sign():
    assert json.loads(records.parse(TOPIC, samples.changed(name="\\u0000"), "nano-ocr").detail)["name"] == "\\u0000"


@pytest.mark.parametrize(
    "topic", ["nano-ocr/part", "nano-ocr//part", "nano-ocr/a/b/part", "other/a/part", "nano-ocr/a/state"]
)
def test_another_topic_is_refused(topic):
    with pytest.raises(WrongMessage, match="topic"):
        records.board_of(topic, "nano-ocr")


@given(st.binary(max_size=200) | st.recursive(st.none() | st.text() | st.floats() | st.integers(), st.lists).map(
    lambda value: json.dumps(value).encode("utf-8", "surrogatepass")))  # fmt: skip
def test_any_bytes_are_a_row_or_a_reason(payload):
    try:
        records.parse(TOPIC, payload, "nano-ocr")
    except WrongMessage as error:
        assert str(error)
