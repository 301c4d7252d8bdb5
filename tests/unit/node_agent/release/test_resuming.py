"""resume: every phase becomes a consistent state; a damaged journal is replaced by the checkpoint."""

import pytest
from simulation import enumeration as story

from node_agent.errors import RolledBack
from node_agent.release import deploying, resuming


def test_a_damaged_journal_is_kept_and_the_checkpoint_replaces_it():
    made = story.fresh_node()
    entry = made.disk._find("journal")
    entry.data = entry.synced = entry.data[:40] + b"X" + entry.data[41:]
    made.reboot_in_order()
    assert story.recover(made) is None
    assert made.host.running_version() == "A" and made.disk.exists("journal.damaged-1")
    assert made.node().state().previous["version"] == "0"
    assert story.deploy(made, story.B) is None


def test_a_damaged_journal_and_checkpoint_are_an_error():
    made = story.fresh_node()
    for name in ("journal", "checkpoint"):
        entry = made.disk._find(name)
        entry.data = entry.synced = entry.data[:40] + b"X" + entry.data[41:]
    made.reboot_in_order()
    assert story.recover(made).code == "unavailable"


def test_resuming_a_node_at_rest_writes_nothing():
    made = story.fresh_node()
    records = len(made.node().journal.read())
    assert resuming.resume(made.node()).phase == "idle"
    assert len(made.node().journal.read()) == records


def test_a_requested_reboot_that_has_not_come_is_requested_again():
    made = story.fresh_node()
    story.stage(made, story.B)
    deploying.switch(made.node())
    made.host.reboot_asked = False
    assert resuming.resume(made.node()).phase == "rebooting" and made.host.reboot_asked


def test_an_interrupted_switch_is_undone():
    made = story.fresh_node()
    story.stage(made, story.B)
    deploying.preflight(made.node())
    deploying.start_candidate(made.node(), [])
    with pytest.raises(RolledBack, match="interrupted in the phase gating"):
        resuming.resume(made.node())
    assert made.host.running_version() == "A"


def proven_node():
    """A node that waits for its group with B running."""
    made = story.fresh_node()
    story.stage(made, story.B, group="line 1", token_sha256=story.TOKEN_SHA256)
    deploying.switch(made.node())
    assert story.boots(made) is None and made.node().state().phase == "proven"
    return made


def test_a_proven_candidate_that_runs_waits_for_its_group():
    made = proven_node()
    records = len(made.node().journal.read())
    assert resuming.resume(made.node()).phase == "proven"
    assert made.host.running_version() == "B" and len(made.node().journal.read()) == records


@pytest.mark.parametrize("other", ["0" * 64, "f" * 64, None])
def test_a_proven_candidate_that_does_not_run_is_parked(other):
    """Whether the digest of what runs instead comes before or after the candidate's."""
    made = proven_node()
    made.host.started = other and [dict(made.host.started[0], id=other, version="another"), *made.host.started[1:]]
    resuming.resume(made.node())
    assert [record["event"] for record in made.node().journal.read()][-1] == "parked"
    assert made.host.running_version() == "A"
