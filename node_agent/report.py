"""status and report: what runs, what has to, what the node waits for, and why the last deployment ended as it did."""

from typing import Any, Dict, List, Optional

from node_agent import health, slots
from node_agent.errors import AgentError
from node_agent.node import Node
from node_agent.state import State, must_run

HISTORY = 50


def status(node: Node) -> Dict[str, Any]:
    """The state in a few fields; quick, and it changes nothing."""
    state = node.state()
    wanted = must_run(state)
    return {
        "phase": state.phase,
        "current": state.current,
        "previous": state.previous,
        "candidate": state.candidate,
        "group": state.deployment.get("group"),
        "deployment": state.deployment.get("deployment"),
        "running": _asked(node.machine.running),
        "must_run": wanted["id"] if wanted else None,
        "locks": _asked(node.machine.lock_holders),
        "health": _health(node),
        "failure": {key: value for key, value in state.failure.items() if key != "log"},
    }


def report(node: Node) -> Dict[str, Any]:
    """All of it: status, soundness of both archives, trusted keys, the last records, the failure with its log lines."""
    state = node.state()
    return {
        "status": status(node),
        "archives": {role: _archive(node, release) for role, release in _roles(state).items()},
        "trusted_keys": [key.id for key in node.trusted()],
        "floor": state.floor,
        "highest": state.highest,
        "host": {"l4t": _asked(node.machine.l4t), "machine": _asked(node.machine.architecture)},
        "failure": state.failure,
        "journal": [_short(record) for record in node.journal.read()[-HISTORY:]],
    }


def _roles(state: State) -> Dict[str, Optional[Dict[str, Any]]]:
    return {"current": state.current, "previous": state.previous, "candidate": state.candidate}


def _archive(node: Node, release: Optional[Dict[str, Any]]) -> str:
    if release is None:
        return "none"
    try:
        slots.check_files(node.disk, release["id"])
    except AgentError as error:
        return error.found
    return "sound"


def _health(node: Node) -> Any:
    document = _asked(node.machine.health)
    if isinstance(document, dict) and "schema" in document and health.faults(document):
        return {"error": "not a health document: " + ", ".join(health.faults(document))}
    return document


def _asked(question: Any) -> Any:
    """An answer of the machine, or why there is none: a report must come even from a broken node."""
    try:
        return question()
    except AgentError as error:
        return {"error": error.found}


def _short(record: Dict[str, Any]) -> Dict[str, Any]:
    """A record without log lines: those of the last failure stand in ``failure``."""
    failure = record.get("failure")
    kept = {key: value for key, value in record.items() if key != "failure"}
    return dict(kept, failure={k: v for k, v in failure.items() if k != "log"}) if failure else kept


def in_words(found: Dict[str, Any]) -> List[str]:
    """A status for people."""
    lines = ["phase     {}".format(found["phase"])]
    for role in ("current", "previous", "candidate"):
        release = found[role]
        words = "{name} {version} (serial {serial})".format(**release) if release else "-"
        lines.append(
            "{:<9} {}{}".format(role, words, "  runs" if release and release["id"] == found["running"] else "")
        )
    if found["running"] is None:
        lines.append("running   nothing")
    if isinstance(found["running"], dict):
        lines.append("running   unknown: {error}".format(**found["running"]))
    if found["locks"]:
        lines.append("locks     {}".format(found["locks"]))
    if found["failure"]:
        words = "{phase}: {probe}: {found}".format(**found["failure"])
        lines.append("failure   {}".format(words))
    return lines
