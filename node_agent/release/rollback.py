"""Undoing: a deployment is abandoned, or the candidate stops and the committed release runs again.

Everything here has to work without a writable disk: what cannot be recorded is decided in the same way at the next
start.
"""

import logging
from typing import Callable

from node_agent.errors import AgentError, HostError, ProbeFailed, ReleaseRefused, RolledBack
from node_agent.logs import log_event
from node_agent.release import running, slots
from node_agent.release.agent import Agent
from node_agent.store.checkpoint import save_checkpoint
from node_agent.store.state import DeploymentState, must_run

LOGGER = logging.getLogger(__name__)


def abandon(agent: Agent, error: AgentError, probe: str) -> None:
    """Give up before anything was switched: recorded where possible, and what was copied is removed."""
    state = agent.state()
    agent.try_record("abandoned", failure=agent.failure(error, probe, state.phase, state.candidate))
    try:
        slots.clean(agent.disk, agent.host, agent.state()._replace(candidate=None))
    except AgentError as problem:
        log_event(LOGGER, logging.WARNING, "not_cleaned", reason=problem.found, next="the next command tries again")


def attempt(agent: Agent, work: Callable[[], DeploymentState]) -> DeploymentState:
    """Result of ``work``; whatever fails in it restores the committed release and raises RolledBack."""
    try:
        return work()
    except AgentError as error:
        probe = error.probe if isinstance(error, ProbeFailed) else error.code
        go_back(agent, error, probe)
        raise RolledBack(
            "{}: {}".format(probe, error.found),
            error.expected,
            "python3 -m node_agent report --json   (the whole record, with the application's last lines)",
        ) from error


def go_back(agent: Agent, error: AgentError, probe: str) -> None:
    """Stop the candidate, run the committed release, and record why.

    Raises ReleaseUnavailable when the committed release cannot be started.
    """
    state = agent.state()
    failure = agent.failure(error, probe, state.phase, state.candidate)
    written = agent.try_record("returning", failure=failure)
    if state.current is None or agent.host.running() != state.current["id"]:
        agent.host.stop_app()
    running.ensure(agent, state.current)
    if written and agent.try_record("returned"):
        tidy(agent)


def tidy(agent: Agent) -> None:
    """After a decision: write the checkpoint, remove releases without a role. A failure is left to the next start."""
    try:
        save_checkpoint(agent.disk, agent.state())
        agent.journal.keep_ballast()
        slots.clean(agent.disk, agent.host, agent.state())
    except AgentError as problem:
        log_event(LOGGER, logging.WARNING, "not_tidied", reason=problem.found, next="the next start tries again")


def roll_back(agent: Agent, reason: str) -> DeploymentState:
    """On request: give up the current deployment or, without one, swap the current and the previous release.

    Raises ReleaseRefused when there is no previous release or it is not sound.
    """
    state = agent.state()
    error = ProbeFailed("operator", reason)
    if state.phase in ("staging", "staged", "preflight"):
        abandon(agent, error, "operator")
    elif state.phase != "idle":
        go_back(agent, error, "operator")
    else:
        _swap(agent, state, error)
    return agent.state()


def _swap(agent: Agent, state: DeploymentState, error: ProbeFailed) -> None:
    if state.previous is None:
        step = "stage an older release with --downgrade REASON"
        raise ReleaseRefused("there is no previous release", "one", step)
    slots.check_files(agent.disk, state.previous["id"])
    running.ensure_image(agent, state.previous)
    failure = agent.failure(error, "operator", "idle", state.current)
    state = agent.record("rolled_back", release=state.previous, failure=failure)
    running.ensure(agent, state.current)
    tidy(agent)


def interrupted(agent: Agent) -> DeploymentState:
    """After Ctrl-C or SIGTERM: undo what was begun and not committed."""
    agent.journal.settle()
    state = agent.state()
    error = HostError("interrupted in the phase {}".format(state.phase), "", "start the deployment again")
    if state.phase in ("staging", "preflight"):
        abandon(agent, error, "interrupt")
    elif state.phase in ("switching", "gating", "soaking", "rebooting", "proving", "returning"):
        go_back(agent, error, "interrupt")
    running.ensure(agent, must_run(agent.state()))
    tidy(agent)
    return agent.state()
