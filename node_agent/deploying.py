"""switch and commit: a staged release is tried, proves itself, survives a reboot, and takes over.

Each function begins in one phase and ends in the next. The first thing done in a phase is to write it down; the
journal therefore never says less than what was done.
"""

from typing import Callable, List, Optional

from node_agent import gate, health, running, slots, staging
from node_agent.errors import AgentError, Locked, OutsideError, ProbeFailed, Refused, RolledBack, WrongPhase
from node_agent.node import Node, save_checkpoint
from node_agent.state import State, must_run

UNLOCK_POLL_S = 10.0


def switch(node: Node, wait_for_line_s: float = 0.0) -> State:
    """From staged to the reboot. Returns in the phase rebooting; the boot goes on with `resume`.

    Raises Locked while the line runs, Refused before the switch, RolledBack after it.
    """
    state = node.state()
    if state.phase != "staged":
        raise WrongPhase("phase {}".format(state.phase), "staged", "python3 -m node_agent stage BUNDLE")
    refuse_running_line(node)
    baseline = preflight(node)
    return attempt(node, lambda: _tried(node, baseline, wait_for_line_s))


def refuse_running_line(node: Node) -> None:
    """Raises Locked with who holds the update lock."""
    holders = node.machine.lock_holders()
    if holders:
        raise Locked("the update lock is held: " + "; ".join(holders), "no lock", "try again when the line stands")


def preflight(node: Node) -> List[str]:
    """The last look before the old release stops: files, host, Docker, image. Returns the old one's reasons.

    Raises Refused or OutsideError, after the release was given up and the node is as it was.
    """
    state = node.record("preflight", release=node.state().candidate)
    candidate = state.candidate or {}
    try:
        _check_way_back(node, state)
        made = slots.check_files(node.disk, candidate["id"])
        slots.check_image(node.disk, node.machine, made)
        running.ensure_image(node, candidate)
    except AgentError as error:
        staging.abandon(node, error, "preflight")
        running.ensure(node, state.current)
        raise
    return _reasons_now(node, state)


def _reasons_now(node: Node, state: State) -> List[str]:
    """Reasons that the committed release gives before it stops: they do not speak against the next one."""
    document = node.machine.health() if state.current else None
    return sorted(document["degraded"]) if document and not health.faults(document) else []


def _check_way_back(node: Node, state: State) -> None:
    """Raises Refused unless the release that we may have to return to is whole on the disk."""
    if state.current is not None:
        try:
            slots.check_files(node.disk, state.current["id"])
        except Refused as error:
            words = "the way back is not safe: {}".format(error.found)
            raise Refused(words, "release {} whole".format(state.current["version"]), "stage that release again")


def _tried(node: Node, baseline: List[str], wait_for_line_s: float) -> State:
    put_in_place(node, baseline)
    _pass_gate(node)
    state = node.record("soaking")
    made = slots.load(node.disk, (state.candidate or {})["id"])
    gate.soak(node, made, state.baseline, made.gate.soak_s)
    _wait_for_line(node, wait_for_line_s)
    state = node.record("rebooting")
    node.machine.reboot()
    return state


def put_in_place(node: Node, baseline: List[str]) -> None:
    """From preflight, or parked, to gating: the old release stops, the candidate starts."""
    state = node.record("switching", baseline=baseline)
    node.machine.stop_app()
    running.ensure(node, state.candidate)
    node.record("gating")


def _pass_gate(node: Node) -> None:
    state = node.state()
    gate.passes(node, slots.load(node.disk, (state.candidate or {})["id"]), state.baseline)


def _wait_for_line(node: Node, patience_s: float) -> None:
    """The reboot interrupts the line too. Raises ProbeFailed when it never stood still."""
    start = node.machine.monotonic()
    while True:
        holders = node.machine.lock_holders()
        if not holders:
            return
        if node.machine.monotonic() - start >= patience_s:
            raise ProbeFailed("lock", "the update lock is held: " + "; ".join(holders), "a stop for the reboot")
        node.machine.sleep(UNLOCK_POLL_S)


def prove(node: Node) -> State:
    """After the reboot: the same gate again; then committed, or proven until the group's token comes."""
    state = attempt(node, lambda: _proved(node))
    return state if state.deployment.get("token_sha256") else commit(node, None)


