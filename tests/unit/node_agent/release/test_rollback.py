"""Undoing: by an operator, after a failure, after an interruption."""

import pytest
from simulation import enumeration as story
from simulation.releases import KEY, id_of

from node_agent.errors import HostError, ProbeFailed, ReleaseRefused, RolledBack
from node_agent.release import deploying, rollback


def test_an_operator_can_give_up_a_deployment_in_any_phase():
    made = story.fresh_node()
    story.stage(made, story.B)
    rollback.roll_back(made.node(), "not today")
    assert made.node().state().phase == "idle" and made.disk.names("releases") == sorted(
        [id_of(story.A), id_of(story.ZERO)]
    )
    story.stage(made, story.B)
    deploying.switch(made.node())
    rollback.roll_back(made.node(), "not now either")
    state = made.node().state()
    assert made.host.running_version() == "A" and state.failure["found"] == "not now either"


def test_after_the_first_release_there_is_nothing_to_return_to():
    made = story.SimulatedNode([KEY])
    assert story.deploy(made, story.A) is None
    with pytest.raises(ReleaseRefused, match="no previous release"):
        rollback.roll_back(made.node(), "why not")


def fail(error):
    raise error


def test_an_attempt_that_fails_restores_the_committed_release():
    made = story.fresh_node()
    story.stage(made, story.B)
    deploying.start_candidate(preflight(made), [])
    assert made.host.running_version() == "B"
    with pytest.raises(RolledBack, match="speed: too slow"):
        rollback.attempt(made.node(), lambda: fail(ProbeFailed("speed", "too slow")))
    assert made.host.running_version() == "A" and made.node().state().failure["probe"] == "speed"


def preflight(made):
    node = made.node()
    deploying.preflight(node)
    return node


def test_abandoning_removes_the_copy_and_keeps_the_reason():
    made = story.fresh_node()
    story.stage(made, story.B)
    rollback.abandon(made.node(), HostError("no room"), "stage")
    assert id_of(story.B) not in made.disk.names("releases")
    assert made.node().state().failure["found"] == "no room"


def test_an_operator_s_rollback_swaps_current_and_previous():
    made = story.fresh_node()
    for version in ("0", "A"):
        state = rollback.roll_back(made.node(), "bad prints")
        assert (state.current["version"], state.failure["probe"]) == (version, "operator")
        assert made.host.running_version() == version


def test_without_anything_to_undo_an_interruption_changes_nothing():
    made = story.fresh_node()
    records = len(made.node().journal.read())
    assert rollback.interrupted(made.node()).phase == "idle"
    assert len(made.node().journal.read()) == records and made.host.running_version() == "A"
