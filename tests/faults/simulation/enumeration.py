"""Every fault in every state of a release, on the simulated node.

A story is always the same: release A is committed and runs, 0 is the one before; B comes. ``told`` tells it with one
fault and says how it ended. Nothing is sampled: a cut, a kill and Ctrl-C strike before every single step.
"""

import copy
import hashlib
import json
from collections import OrderedDict

from node_agent import deploying, resuming, slots, staging
from node_agent.errors import AgentError
from simulation.disk import SURVIVAL, PowerCut
from simulation.lasting import LASTING, ZERO, A, B
from simulation.releases import KEY
from simulation.simulated import Place

TOKEN = "the group's token"
TOKEN_SHA256 = hashlib.sha256(TOKEN.encode()).hexdigest()
STATES = (
    "idle", "staging", "staged", "preflight", "switching", "gating", "soaking", "rebooting", "proving", "proven",
    "committed",
)  # fmt: skip


def command(place, work):
    """One command of the agent as its command line runs it: errors are caught, Ctrl-C undoes what was begun."""
    node = place.node()
    try:
        work(node)
    except AgentError as error:
        return error
    except KeyboardInterrupt:
        deploying.interrupted(node)
        return KeyboardInterrupt()
    return None


def boots(place):
    """Reboots that were asked for, each with the agent's resume behind it."""
    error = None
    while place.machine.reboot_asked:
        place.reboot_in_order()
        error = command(place, resuming.resume)
    return error


def deploy(place, source, in_group=False):
    """stage, switch, reboot, resume, and in a group the commit; stops at the first command that fails."""
    group = {"group": "line 1", "token_sha256": TOKEN_SHA256} if in_group else {}
    steps = [lambda node: staging.stage(node, source, "deployment 7", **group), deploying.switch]
    for work in steps:
        error = command(place, work)
        if error is not None or place.node().state().phase == "idle":  # idle: this release runs already
            return error
    error = boots(place)
    if error is None and in_group:
        error = command(place, lambda node: deploying.commit(node, TOKEN))
    return error


_READY = []


def place():
    """A node on which A is committed and 0 is kept; a fresh copy every time."""
    if not _READY:
        made = Place([KEY])
        assert deploy(made, ZERO) is None and deploy(made, A) is None
        made.steps.arm(None)
        _READY.append(made)
    return copy.deepcopy(_READY[0])


def last_event(made):
    """Name of the state by the last whole line of the journal, read without the agent's own parser."""
    names = {"returned": "idle", "abandoned": "idle", "refused": "idle", "healed": "idle"}
    lines = made.disk.read("journal").split(b"\n")[:-1] if made.disk.exists("journal") else []
    events = []
    for line in lines:
        try:
            events.append(json.loads(line[17:].decode())["event"])
        except ValueError:
            break
    story = [event for event in events[_old_records() :] if event != "healed"]
    return names.get(story[-1], story[-1]) if story else "idle"


def _old_records():
    return len(_READY[0].node().journal.read())


def outcome(made, error):
    """How the story ended: what runs, what the journal calls it, and which probe spoke."""
    state = made.node().state()
    committed = state.current["version"] if state.current else None
    if error is not None and state.phase not in ("idle", "staged", "parked"):
        return "{} runs, written down when the disk can be written".format(made.machine.running_version())
    ending = {"idle": "", "staged": ", staged", "parked": ", waits for commit"}.get(state.phase, ", " + state.phase)
    if state.phase == "idle" and state.failure:
        ending = ", undone ({})".format(state.failure["probe"])
    if state.phase == "idle" and not state.failure:
        ending = ", committed" if committed == "B" else ""
    if error is not None and state.phase == "idle" and not state.failure and committed == "A":
        ending = ", refused"
    return "{} runs{}".format(made.machine.running_version(), ending)


def faults_of(made):
    """What must never be: half a release, a lost one, a leftover, a node that cannot go on; empty when all is well."""
    node, wrong = made.node(), []
    state = node.state()
    if state.phase not in ("idle", "staged", "parked", "proven"):
        wrong.append("stuck in " + state.phase)
    roles = [role for role in (state.current, state.previous, state.candidate) if role]
    for role in roles:
        try:
            slots.check_files(made.disk, role["id"])
        except AgentError as error:
            wrong.append("{} is not whole: {}".format(role["version"], error.found))
    if sorted(slots.names(made.disk)) != sorted({role["id"] for role in roles}):
        wrong.append("left over or gone: {}".format(slots.names(made.disk)))
    if made.disk.exists(slots.INCOMING):
        wrong.append("half a copy is left")
    before = len(node.journal.read())
    command(made, resuming.resume)
    if len(node.journal.read()) != before:
        wrong.append("a second resume is not quiet")
    return wrong


def count_steps(in_group=False):
    """Steps of a story in which nothing goes wrong."""
    made = place()
    assert deploy(made, B, in_group) is None
    assert made.machine.running_version() == "B"
    return len(made.steps.names)


def cut(step, survival, in_group=False):
    """(state at the cut, the node after power came back and the agent resumed, the resume's error)."""
    made = place()
    made.steps.arm(step)
    try:
        deploy(made, B, in_group)
    except PowerCut:
        pass
    else:
        raise AssertionError("step {} was never reached".format(step))
    made.lose_power(survival)
    state = last_event(made)
    return state, made, recover(made)


def recover(made):
    """The agent's first command after a boot or a restart, and what it asks for."""
    error = command(made, resuming.resume)
    return boots(made) or error


def kill(step, in_group=False):
    """As ``cut``, but only the agent dies: containers, memory and boot stay."""
    made = place()
    made.steps.arm(step)
    try:
        deploy(made, B, in_group)
    except PowerCut:
        pass
    state = last_event(made)
    return state, made, recover(made)


def interrupt(step, in_group=False):
    """As ``cut``, with Ctrl-C: the command itself has to undo what it began."""
    made = place()
    made.steps.arm(step, KeyboardInterrupt)
    states = []
    made.disk.on_record = states.append
    strike = made.steps.step

    def noting(name):
        try:
            strike(name)
        except KeyboardInterrupt:
            states.append("Ctrl-C")
            raise

    made.steps.step = noting
    deploy(made, B, in_group)
    before = states[: states.index("Ctrl-C")] if "Ctrl-C" in states else states
    return (before or ["idle"])[-1], made, None


def told(fault, state, source=B):
    """The story with a fault that begins when ``state`` was written down (at once for idle), and stays."""
    made = place()
    if state == "idle":
        fault(made)
    else:
        made.disk.on_record = lambda event: fault(made) if event == state else None
    error = deploy(made, source)
    return made, error


STRIKES = OrderedDict(
    [
        ("power cut", lambda step, group: [cut(step, survival, group) for survival in SURVIVAL]),
        ("agent killed", lambda step, group: [kill(step, group)]),
        ("Ctrl-C", lambda step, group: [interrupt(step, group)]),
    ]
)


def struck(name, in_group=False):
    """state -> set of outcomes, over every step of the story (and every survival of what was not synced)."""
    found = OrderedDict()
    for step in range(count_steps(in_group)):
        for state, made, error in STRIKES[name](step, in_group):
            found.setdefault(state, set()).add(outcome(made, error))
    return found


def lasting(name):
    """state -> outcome of a fault that begins there and stays."""
    found = OrderedDict()
    for state in STATES:
        made, error = told(LASTING[name], state)
        found[state] = outcome(made, error)
    return found
