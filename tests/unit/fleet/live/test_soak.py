"""What a soak test counts, and what it does not let go by."""

from types import SimpleNamespace

import pytest

from fleet.live import soak
from fleet.live.listening import HeardPart
from fleet.live.usage import UsageSample


def row(number, verdict="pass", **more):
    values = {"id": f"b-{number}", "text": "A", "reasons": (), "triggered": 1.0, "decided": 1.1}
    return SimpleNamespace(number=number, verdict=verdict, passed=verdict == "pass", **{**values, **more})


def heard(number, verdict="pass"):
    return HeardPart(number, verdict, "A", "")


@pytest.fixture
def everyone():
    """(journal, consumer, PLC) that agree about three parts."""
    mqtt = {f"b-{number}": heard(number) for number in (1, 2, 3)}
    plc = {number: heard(number) for number in (1, 2, 3)}
    consumer = SimpleNamespace(parts=lambda: mqtt, contradictions=0, repeated=1, asked=0)
    return [row(1), row(2), row(3)], mqtt, plc, consumer, SimpleNamespace(parts=lambda: plc, doubled=0)


def counts(everyone):
    rows, _, _, consumer, plc = everyone
    found = soak.counted(rows, consumer, plc)
    return {
        name: value for name, value in found.items() if name.endswith(("missing", "doubled", "unknown", "otherwise"))
    }


def test_when_all_agree_nothing_is_wrong(everyone):
    assert set(counts(everyone).values()) == {0}


def test_every_kind_of_wrong_is_counted(everyone):
    rows, mqtt, plc, *_ = everyone
    rows.append(row(5))
    del mqtt["b-1"], plc[2]
    mqtt["b-9"] = heard(9)
    plc[1] = heard(1, "fail")
    mqtt["b-2"] = heard(2, "fail")
    mqtt["b-5"] = heard(5)
    found = counts(everyone)
    assert found == {
        "journal_missing": 1, "journal_doubled": 0, "mqtt_missing": 1, "mqtt_unknown": 1, "mqtt_otherwise": 1,
        "modbus_missing": 1, "modbus_otherwise": 1,
    }  # fmt: skip


@pytest.fixture
def record(everyone):
    rows, _, _, consumer, plc = everyone
    samples = [UsageSample(60.0 * minute, 80.0, 18, 200.0) for minute in range(120)]
    return {
        "command": "./inv soak", "created": "2026-11-30T10:00:00+00:00", "hours": 2.0, "exit_code": 0,
        "machine": {"cpu": "A", "system": "B", "arch": "C"}, "faults": {"disk full": 3}, "modbus_replaced": 0.0,
        "parts": {**soak.counted(rows, consumer, plc), "decided": 1000}, "usage": soak.used(samples),
        "latency_ms": soak.drift(rows),
    }  # fmt: skip


def test_a_clean_run_says_so(record):
    assert soak.problems(record) == [] and record["usage"]["memory_mb_per_hour"] == 0.0
    page = soak.page(record)
    assert "Nothing was lost" in page and "disk full 3 times" in page and record["latency_ms"]["first"] == 100.0


def test_the_line_s_own_work_is_told_apart_from_what_others_do():
    rows = [SimpleNamespace(wall=1000.0 + 10.0 * k) for k in range(20)]
    samples = [
        UsageSample(10.0 * k, 80.0, 18, 200.0, {1: 0.5 * k}, machine_s=(2.5 if k <= 10 else 12.5) * k)
        for k in range(21)
    ]
    found = soak.tenths(samples, rows, 1000.0)
    assert found["first"] == {"cpu_ms_per_part": 500.0, "others_cores": 0.2}
    assert found["last"]["others_cores"] == 1.2 and soak.tenths(samples[:1], rows, 1000.0) == {}


@pytest.mark.parametrize(
    "change,said",
    [
        (("parts", {"mqtt_missing": 2}), "2 x mqtt missing"),
        (("parts", {"decided": 3}), "only 3 parts"),
        (("usage", {"memory_mb_per_hour": 99.0}), "memory grows by 99 MB"),
        (("usage", {"files_last": 90.0}), "72 files"),
        (("modbus_replaced", 1.0), "replaced"),
        (("exit_code", 1), "exit code 1"),
    ],
)
def test_what_must_not_be_is_named(record, change, said):
    name, value = change
    record[name] = {**record[name], **value} if isinstance(value, dict) else value
    assert any(said in each for each in soak.problems(record)) and f"**{soak.problems(record)[0]}" in soak.page(record)
