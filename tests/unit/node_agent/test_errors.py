"""Exit codes are a contract with the playbooks: distinct, and in the agent's range."""

import inspect

from node_agent import errors
from node_agent.errors import AgentError, HostError


def kinds():
    return [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, AgentError)]


def test_exit_codes_are_distinct_and_between_40_and_59():
    codes = [kind.exit_code for kind in kinds()] + [errors.HEARTBEAT_LOST]
    assert len(set(codes)) == len(codes) and all(40 <= code <= 59 for code in codes)
    assert len({kind.code for kind in kinds()}) == len(kinds())


def test_exit_codes_that_playbooks_and_units_interpret():
    found = {kind.code: kind.exit_code for kind in kinds()}
    assert (found["refused"], found["locked"], found["rolled-back"], found["unavailable"]) == (41, 42, 47, 48)


def test_a_message_leaves_out_what_is_empty():
    assert str(HostError("no docker")) == "no docker"
    assert str(HostError("no docker", "docker", "apt install docker")) == (
        "no docker\n  expected: docker\n  next: apt install docker"
    )
