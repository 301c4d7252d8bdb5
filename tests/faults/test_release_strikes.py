"""Power cut, killed agent, Ctrl-C: before every step of a release, whatever the disk kept, the right release runs."""

import pytest
from simulation import enumeration as story
from simulation.disk import SURVIVAL, PowerCut

from node_agent.release import deploying, resuming, rollback

OLD, NEW = "A", "B"
UNDONE = (OLD, "idle")
# state in which it struck -> (what runs afterwards, phase afterwards)
POWER = {
    "idle": UNDONE,
    "staging": UNDONE,
    "staged": (OLD, "staged"),
    "preflight": UNDONE,
    "switching": UNDONE,
    "gating": UNDONE,
    "soaking": UNDONE,
    "rebooting": (NEW, "idle"),  # the cut is the reboot that had to come; B is proved by it
    "proving": UNDONE,
    "proven": (OLD, "parked"),
    "committed": (NEW, "idle"),
}
KILLED = dict(POWER, proven=(NEW, "proven"))
IN_GROUP = dict(POWER, rebooting=(NEW, "proven"))


def check(expected, state, made):
    assert (made.host.running_version(), made.node().state().phase) == expected[state], state
    current = made.node().state().current["version"]
    assert current == (NEW if state == "committed" or expected[state] == (NEW, "idle") else OLD)
    assert story.faults_of(made) == []
    assert (made.host.running_version(), made.node().state().phase) == expected[state]


def finish(made, in_group=False):
    """What a person or the play does next: it always ends with B committed."""
    phase = made.node().state().phase
    if phase in ("parked", "proven"):
        token = story.TOKEN if in_group else None
        assert story.command(made, lambda node: deploying.commit(node, token)) is None
    elif phase == "staged":
        assert story.command(made, deploying.switch) is None
        assert story.boots(made) is None
        if in_group:
            assert story.command(made, lambda node: deploying.commit(node, story.TOKEN)) is None
    else:
        assert story.deploy(made, story.B, in_group) is None
    assert made.host.running_version() == NEW
    state = made.node().state()
    assert (state.current["version"], state.previous["version"], state.phase) == (NEW, OLD, "idle")


@pytest.mark.parametrize("survival", SURVIVAL)
def test_power_cut_before_every_step(survival):
    seen = set()
    for step in range(story.count_steps()):
        state, made, _ = story.cut(step, survival)
        check(POWER, state, made)
        finish(made)
        seen.add(state)
    assert seen == set(POWER)


@pytest.mark.parametrize("survival", SURVIVAL)
def test_power_cut_before_every_step_in_a_group(survival):
    seen = set()
    for step in range(story.count_steps(in_group=True)):
        state, made, _ = story.cut(step, survival, in_group=True)
        check(IN_GROUP, state, made)
        finish(made, in_group=True)
        seen.add(state)
    assert seen == set(IN_GROUP)


@pytest.mark.parametrize("survival", SURVIVAL)
def test_a_second_power_cut_before_every_step_of_the_recovery(survival):
    """One cut in the middle of each state, then one before each step of the resume behind it."""
    middles = {}
    for step in range(story.count_steps()):
        middles.setdefault(story.cut(step, survival)[0], []).append(step)
    for state, steps in middles.items():
        for again in range(200):
            made = recut(steps[len(steps) // 2], again, survival)
            if made is None:
                break
            check_after_two(state, made)
        else:
            raise AssertionError("the recovery from {} does not end".format(state))


def recut(step, again, survival):
    """The node after both cuts and a resume; None when the recovery has no such step."""
    made = story.fresh_node()
    made.steps.arm(step)
    with pytest.raises(PowerCut):
        story.deploy(made, story.B)
    made.lose_power(survival)
    made.steps.arm(again)
    try:
        story.recover(made)
    except PowerCut:
        made.lose_power(survival)
        story.recover(made)
        return made
    return None


def check_after_two(state, made):
    found = made.node().state()
    if state == "rebooting" and found.current["version"] == OLD:
        assert found.phase in ("idle", "parked")  # the second cut struck in proving or proven
        assert made.host.running_version() == OLD
    else:
        wanted = POWER[state] if state != "rebooting" else (NEW, "idle")
        assert (made.host.running_version(), found.phase) == wanted, state
    assert story.faults_of(made) == []
    finish(made)


def test_killed_agent_before_every_step():
    seen = set()
    for step in range(story.count_steps()):
        state, made, _ = story.kill(step)
        check(KILLED, state, made)
        finish(made)
        seen.add(state)
    assert seen == set(KILLED)


@pytest.mark.parametrize("in_group", [False, True])
def test_ctrl_c_before_every_step_undoes_what_was_begun(in_group):
    for step in range(story.count_steps(in_group)):
        _, made, _ = story.interrupt(step, in_group)
        state = made.node().state()
        wanted = NEW if state.current["version"] == NEW or state.phase == "proven" else OLD
        assert made.host.running_version() == wanted, step
        assert not made.host.reboot_asked or wanted == OLD
        assert story.faults_of(made) == [], step
        finish(made, in_group)


def test_ctrl_c_and_then_a_power_cut_lose_nothing():
    """A record that Ctrl-C left unsynced is synced before anything is built on it."""
    for step in range(story.count_steps()):
        _, made, _ = story.interrupt(step)
        made.lose_power("lost")
        story.recover(made)
        state = made.node().state()
        assert made.host.running_version() == state.current["version"], step
        assert story.faults_of(made) == [], step


def test_power_cut_during_the_first_installation_leaves_nothing_running():
    for survival in SURVIVAL:
        for step in range(200):
            made = story.SimulatedNode([story.KEY])
            made.steps.arm(step)
            try:
                story.deploy(made, story.A)
                break
            except PowerCut:
                made.lose_power(survival)
                story.recover(made)
                current = made.node().state().current
                assert made.host.running_version() == (current["version"] if current else None)
                assert story.faults_of(made) == []


def test_an_operator_s_rollback_is_whole_before_every_step():
    for survival in SURVIVAL:
        for step in range(200):
            made = story.fresh_node()
            made.steps.arm(step)
            try:
                assert story.command(made, lambda node: rollback.roll_back(node, "bad prints")) is None
                break
            except PowerCut:
                made.lose_power(survival)
                assert story.command(made, resuming.resume) is None
                state = made.node().state()
                assert made.host.running_version() == state.current["version"]
                assert {state.current["version"], state.previous["version"]} == {"0", "A"}
                assert story.faults_of(made) == []
        assert made.host.running_version() == "0"
