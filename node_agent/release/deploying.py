"""switch and commit: a staged release is tried, passes its gate, survives a reboot, and takes over.

Each function begins in one phase and ends in the next. The first action of a phase is to record it; the journal
therefore never says less than what was done.
"""

import hashlib
import hmac
from typing import Any, Dict, List, Optional

from node_agent.errors import AgentError, ProbeFailed, ReleaseRefused, UpdateLocked, WrongPhase
from node_agent.host import health
from node_agent.release import gate, running, slots
from node_agent.release.agent import Agent
from node_agent.release.rollback import abandon, attempt, tidy
from node_agent.store.state import DeploymentState

UNLOCK_POLL_S = 10.0


def switch(agent: Agent, wait_for_line_s: float = 0.0) -> DeploymentState:
    """From staged to the reboot. Returns in the phase rebooting; after the boot, `resume` continues.

    Raises UpdateLocked while the line is running, ReleaseRefused before the switch, RolledBack after it.
    """
    state = agent.state()
    if state.phase != "staged":
        raise WrongPhase("phase {}".format(state.phase), "staged", "python3 -m node_agent stage BUNDLE")
    refuse_running_line(agent)
    baseline = preflight(agent)
    return attempt(agent, lambda: _try_candidate(agent, baseline, wait_for_line_s))


def refuse_running_line(agent: Agent) -> None:
    """Raises UpdateLocked with the holders of the update lock."""
    holders = agent.host.lock_holders()
    if holders:
        found = "the update lock is held: " + "; ".join(holders)
        raise UpdateLocked(found, "no lock", "try again when the line has stopped")


def preflight(agent: Agent) -> List[str]:
    """The last check before the old release stops: files, host, Docker, image. Returns the old release's reasons.

    Raises ReleaseRefused or HostError after the deployment was abandoned; the node is as it was.
    """
    state = agent.record("preflight", release=agent.state().candidate)
    candidate = state.candidate or {}
    try:
        _check_way_back(agent, state)
        manifest = slots.check_files(agent.disk, candidate["id"])
        slots.check_image(agent.disk, agent.host, manifest)
        running.ensure_image(agent, candidate)
    except AgentError as error:
        abandon(agent, error, "preflight")
        running.ensure(agent, state.current)
        raise
    return _current_reasons(agent, state)


def _current_reasons(agent: Agent, state: DeploymentState) -> List[str]:
    """The committed release's reasons before it stops: they do not count against the next one."""
    document = agent.host.health() if state.current else None
    return sorted(document["degraded"]) if document and not health.faults(document) else []


def _check_way_back(agent: Agent, state: DeploymentState) -> None:
    """Raises ReleaseRefused unless the release that may have to be restored is complete on the disk."""
    if state.current is not None:
        try:
            slots.check_files(agent.disk, state.current["id"])
        except ReleaseRefused as error:
            found = "the way back is not safe: {}".format(error.found)
            expected = "a complete release {}".format(state.current["version"])
            raise ReleaseRefused(found, expected, "stage that release again")


def _try_candidate(agent: Agent, baseline: List[str], wait_for_line_s: float) -> DeploymentState:
    start_candidate(agent, baseline)
    _pass_gate(agent)
    state = agent.record("soaking")
    manifest = slots.load(agent.disk, (state.candidate or {})["id"])
    gate.soak(agent, manifest, state.baseline, manifest.gate.soak_s)
    _wait_for_line(agent, wait_for_line_s)
    state = agent.record("rebooting")
    agent.host.reboot()
    return state


def start_candidate(agent: Agent, baseline: List[str]) -> None:
    """From preflight or parked to gating: the old release stops, the candidate starts."""
    state = agent.record("switching", baseline=baseline)
    agent.host.stop_app()
    running.ensure(agent, state.candidate)
    agent.record("gating")


def _pass_gate(agent: Agent) -> None:
    state = agent.state()
    gate.check_release(agent, slots.load(agent.disk, (state.candidate or {})["id"]), state.baseline)


def _wait_for_line(agent: Agent, patience_s: float) -> None:
    """Wait for a stop of the line, which the reboot interrupts too. Raises ProbeFailed when it never stopped."""
    start = agent.host.monotonic()
    while True:
        holders = agent.host.lock_holders()
        if not holders:
            return
        if agent.host.monotonic() - start >= patience_s:
            raise ProbeFailed("lock", "the update lock is held: " + "; ".join(holders), "a stop for the reboot")
        agent.host.sleep(UNLOCK_POLL_S)


def prove(agent: Agent) -> DeploymentState:
    """After the reboot: pass the same gate again; then commit, or wait as proven for the group's token."""
    state = attempt(agent, lambda: _pass_proof(agent))
    return state if state.deployment.get("token_sha256") else commit(agent, None)


def _pass_proof(agent: Agent) -> DeploymentState:
    state = agent.record("proving")
    running.ensure(agent, state.candidate)
    _pass_gate(agent)
    manifest = slots.check_files(agent.disk, (state.candidate or {})["id"])
    gate.soak(agent, manifest, state.baseline, manifest.gate.live_s + 2 * manifest.gate.poll_s)
    return agent.record("proven")


def commit(agent: Agent, token: Optional[str]) -> DeploymentState:
    """Let the proven release take over. The record decides: before it the old release counts, after it the new one.

    Raises WrongPhase, ReleaseRefused (wrong token), RolledBack (the disk did not take the record, or a parked release
    did not pass its gate again).
    """
    state = agent.state()
    if state.phase == "idle" and state.current and not state.failure:
        return state
    if state.phase not in ("proven", "parked"):
        raise WrongPhase("phase {}".format(state.phase), "proven", "python3 -m node_agent report")
    check_token(state.deployment, token)
    if state.phase == "parked":
        attempt(agent, lambda: _unpark(agent))
    return attempt(agent, lambda: _take_over(agent))


def check_token(deployment: Dict[str, Any], token: Optional[str]) -> None:
    """Raises ReleaseRefused unless ``token`` has the hash that came with the release; needed only in a group."""
    wanted = deployment.get("token_sha256")
    if wanted is None:
        return
    found = hashlib.sha256((token or "").encode("utf-8")).hexdigest()
    if not hmac.compare_digest(found, str(wanted)):
        raise ReleaseRefused(
            "this node commits together with the group {}".format(deployment.get("group")),
            "the group's commit token, which is given when every node of the group is proven",
            "commit --token-file FILE",
        )


def _unpark(agent: Agent) -> DeploymentState:
    """The power failed between proof and commit: the old release ran on, the node's vote is still valid."""
    state = agent.state()
    running.ensure_image(agent, state.candidate or {})
    start_candidate(agent, _current_reasons(agent, state))
    _pass_gate(agent)
    return agent.record("proven")


def _take_over(agent: Agent) -> DeploymentState:
    candidate = agent.state().candidate or {}
    manifest = slots.check_files(agent.disk, candidate["id"])
    state = agent.record(
        "committed",
        release=candidate,
        floor=manifest.floor,
        keys_add=manifest.keys_add,
        keys_retire=manifest.keys_retire,
    )
    tidy(agent)
    return state
