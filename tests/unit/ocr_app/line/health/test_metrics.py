"""Metrics as Prometheus expects them."""

from pathlib import Path

import pytest
from prometheus_client import parser

from ocr_app.line.health import health_file
from ocr_app.line.health.status import ServiceStatus

VERDICTS = {"pass", "fail", "no-read", "hold", "read", "error"}


@pytest.fixture
def status():
    return ServiceStatus()


def test_metrics_in_the_format_of_prometheus(status):
    status.enter(health_file.READING, {"reader": 'a "b"\n'})
    status.count("readings", "pass")
    status.degraded.set("x", ["disk_low"])
    text = status.metrics.text(status.snapshot(), 2, 8, "abc")
    info = 'nano_ocr_info{device="",engine="",precision="",reader="a \\"b\\"\\n",release="abc"} 1.0\n'
    assert info in text
    assert 'nano_ocr_readings_total{verdict="pass"} 1.0\n' in text and "nano_ocr_queue_length 2.0\n" in text
    assert 'nano_ocr_degraded{reason="disk_low"} 1.0\n' in text and 'reason="gpu_missing"} 0.0\n' in text
    for line in text.splitlines():
        assert line.startswith("#") or float(line.rsplit(" ", 1)[1]) >= 0


def families(status):
    text = status.metrics.text(status.snapshot(), 0, 8, "")
    return {family.name: family for family in parser.text_string_to_metric_families(text)}


def test_reading_times_are_a_histogram_in_seconds(status):
    for milliseconds in (8.0, 120.0, 12000.0):
        status.record_latency(milliseconds)
    family = families(status)["nano_ocr_reading_seconds"]
    assert family.type == "histogram"
    found = {(sample.name, sample.labels.get("le")): sample.value for sample in family.samples}
    assert found["nano_ocr_reading_seconds_count", None] == 3
    assert found["nano_ocr_reading_seconds_sum", None] == pytest.approx(12.128)
    buckets = [found["nano_ocr_reading_seconds_bucket", le] for le in ("0.01", "0.1", "0.15", "10.0", "+Inf")]
    assert buckets == [1, 1, 2, 2, 3]


def test_the_names_and_types_follow_the_conventions_of_prometheus(status):
    for name, family in families(status).items():
        assert name.startswith("nano_ocr_") and family.documentation.endswith(".")
        assert family.type in ("gauge", "counter", "histogram")
        for sample in family.samples:
            assert family.type != "counter" or sample.name == name + "_total"
            assert not sample.name.endswith("_created") and "millisecond" not in sample.name


def test_known_labels_are_there_as_zero_so_that_rates_start_from_it(status):
    found = families(status)
    assert {sample.labels["verdict"] for sample in found["nano_ocr_readings"].samples} == VERDICTS
    assert [sample.value for sample in found["nano_ocr_challenges"].samples] == [0.0, 0.0]
    assert [sample.value for sample in found["nano_ocr_output_lost"].samples] == [0.0]


def test_one_state_is_the_current_one(status):
    status.enter(health_file.WARMING_UP)
    samples = families(status)["nano_ocr_state"].samples
    assert [sample.labels["state"] for sample in samples if sample.value] == ["warming_up"]
    assert len(samples) == len(health_file.STATES)


def test_two_services_do_not_share_their_numbers(status):
    other = ServiceStatus()
    status.count("refused", "queue-full")
    assert families(other)["nano_ocr_refused"].samples == []
    assert [sample.value for sample in families(status)["nano_ocr_refused"].samples] == [1.0]


def test_every_metric_is_documented():
    text = (Path(__file__).resolve().parents[5] / "docs" / "reference" / "service-metrics.md").read_text()
    for family in families(ServiceStatus()).values():
        name = family.name + ("_total" if family.type == "counter" else "")
        assert "| `{}` | {} |".format(name, family.type) in text, name
