"""What a board sends is taken, and what none sends is refused with a reason."""

import json
from datetime import datetime, timezone

import pytest

from fleet.gateway import messages
from fleet.gateway.messages import WrongMessage

PART = {
    "number": 7, "id": "b-q-7", "boot": "q", "verdict": "pass", "text": "é", "reasons": [], "values": {"lot": "7"},
    "recipe": "r", "wall": 1e9, "clock_trusted": True, "previous": 6,
}  # fmt: skip
STATE = {"ready": True, "degraded": ["disk_low"], "passes": 3, "rejects": 1, "boot": "q"}


def part(**more):
    return messages.parse_part(json.dumps({**PART, **more}).encode())


def test_topics():
    assert messages.parse_topic("a/b/line-3/part", "a/b") == ("line-3", "part")
    for topic in ("a/b/part", "a/b/line-3/resend", "a/b/c/d/part", "x/line-3/part", "a/b//part"):
        assert messages.parse_topic(topic, "a/b") is None


def test_a_part():
    found = part()
    assert (found.number, found.text, found.values, found.previous) == (7, "é", {"lot": "7"}, 6)
    assert found.triggered == datetime(2001, 9, 9, 1, 46, 40, tzinfo=timezone.utc)


@pytest.mark.parametrize(
    "wrong",
    [{"number": "7"}, {"number": -1}, {"number": True}, {"number": 1 << 63}, {"verdict": "maybe"}, {"reasons": [1]},
     {"wall": 1e300}, {"wall": "now"}, {"clock_trusted": 1}, {"previous": "x"}, {"values": []}],
)  # fmt: skip
def test_a_part_that_none_sends(wrong):
    with pytest.raises(WrongMessage):
        part(**wrong)


@pytest.mark.parametrize("payload", [b"{", b"[]", b"\xff", b"[" * 100000, b'"' + b"x" * (1 << 20) + b'"'])
def test_no_message_at_all(payload):
    with pytest.raises(WrongMessage):
        messages.parse_part(payload)


def test_the_state_and_the_availability():
    found = messages.parse_state(json.dumps(STATE).encode())
    assert found == messages.StateMessage(True, ("disk_low",), 3, 1, "q")
    assert messages.parse_availability(b"online") and not messages.parse_availability(b"offline")
    with pytest.raises(WrongMessage):
        messages.parse_availability(b"on")
