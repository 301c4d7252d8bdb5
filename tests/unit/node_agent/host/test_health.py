"""Health documents: the agent's quick check agrees with the schema that the application has to follow."""

import json
import os

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from node_agent.host import Heartbeat, Host, health

with open(os.path.join(health.DATA, "health.schema.json"), encoding="utf-8") as stream:
    SCHEMA = json.load(stream)
GOOD = {
    "schema": 1,
    "release": "a",
    "sequence": 3,
    "live": True,
    "ready": True,
    "state": "reading",
    "degraded": ["clock_unsynced"],
    "progress": None,
    "latency_ms": 41.5,
}
ODD = st.sampled_from([None, True, False, 0, -1, 1, 2, 0.5, 1.5, "", "a", "reading", [], ["gpu_missing"], ["?"], {}])


def fits_schema(document):
    return jsonschema.Draft7Validator(SCHEMA).is_valid(document)


def test_a_good_document():
    assert health.faults(GOOD) == [] and fits_schema(GOOD)


@given(st.sampled_from(sorted(GOOD) + ["surprise"]), ODD)
def test_quick_check_and_schema_agree_on_a_changed_value(key, value):
    document = dict(GOOD, **{key: value})
    assert (health.faults(document) == []) == fits_schema(document)


@given(st.sets(st.sampled_from(sorted(GOOD))))
def test_quick_check_and_schema_agree_on_missing_keys(gone):
    document = {key: value for key, value in GOOD.items() if key not in gone}
    assert (health.faults(document) == []) == fits_schema(document)


def test_every_reason_of_the_schema_has_a_meaning():
    assert set(SCHEMA["properties"]["degraded"]["items"]["enum"]) == set(health.reasons())
    assert set(SCHEMA["properties"]["state"]["enum"]) == set(health.STATES)
    assert all(entry["means"] for entry in health.reasons().values())


def test_reasons_from_the_surroundings_do_not_count_against_a_release():
    assert {"gpu_missing", "engine_stale"} <= health.blaming()
    assert not {"clock_unsynced", "disk_low", "throttled"} & health.blaming()


class WatchedHost(Host):
    def __init__(self):
        self.seconds, self.document = 0.0, None

    def monotonic(self):
        return self.seconds

    def health(self):
        return self.document


@pytest.mark.parametrize("document", [None, dict(GOOD, release="b"), dict(GOOD, live=False), {"schema": 1}])
def test_a_heartbeat_of_another_release_or_form_does_not_count(document):
    host = WatchedHost()
    beat = Heartbeat(host, "a")
    host.seconds, host.document = 7.0, document
    beat.look()
    assert beat.still_for() == 7.0


def test_only_a_new_number_is_a_heartbeat():
    host = WatchedHost()
    beat = Heartbeat(host, "a")
    host.seconds, host.document = 5.0, GOOD
    assert beat.look() == GOOD and beat.still_for() == 0.0
    host.seconds = 9.0
    beat.look()
    assert beat.still_for() == 4.0
