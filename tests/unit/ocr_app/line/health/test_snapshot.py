"""The document of health that is made from the state of the service."""

import pytest

from ocr_app.line.health import health_file
from ocr_app.line.health.snapshot import StatusSnapshot, document


@pytest.mark.parametrize("latency,expected", [({}, None), ({"0.5": 10.0, "0.95": 20.12345, "0.99": 30.0}, 20.123)])
def test_the_latency_is_the_95th_percentile_where_there_is_one(latency, expected):
    snapshot = StatusSnapshot(health_file.READING, True, True, ["throttled", "disk_low"], latency, {})
    record = document(snapshot, "abc", 7)
    assert record.pop("latency_ms", None) == expected
    assert record == health_file.document("abc", 7, True, True, "reading", ["disk_low", "throttled"])
