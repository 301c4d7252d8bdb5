"""resume: at every boot, and every few minutes, whatever happened before becomes a state that is whole."""

from node_agent import deploying, running, staging
from node_agent.errors import JournalDamaged, OutsideError, RolledBack, Unavailable
from node_agent.node import Node, load_checkpoint
from node_agent.state import State, must_run

UNDONE = ("switching", "gating", "soaking", "proving", "returning")


def resume(node: Node) -> State:
    """Bring the node into the state that its journal asks for; doing it twice changes nothing.

    Raises RolledBack when an interrupted deployment was undone, Unavailable when nothing sound can be run.
    """
    state = _read(node)
    rebooted = state.boot_id != node.machine.boot_id()
    if state.phase in ("staging", "preflight"):
        staging.abandon(node, _lost(state), "power")
    elif state.phase in UNDONE:
        deploying.go_back(node, _lost(state), "power")
        raise RolledBack("interrupted in the phase {}".format(state.phase), "", "python3 -m node_agent report")
    elif state.phase == "rebooting":
        return deploying.prove(node) if rebooted else _ask_again(node, state)
    elif state.phase == "proven" and (rebooted or not _candidate_runs(node, state)):
        node.try_record("parked")
        running.ensure(node, state.current)
        return node.state()
    running.ensure(node, must_run(node.state()))
    deploying.tidy(node)
    return node.state()


def _candidate_runs(node: Node, state: State) -> bool:
    return state.candidate is not None and node.machine.running() == state.candidate["id"]


def _lost(state: State) -> OutsideError:
    return OutsideError(
        "interrupted in the phase {}: power cut, or the agent was killed".format(state.phase),
        "",
        "start the deployment again",
    )


def _ask_again(node: Node, state: State) -> State:
    node.machine.reboot()
    return state


def _read(node: Node) -> State:
    """The state; a damaged journal is set aside and the checkpoint of the last commit taken in its place."""
    try:
        node.journal.settle()
        return node.state()
    except JournalDamaged as error:
        kept = load_checkpoint(node.disk)
        if kept is None:
            raise Unavailable(
                "journal and checkpoint are both damaged", "one of both", "stage a release anew"
            ) from error
        name = node.journal.set_aside()
        node.say("the journal is damaged; kept as {}, going on from the checkpoint".format(name))
        return node.record("recovered", checkpoint=kept, damaged=name)
