"""``python3 -m node_agent VERB``: the agent's lock, signals, output and exit codes."""

import argparse
import json
import logging
import signal
from typing import Any, Dict, List, Optional

from node_agent import logs, release
from node_agent.errors import AgentError
from node_agent.host import SystemdHost, exclusive
from node_agent.release import Agent
from node_agent.store import LocalDisk
from node_agent.trust import installed_keys
from node_agent.verbs import READ_ONLY, VERBS, parser

INTERRUPTED = 130
_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOGGER = logging.getLogger(__name__)


def _interrupt_once(number: int, frame: Any) -> None:
    """The first signal interrupts; further signals do not disturb the undoing that follows."""
    for every in _SIGNALS:
        signal.signal(every, signal.SIG_IGN)
    raise KeyboardInterrupt


def run(agent: Agent, options: argparse.Namespace) -> int:
    """Run one verb; returns the exit code."""
    error: Optional[AgentError] = None
    try:
        VERBS[options.verb][1](agent, options)
    except AgentError as problem:
        error = problem
    except KeyboardInterrupt:
        release.interrupted(agent)
        reason = "interrupted; what was begun is undone"
        logs.log_event(LOGGER, logging.WARNING, "interrupted", verb=options.verb, reason=reason)
        return INTERRUPTED
    if error:
        _log_error(options.verb, error)
    _print_state(agent, options, error)
    return error.exit_code if error else 0


def _log_error(verb: str, error: AgentError) -> None:
    logs.log_event(LOGGER, logging.ERROR, "failed", verb=verb, **_fields(error))


def _fields(error: AgentError) -> Dict[str, Any]:
    kind: Dict[str, Any] = {"exit_code": error.exit_code, "code": error.code}
    return dict(kind, found=error.found, expected=error.expected, next=error.next_step)


def _print_state(agent: Agent, options: argparse.Namespace, error: Optional[AgentError]) -> None:
    """Print the report or the status, whatever the verb was; with the error, where there is one."""
    found = _state(agent, options.verb)
    if error:
        found["error"] = _fields(error)
    if options.json or options.verb == "report" or "phase" not in found:
        print(json.dumps(found, indent=None if options.json else 2, sort_keys=True))
    else:
        print("\n".join(release.format_status(found)))


def _state(agent: Agent, verb: str) -> Dict[str, Any]:
    try:
        return release.report(agent) if verb == "report" else release.status(agent)
    except AgentError as problem:
        return {"error": problem.found, "next": problem.next_step}


def log_level(options: argparse.Namespace) -> int:
    """The lowest level that is logged: --verbose, --quiet, or by whether a program reads the output (--json)."""
    if options.verbose:
        return logging.DEBUG
    if options.quiet:
        return logging.ERROR
    return logging.WARNING if options.json else logging.INFO


def main(argv: Optional[List[str]] = None) -> int:
    """Run the command; returns the exit code. Errors are logged as messages, without a traceback."""
    options = parser().parse_args(argv)
    if options.verb is None:
        parser().print_help()
        return 2
    logs.configure(log_level(options))
    try:
        disk = LocalDisk(options.root)
        agent = Agent(disk, SystemdHost(disk, options.runtime), installed_keys(options.keys), options.by)
        if options.verb in READ_ONLY:
            return run(agent, options)
        with exclusive(options.runtime, options.patience):
            for number in _SIGNALS:
                signal.signal(number, _interrupt_once)
            return run(agent, options)
    except AgentError as error:
        _log_error(options.verb, error)
        return error.exit_code