def _proved(node: Node) -> State:
    state = node.record("proving")
    running.ensure(node, state.candidate)
    _pass_gate(node)
    made = slots.check_files(node.disk, (state.candidate or {})["id"])
    gate.soak(node, made, state.baseline, made.gate.live_s + 2 * made.gate.poll_s)
    return node.record("proven")


def commit(node: Node, token: Optional[str]) -> State:
    """Let the proven release take over. The record decides: before it the old release counts, after it the new.

    Raises WrongPhase, Refused (wrong token), RolledBack (the disk would not take the record, or a parked release
    did not pass its gate again).
    """
    state = node.state()
    if state.phase == "idle" and state.current and not state.failure:
        return state
    if state.phase not in ("proven", "parked"):
        raise WrongPhase("phase {}".format(state.phase), "proven", "python3 -m node_agent report")
    staging.check_token(state.deployment, token)
    if state.phase == "parked":
        attempt(node, lambda: _unparked(node))
    return attempt(node, lambda: _taken_over(node))


def _unparked(node: Node) -> State:
    """A power cut came between proof and commit: the old release ran on, the vote still holds."""
    state = node.state()
    running.ensure_image(node, state.candidate or {})
    put_in_place(node, _reasons_now(node, state))
    _pass_gate(node)
    return node.record("proven")


def _taken_over(node: Node) -> State:
    candidate = node.state().candidate or {}
    made = slots.check_files(node.disk, candidate["id"])
    state = node.record(
        "committed", release=candidate, floor=made.floor, keys_add=made.keys_add, keys_retire=made.keys_retire
    )
    tidy(node)
    return state


def tidy(node: Node) -> None:
    """After a decision: checkpoint, and what has no role goes. Failing is no harm; the next start does it again."""
    try:
        save_checkpoint(node)
        node.journal.keep_ballast()
        slots.clean(node.disk, node.machine, node.state())
    except AgentError as problem:
        node.say("not tidied ({}); the next start will".format(problem.found))


def attempt(node: Node, work: Callable[[], State]) -> State:
    """Result of ``work``; whatever fails in it brings the old release back and ends in RolledBack."""
    try:
        return work()
    except AgentError as error:
        probe = error.probe if isinstance(error, ProbeFailed) else error.code
        go_back(node, error, probe)
        raise RolledBack(
            "{}: {}".format(probe, error.found),
            error.expected,
            "python3 -m node_agent report --json   (the whole record, with the application's last lines)",
        ) from error


def go_back(node: Node, error: AgentError, probe: str) -> None:
    """The candidate stops, the committed release runs, and one record says why. Works without a writable disk.

    Raises Unavailable when the committed release cannot be made to run.
    """
    state = node.state()
    failure = node.failure(error, probe, state.phase)
    written = node.try_record("returning", failure=failure)
    if state.current is None or node.machine.running() != state.current["id"]:
        node.machine.stop_app()
    running.ensure(node, state.current)
    if written and node.try_record("returned"):
        tidy(node)


def roll_back(node: Node, reason: str) -> State:
    """By a person: give up the deployment under way, or, without one, swap current and previous.

    Raises Refused when there is nothing to go back to or the previous release is not sound.
    """
    state = node.state()
    error = ProbeFailed("operator", reason)
    if state.phase in ("staging", "staged", "preflight"):
        staging.abandon(node, error, "operator")
    elif state.phase != "idle":
        go_back(node, error, "operator")
    else:
        _swap(node, state, error)
    return node.state()


def _swap(node: Node, state: State, error: ProbeFailed) -> None:
    if state.previous is None:
        raise Refused("there is no previous release", "one", "stage an older release with --downgrade REASON")
    slots.check_files(node.disk, state.previous["id"])
    running.ensure_image(node, state.previous)
    failure = node.failure(error, "operator", "idle")
    state = node.record("rolled_back", release=state.previous, failure=failure)
    running.ensure(node, state.current)
    tidy(node)


def interrupted(node: Node) -> State:
    """After Ctrl-C or SIGTERM: what was begun and not committed is undone now."""
    node.journal.settle()
    state = node.state()
    error = OutsideError("interrupted in the phase {}".format(state.phase), "", "start the deployment again")
    if state.phase in ("staging", "preflight"):
        staging.abandon(node, error, "interrupt")
    elif state.phase in ("switching", "gating", "soaking", "rebooting", "proving", "returning"):
        go_back(node, error, "interrupt")
    running.ensure(node, must_run(node.state()))
    tidy(node)
    return node.state()
