"""What may come onto a node: downgrades, keys, groups, tokens; and doing it twice."""

import pytest
from simulation import enumeration as story
from simulation.releases import KEY, id_of, release
from simulation.signing import Signer

from node_agent import deploying, staging
from node_agent.errors import Refused, WrongPhase

NEXT = Signer("the next key")


def stage(made, source, **options):
    return staging.stage(made.node(), source, "deployment 7", **options)


def test_staging_twice_changes_nothing():
    made = story.place()
    stage(made, story.B)
    records = len(made.node().journal.read())
    assert stage(made, story.B).phase == "staged"
    assert stage(story.place(), story.A).phase == "idle"
    assert len(made.node().journal.read()) == records


def test_another_release_takes_the_place_of_a_staged_one():
    made = story.place()
    stage(made, story.B)
    other = release("C", 13)
    assert stage(made, other).candidate["version"] == "C"
    assert id_of(story.B) not in made.disk.names("releases")


def test_an_older_release_needs_a_reason_and_the_floor_stands_above_reasons():
    made, older = story.place(), release("old", 4)
    with pytest.raises(Refused, match="older than 11"):
        stage(made, older)
    assert stage(made, older, downgrade_reason="field trial").deployment["reason"] == "field trial"
    assert story.deploy(made, release("C", 20, floor=15)) is None
    with pytest.raises(Refused, match="floor"):
        stage(made, release("B2", 14), downgrade_reason="please")


def test_the_previous_release_is_no_downgrade():
    made = story.place()
    assert stage(made, story.ZERO).phase == "staged"


def test_keys_roll_over_with_a_committed_release_only():
    made = story.place()
    roll = release("C", 20, keys={"add": [NEXT.public], "retire": [KEY.id]})
    stage(made, roll)
    assert [key.id for key in made.node().trusted()] == [KEY.id]
    assert story.deploy(made, roll) is None
    assert [key.id for key in made.node().trusted()] == [NEXT.id]
    with pytest.raises(Refused, match="not trusted"):
        stage(made, release("D", 21))
    assert stage(made, release("D", 21, signer=NEXT)).phase == "staged"


def test_a_release_cannot_retire_the_last_key():
    with pytest.raises(Refused, match="every key"):
        stage(story.place(), release("C", 20, keys={"add": [], "retire": [KEY.id]}))


def test_a_group_needs_its_token():
    made = story.place()
    with pytest.raises(Refused, match="a group needs"):
        stage(made, story.B, group="line 1")
    assert story.deploy(made, story.B, in_group=True) is None


def test_nobody_commits_a_group_without_the_token():
    made = story.place()
    stage(made, story.B, group="line 1", token_sha256=story.TOKEN_SHA256)
    deploying.switch(made.node())
    assert story.boots(made) is None
    assert made.node().state().phase == "proven"
    for token in (None, "", "a guess", story.TOKEN_SHA256):
        with pytest.raises(Refused, match="commits together with the group line 1"):
            deploying.commit(made.node(), token)
    assert made.node().state().phase == "proven"
    assert deploying.commit(made.node(), story.TOKEN).current["version"] == "B"


def test_a_deployment_under_way_is_not_disturbed():
    made = story.place()
    stage(made, story.B)
    deploying.switch(made.node())
    with pytest.raises(WrongPhase, match="rebooting"):
        stage(made, release("C", 13))


def test_commands_out_of_turn_are_refused():
    made = story.place()
    with pytest.raises(WrongPhase):
        deploying.switch(made.node())
    assert deploying.commit(made.node(), None).current["version"] == "A"  # committed already: done
    stage(made, story.B)
    with pytest.raises(WrongPhase):
        deploying.commit(made.node(), None)


def test_a_person_can_give_up_a_deployment_in_any_phase():
    made = story.place()
    stage(made, story.B)
    deploying.roll_back(made.node(), "not today")
    assert made.node().state().phase == "idle" and made.disk.names("releases") == sorted(
        [id_of(story.A), id_of(story.ZERO)]
    )
    stage(made, story.B)
    deploying.switch(made.node())
    deploying.roll_back(made.node(), "not now either")
    state = made.node().state()
    assert made.machine.running_version() == "A" and state.failure["found"] == "not now either"


def test_there_is_nothing_to_roll_back_to_after_the_first_release():
    made = story.Place([KEY])
    assert story.deploy(made, story.A) is None
    with pytest.raises(Refused, match="no previous release"):
        deploying.roll_back(made.node(), "why not")


def test_a_damaged_journal_is_kept_and_the_checkpoint_goes_on():
    made = story.place()
    entry = made.disk._find("journal")
    entry.data = entry.synced = entry.data[:40] + b"X" + entry.data[41:]
    made.reboot_in_order()
    assert story.recover(made) is None
    assert made.machine.running_version() == "A" and made.disk.exists("journal.damaged-1")
    assert made.node().state().previous["version"] == "0"
    assert story.deploy(made, story.B) is None


def test_journal_and_checkpoint_damaged_is_said():
    made = story.place()
    for name in ("journal", "checkpoint"):
        entry = made.disk._find(name)
        entry.data = entry.synced = entry.data[:40] + b"X" + entry.data[41:]
    made.reboot_in_order()
    assert story.recover(made).code == "unavailable"
