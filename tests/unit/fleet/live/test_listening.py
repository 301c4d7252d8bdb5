"""Who hears of a part; with a real broker and a real server in tests/line."""

import json
import threading
from types import SimpleNamespace

import pytest

from fleet.live import listening
from fleet.live.listening import HeardPart, MqttListener
from ocr_app.line.journal.rows import PartRow
from ocr_app.line.outputs.registers import LineRegisters


def row(number, verdict="fail", text="AB7", reasons=("not-expected:date",)):
    times = {"triggered": 0.0, "captured": 0.0, "decided": 0.1, "wall": 0.0, "clock_trusted": True}
    return PartRow(
        number, f"b-boot-{number}", "b", "boot", "frame", "", "", verdict=verdict, text=text, reasons=reasons, **times
    )


@pytest.fixture
def registers():
    conditions = dict.fromkeys(("live", "ready", "busy", "degraded"), True)
    return LineRegisters(True, 4, lambda: conditions, lambda: None)


def test_registers_say_nothing_before_the_first_verdict(registers):
    assert listening.heard_in(registers.registers()) is None


def test_registers_say_what_the_journal_says_cut_to_their_space(registers):
    long = row(70001, reasons=("é" * 40,))
    registers.put(long)
    heard = listening.heard_in(registers.registers())
    assert heard == listening.shown_by_plc(listening.heard_from(long))
    assert heard.number == 70001 and heard.reason == "é" * 16


def test_registers_of_two_parts_are_no_verdict(registers):
    registers.put(row(5))
    words = registers.registers()
    words[-1] += 1
    assert listening.heard_in(words) is None


def test_a_journal_that_is_not_there_has_no_parts(tmp_path):
    assert listening.rows_of(tmp_path) == []


@pytest.fixture
def consumer(monkeypatch):
    """A listener whose client is the test."""
    published = []
    client = SimpleNamespace(publish=lambda topic, text, qos: published.append((topic, text)))
    made = MqttListener.__new__(MqttListener)
    made.by_id, made._numbers, made.repeated, made.contradictions, made.asked = {}, set(), 0, 0, 0
    made._lock = threading.Lock()

    def take(number, previous, verdict="pass"):
        record = {"number": number, "id": f"b-{number}", "previous": previous}
        record.update(verdict=verdict, text="", reasons=[])
        made._took(client, None, SimpleNamespace(topic="nano-ocr/b/part", payload=json.dumps(record).encode()))

    return SimpleNamespace(made=made, take=take, published=published)


def test_a_consumer_asks_for_what_it_missed_and_counts_what_comes_twice(consumer):
    consumer.take(1, None)
    consumer.take(4, 3)
    assert consumer.published == [("nano-ocr/b/resend", "1")] and consumer.made.asked == 1
    consumer.take(4, 3)
    assert consumer.made.repeated == 1 and consumer.made.contradictions == 0
    consumer.take(4, 3, verdict="fail")
    assert consumer.made.contradictions == 1 and consumer.made.parts()["b-4"] == HeardPart(4, "pass", "", "")
