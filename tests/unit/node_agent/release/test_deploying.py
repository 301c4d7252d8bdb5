"""switch and commit: only in their phases, only with the group's token, never while the line is running."""

from types import SimpleNamespace

import pytest
from simulation import enumeration as story

from node_agent.errors import ProbeFailed, ReleaseRefused, UpdateLocked, WrongPhase
from node_agent.release import deploying


def test_nobody_commits_a_group_without_the_token():
    made = story.fresh_node()
    story.stage(made, story.B, group="line 1", token_sha256=story.TOKEN_SHA256)
    deploying.switch(made.node())
    assert story.boots(made) is None
    assert made.node().state().phase == "proven"
    for token in (None, "", "a guess", story.TOKEN_SHA256):
        with pytest.raises(ReleaseRefused, match="commits together with the group line 1"):
            deploying.commit(made.node(), token)
    assert made.node().state().phase == "proven"
    assert deploying.commit(made.node(), story.TOKEN).current["version"] == "B"


def test_commands_out_of_turn_are_refused():
    made = story.fresh_node()
    with pytest.raises(WrongPhase):
        deploying.switch(made.node())
    assert deploying.commit(made.node(), None).current["version"] == "A"  # committed already: done
    story.stage(made, story.B)
    with pytest.raises(WrongPhase):
        deploying.commit(made.node(), None)


def test_a_running_line_is_not_interrupted():
    made = story.fresh_node()
    story.stage(made, story.B)
    made.host.locks = ["line: line 1 is running"]
    with pytest.raises(UpdateLocked, match="line 1 is running"):
        deploying.switch(made.node())
    assert made.node().state().phase == "staged" and made.host.running_version() == "A"


def test_the_reboot_waits_for_a_stop_of_the_line():
    made = story.fresh_node()
    story.stage(made, story.B)
    made.disk.on_record = lambda event: made.host.locks.append("line") if event == "soaking" else None
    sleep = made.host.sleep

    def stop_line_after_a_while(seconds):
        sleep(seconds)
        if seconds == deploying.UNLOCK_POLL_S and made.host.seconds > 200:
            made.host.locks = []

    made.host.sleep = stop_line_after_a_while
    assert deploying.switch(made.node(), wait_for_line_s=3600.0).phase == "rebooting"
    assert made.host.reboot_asked and made.host.seconds > 200


def test_reasons_of_the_old_release_do_not_count_against_the_new_one():
    made = story.fresh_node()
    made.host.behaviour = {"A": {"loses the GPU"}, "B": {"loses the GPU"}}
    assert story.deploy(made, story.B) is None
    assert made.host.running_version() == "B"


def test_a_line_that_never_stops_keeps_the_board_from_its_reboot_and_is_named():
    now = [0.0]
    host = SimpleNamespace(
        monotonic=lambda: now[0],
        sleep=lambda seconds: now.__setitem__(0, now[0] + seconds),
        lock_holders=lambda: ["line 1 is running", "line 2 is running"],
    )
    with pytest.raises(ProbeFailed, match="the update lock is held: line 1 is running; line 2 is running"):
        deploying._wait_for_line(SimpleNamespace(host=host), 30.0)
    assert 30.0 <= now[0] < 60.0
