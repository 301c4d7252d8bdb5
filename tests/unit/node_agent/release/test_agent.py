"""What every step works with: records, trusted keys, failures."""

import logging

import pytest
from simulation import enumeration as story
from simulation.releases import KEY, release
from simulation.signing import Signer

from node_agent.errors import HostError, ReleaseRefused, WrongPhase

NEXT = Signer("the next key")


def test_keys_roll_over_with_a_committed_release_only():
    made = story.fresh_node()
    roll = release("C", 20, keys={"add": [NEXT.public], "retire": [KEY.id]})
    story.stage(made, roll)
    assert [key.id for key in made.node().trusted()] == [KEY.id]
    assert story.deploy(made, roll) is None
    assert [key.id for key in made.node().trusted()] == [NEXT.id]
    with pytest.raises(ReleaseRefused, match="not trusted"):
        story.stage(made, release("D", 21))
    assert story.stage(made, release("D", 21, signer=NEXT)).phase == "staged"


def test_a_record_says_when_who_and_in_which_boot():
    made = story.fresh_node()
    made.node().record("healed", what="docker")
    record = made.node().journal.read()[-1]
    assert (record["event"], record["what"], record["by"]) == ("healed", "docker", "the test")
    assert record["boot_id"] == made.host.boot_id() and record["clock_trusted"] and record["at"] > 0


def test_a_record_that_does_not_fit_is_not_written():
    made = story.fresh_node()
    before = made.disk.read("journal")
    with pytest.raises(WrongPhase):
        made.node().record("proven")
    assert made.disk.read("journal") == before


def test_a_record_that_cannot_be_written_is_logged(caplog):
    made = story.fresh_node()
    made.disk.read_only = True
    with caplog.at_level(logging.WARNING, "node_agent"):
        assert not made.node().try_record("healed", what="docker")
    assert [record.getMessage() for record in caplog.records] == ["record_not_written"]
    assert "read-only" in caplog.records[0].fields["reason"]


def test_a_record_is_logged_with_its_release_and_reason(caplog):
    made = story.fresh_node()
    with caplog.at_level(logging.INFO, "node_agent"):
        story.stage(made, story.B)
    assert [record.getMessage() for record in caplog.records] == ["staging", "staged"]
    assert caplog.records[0].fields == {"release": "ocr-app B"}


def test_a_failure_is_recorded_even_without_a_log():
    made = story.fresh_node()

    def broken(count):
        raise HostError("journalctl: not found")

    made.host.log_lines = broken
    failure = made.node().failure(HostError("found", "expected", "next"), "live", "gating", {"id": "b" * 64})
    assert failure == {
        "found": "found", "expected": "expected", "next": "next", "probe": "live", "phase": "gating",
        "by": "the test", "log": ["the log cannot be read: journalctl: not found"], "release": "b" * 64,
    }  # fmt: skip
