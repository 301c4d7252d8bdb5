"""Every fault in every state of a release, on the simulated node.

The story is always the same: release A is committed and runs, 0 is the release before it, and B is deployed.
``run_with_fault`` runs it with one fault and returns how it ended. Nothing is sampled: a power cut, a kill and Ctrl-C
strike before every single step.
"""

import copy
import hashlib
import json
from collections import OrderedDict

from node_agent.errors import AgentError
from node_agent.release import deploying, resuming, rollback, slots, staging
from simulation.disk import SURVIVAL, PowerCut
from simulation.lasting import LASTING, ZERO, A, B
from simulation.releases import KEY
from simulation.simulated import SimulatedNode

TOKEN = "the group's token"
TOKEN_SHA256 = hashlib.sha256(TOKEN.encode()).hexdigest()
STATES = (
    "idle", "staging", "staged", "preflight", "switching", "gating", "soaking", "rebooting", "proving", "proven",
    "committed",
)  # fmt: skip


def command(made, work):
    """Run one command of the agent as its command line does: errors are caught, Ctrl-C undoes what was begun."""
    node = made.node()
    try:
        work(node)
    except AgentError as error:
        return error
    except KeyboardInterrupt:
        rollback.interrupted(node)
        return KeyboardInterrupt()
    return None


def stage(made, source, **options):
    """Stage a release as deployment 7; returns the state after it."""
    return staging.stage(made.node(), source, "deployment 7", **options)


def boots(made):
    """Carry out the requested reboots, each followed by the agent's resume."""
    error = None
    while made.host.reboot_asked:
        made.reboot_in_order()
        error = command(made, resuming.resume)
    return error


def deploy(made, source, in_group=False):
    """stage, switch, reboot, resume, and commit in a group; stops at the first command that fails."""
    group = {"group": "line 1", "token_sha256": TOKEN_SHA256} if in_group else {}
    steps = [lambda node: staging.stage(node, source, "deployment 7", **group), deploying.switch]
    for work in steps:
        error = command(made, work)
        if error is not None or made.node().state().phase == "idle":  # idle: this release runs already
            return error
    error = boots(made)
    if error is None and in_group:
        error = command(made, lambda node: deploying.commit(node, TOKEN))
    return error


_READY = []


def fresh_node():
    """A node on which A is committed and 0 is the previous release; a fresh copy every time."""
    if not _READY:
        made = SimulatedNode([KEY])
        assert deploy(made, ZERO) is None and deploy(made, A) is None
        made.steps.arm(None)
        _READY.append(made)
    return copy.deepcopy(_READY[0])


def last_event(made):
    """The state by the last complete line of the journal, read without the agent's own parser."""
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
    """How the story ended: what runs, the state by the journal, and which probe failed."""
    state = made.node().state()
    committed = state.current["version"] if state.current else None
    if error is not None and state.phase not in ("idle", "staged", "parked"):
        return "{} runs, recorded when the disk can be written".format(made.host.running_version())
    ending = {"idle": "", "staged": ", staged", "parked": ", waits for commit"}.get(state.phase, ", " + state.phase)
    if state.phase == "idle" and state.failure:
        ending = ", undone ({})".format(state.failure["probe"])
    if state.phase == "idle" and not state.failure:
        ending = ", committed" if committed == "B" else ""
    if error is not None and state.phase == "idle" and not state.failure and committed == "A":
        ending = ", refused"
    return "{} runs{}".format(made.host.running_version(), ending)


def faults_of(made):
    """What must never happen: a partial, lost or leftover release, or a node that is stuck; empty when all is well."""
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
    """The number of steps of a story in which nothing goes wrong."""
    made = fresh_node()
    assert deploy(made, B, in_group) is None
    assert made.host.running_version() == "B"
    return len(made.steps.names)


def cut(step, survival, in_group=False):
    """(state at the cut, the node after the power returned and the agent resumed, the error of the resume)."""
    made = fresh_node()
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
    """The agent's first command after a boot or a restart, and the reboots that it requests."""
    error = command(made, resuming.resume)
    return boots(made) or error


def kill(step, in_group=False):
    """As ``cut``, but only the agent dies: containers and memory stay, and nothing reboots."""
    made = fresh_node()
    made.steps.arm(step)
    try:
        deploy(made, B, in_group)
    except PowerCut:
        pass
    state = last_event(made)
    return state, made, recover(made)


def interrupt(step, in_group=False):
    """As ``cut``, with Ctrl-C: the command itself has to undo what it began."""
    made = fresh_node()
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


def run_with_fault(fault, state, source=B):
    """Run the story with a fault that begins when ``state`` is recorded (at once for idle) and lasts."""
    made = fresh_node()
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
        made, error = run_with_fault(LASTING[name], state)
        found[state] = outcome(made, error)
    return found
