"""What may be installed on a node: downgrades, keys, groups, room on the disk; and staging twice."""

import pytest
from simulation import enumeration as story
from simulation.releases import KEY, id_of, release

from node_agent.errors import ReleaseRefused, WrongPhase
from node_agent.release import deploying, staging


def test_staging_twice_changes_nothing():
    made = story.fresh_node()
    story.stage(made, story.B)
    records = len(made.node().journal.read())
    assert story.stage(made, story.B).phase == "staged"
    assert story.stage(story.fresh_node(), story.A).phase == "idle"
    assert len(made.node().journal.read()) == records


def test_another_release_takes_the_place_of_a_staged_one():
    made = story.fresh_node()
    story.stage(made, story.B)
    other = release("C", 13)
    assert story.stage(made, other).candidate["version"] == "C"
    assert id_of(story.B) not in made.disk.names("releases")


def test_an_older_release_needs_a_reason_and_nothing_goes_below_the_floor():
    made, older = story.fresh_node(), release("old", 4)
    with pytest.raises(ReleaseRefused, match="older than 11"):
        story.stage(made, older)
    assert story.stage(made, older, downgrade_reason="field trial").deployment["reason"] == "field trial"
    assert story.deploy(made, release("C", 20, floor=15)) is None
    with pytest.raises(ReleaseRefused, match="floor"):
        story.stage(made, release("B2", 14), downgrade_reason="please")


def test_the_previous_release_is_not_a_downgrade():
    made = story.fresh_node()
    assert story.stage(made, story.ZERO).phase == "staged"


def test_a_release_cannot_retire_the_last_key():
    with pytest.raises(ReleaseRefused, match="every key"):
        story.stage(story.fresh_node(), release("C", 20, keys={"add": [], "retire": [KEY.id]}))


def test_a_group_needs_its_token():
    made = story.fresh_node()
    with pytest.raises(ReleaseRefused, match="a group needs"):
        story.stage(made, story.B, group="line 1")
    assert story.deploy(made, story.B, in_group=True) is None


def test_a_deployment_under_way_is_not_disturbed():
    made = story.fresh_node()
    story.stage(made, story.B)
    deploying.switch(made.node())
    with pytest.raises(WrongPhase, match="rebooting"):
        story.stage(made, release("C", 13))


def test_a_release_needs_room_for_its_files_and_its_image(monkeypatch):
    made = story.fresh_node()
    monkeypatch.setattr(staging, "KEEP_FREE", 1 << 60)
    with pytest.raises(ReleaseRefused, match="MB free"):
        story.stage(made, story.B)
    assert made.node().state().phase == "idle" and id_of(story.B) not in made.disk.names("releases")


@pytest.mark.parametrize(
    "changes", [{"target": {"l4t": "35.4", "machine": "aarch64"}}, {"target": {"l4t": "32.7", "machine": "x86_64"}}]
)
def test_a_release_for_another_host_is_refused_and_recorded(changes):
    made = story.fresh_node()
    with pytest.raises(ReleaseRefused, match="a release for"):
        story.stage(made, release("C", 20, **changes))
    assert made.node().journal.read()[-1]["event"] == "refused"
