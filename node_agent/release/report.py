"""status and report: what runs, what has to run, what the node waits for, why the last deployment failed."""

from typing import Any, Callable, Dict, List, Optional

from node_agent.errors import AgentError
from node_agent.host import health
from node_agent.release import slots
from node_agent.release.agent import Agent
from node_agent.store.state import DeploymentState, must_run

HISTORY = 50


def status(agent: Agent) -> Dict[str, Any]:
    """The state in a few fields; quick, and it changes nothing."""
    state = agent.state()
    wanted = must_run(state)
    return {
        "phase": state.phase,
        "current": state.current,
        "previous": state.previous,
        "candidate": state.candidate,
        "group": state.deployment.get("group"),
        "deployment": state.deployment.get("deployment"),
        "running": _ask(agent.host.running),
        "must_run": wanted["id"] if wanted else None,
        "locks": _ask(agent.host.lock_holders),
        "health": _health(agent),
        "failure": _without_log(state.failure),
    }


def report(agent: Agent) -> Dict[str, Any]:
    """Everything: status, soundness of the archives, trusted keys, the last records, the failure with its log lines."""
    state = agent.state()
    return {
        "status": status(agent),
        "archives": {role: _archive(agent, release) for role, release in _roles(state).items()},
        "trusted_keys": [key.id for key in agent.trusted()],
        "floor": state.floor,
        "highest": state.highest,
        "host": {"l4t": _ask(agent.host.l4t), "machine": _ask(agent.host.architecture)},
        "failure": state.failure,
        "journal": [_short(record) for record in agent.journal.read()[-HISTORY:]],
    }


def _roles(state: DeploymentState) -> Dict[str, Optional[Dict[str, Any]]]:
    return {"current": state.current, "previous": state.previous, "candidate": state.candidate}


def _archive(agent: Agent, release: Optional[Dict[str, Any]]) -> str:
    if release is None:
        return "none"
    try:
        slots.check_files(agent.disk, release["id"])
    except AgentError as error:
        return error.found
    return "sound"


def _health(agent: Agent) -> Any:
    document = _ask(agent.host.health)
    if isinstance(document, dict) and "schema" in document and health.faults(document):
        return {"error": "not a health document: " + ", ".join(health.faults(document))}
    return document


def _ask(question: Callable[[], Any]) -> Any:
    """An answer of the host, or why there is none: a broken node has to give a report too."""
    try:
        return question()
    except AgentError as error:
        return {"error": error.found}


def _short(record: Dict[str, Any]) -> Dict[str, Any]:
    """A record without log lines; those of the last failure are in ``failure``."""
    failure = record.get("failure")
    kept = {key: value for key, value in record.items() if key != "failure"}
    return dict(kept, failure=_without_log(failure)) if failure else kept


def _without_log(failure: Dict[str, Any]) -> Dict[str, Any]:
    return {key: value for key, value in failure.items() if key != "log"}


def format_status(found: Dict[str, Any]) -> List[str]:
    """A status as lines for people."""
    lines = ["phase     {}".format(found["phase"])]
    lines += [_format_role(role, found[role], found["running"]) for role in ("current", "previous", "candidate")]
    if found["running"] is None:
        lines.append("running   nothing")
    if isinstance(found["running"], dict):
        lines.append("running   unknown: {error}".format(**found["running"]))
    if found["locks"]:
        lines.append("locks     {}".format(found["locks"]))
    if found["failure"]:
        lines.append("failure   " + "{phase}: {probe}: {found}".format(**found["failure"]))
    return lines


def _format_role(role: str, release: Optional[Dict[str, Any]], running: Any) -> str:
    text = "{name} {version} (serial {serial})".format(**release) if release else "-"
    return "{:<9} {}{}".format(role, text, "  running" if release and release["id"] == running else "")
