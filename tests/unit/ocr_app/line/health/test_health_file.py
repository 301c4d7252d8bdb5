"""health.json: what is written fits the agent's schema; a heartbeat that stands still is found without a clock."""

import json
from pathlib import Path

import pytest

from ocr_app.core.errors import ServiceError
from ocr_app.line.health import health_file

SCHEMA = Path(__file__).resolve().parents[5] / "node_agent" / "data" / "health.schema.json"


def test_a_document_fits_the_schema_of_the_agent():
    jsonschema = pytest.importorskip("jsonschema", reason="not in the environments of the device side")
    schema = json.loads(SCHEMA.read_text())
    record = health_file.document("abc", 3, True, False, health_file.WARMING_UP, ["disk_low", "clock_unsynced"])
    jsonschema.validate(record, schema)
    jsonschema.validate(dict(record, progress=0.5, latency_ms=12.5), schema)
    assert tuple(schema["properties"]["state"]["enum"]) == health_file.STATES


def test_what_was_written_is_read_and_nothing_half_written_lies_about(tmp_path):
    record = health_file.document("abc", 3, True, True, health_file.READING, [])
    health_file.write(str(tmp_path), record)
    assert health_file.read(str(tmp_path)) == record
    assert [path.name for path in tmp_path.iterdir()] == ["health.json"]


def beating(folder, sequences):
    """A sleep during which the next sequence is written."""
    left = list(sequences)

    def sleep(seconds):
        if left:
            health_file.write(folder, health_file.document("a", left.pop(0), True, True, health_file.READING, []))

    sleep(0)
    return sleep


def test_a_heartbeat_that_goes_on_is_found(tmp_path):
    record = health_file.wait_for_beat(str(tmp_path), 1.0, beating(str(tmp_path), [1, 1, 2]))
    assert record["sequence"] == 2


def test_a_heartbeat_that_was_started_again_counts(tmp_path):
    assert health_file.wait_for_beat(str(tmp_path), 1.0, beating(str(tmp_path), [900, 0]))["sequence"] == 0


def test_one_that_stands_still_does_not(tmp_path):
    with pytest.raises(ServiceError, match="has stayed at 7"):
        health_file.wait_for_beat(str(tmp_path), 1.0, beating(str(tmp_path), [7]))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"sequence": true, "live": true, "ready": true}', '{"sequence": 1}'])
def test_garbage_is_no_health(tmp_path, text):
    (tmp_path / "health.json").write_text(text)
    with pytest.raises(ServiceError, match="not a document of health"):
        health_file.read(str(tmp_path))


def test_no_file_is_no_health(tmp_path):
    with pytest.raises(ServiceError, match="No such file"):
        health_file.read(str(tmp_path))
