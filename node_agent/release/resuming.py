"""resume: at every boot and every few minutes, whatever happened before becomes a consistent state."""

import logging

from node_agent.errors import HostError, JournalDamaged, ReleaseUnavailable, RolledBack
from node_agent.logs import log_event
from node_agent.release import deploying, rollback, running
from node_agent.release.agent import Agent
from node_agent.store.checkpoint import load_checkpoint
from node_agent.store.state import DeploymentState, must_run

UNDONE = ("switching", "gating", "soaking", "proving", "returning")
LOGGER = logging.getLogger(__name__)


def resume(agent: Agent) -> DeploymentState:
    """Bring the node into the state that its journal demands; doing it twice changes nothing.

    Raises RolledBack when an interrupted deployment was undone, ReleaseUnavailable when no sound release can be run.
    """
    state = _read(agent)
    rebooted = state.boot_id != agent.host.boot_id()
    if state.phase in ("staging", "preflight"):
        rollback.abandon(agent, _interruption(state), "power")
    elif state.phase in UNDONE:
        rollback.go_back(agent, _interruption(state), "power")
        raise RolledBack("interrupted in the phase {}".format(state.phase), "", "python3 -m node_agent report")
    elif state.phase == "rebooting":
        return deploying.prove(agent) if rebooted else _reboot_again(agent, state)
    elif state.phase == "proven" and (rebooted or not _candidate_runs(agent, state)):
        agent.try_record("parked")
        running.ensure(agent, state.current)
        return agent.state()
    running.ensure(agent, must_run(agent.state()))
    rollback.tidy(agent)
    return agent.state()


def _candidate_runs(agent: Agent, state: DeploymentState) -> bool:
    return state.candidate is not None and agent.host.running() == state.candidate["id"]


def _interruption(state: DeploymentState) -> HostError:
    return HostError(
        "interrupted in the phase {}: power cut, or the agent was killed".format(state.phase),
        "",
        "start the deployment again",
    )


def _reboot_again(agent: Agent, state: DeploymentState) -> DeploymentState:
    agent.host.reboot()
    return state


def _read(agent: Agent) -> DeploymentState:
    """The state; a damaged journal is set aside, and the checkpoint of the last commit replaces it."""
    try:
        agent.journal.settle()
        return agent.state()
    except JournalDamaged as error:
        kept = load_checkpoint(agent.disk)
        if kept is None:
            raise ReleaseUnavailable(
                "the journal and the checkpoint are both damaged", "one of the two", "stage a release again"
            ) from error
        name = agent.journal.set_aside()
        log_event(LOGGER, logging.ERROR, "journal_damaged", kept_as=name, next="continues from the checkpoint")
        return agent.record("recovered", checkpoint=kept, damaged=name)
