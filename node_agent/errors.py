"""Every failure of the agent: what was found, what was expected, the next command; one exit code per kind.

The agent's exit codes are 40 to 59. They are a contract with the playbooks and the unit files: the application uses
1 to 19, the control machine 60 to 99, and 130 means interrupted everywhere. The watchdog's code is in this range too.
"""


class AgentError(Exception):
    """Base of the agent's errors: ``found``, ``expected`` and ``next_step``, the command to try now."""

    exit_code = 40
    code = "agent"

    def __init__(self, found: str, expected: str = "", next_step: str = "") -> None:
        self.found = found
        self.expected = expected
        self.next_step = next_step
        super(AgentError, self).__init__(self.message())

    def message(self) -> str:
        """The whole message; empty parts are left out."""
        parts = [self.found]
        if self.expected:
            parts.append("expected: " + self.expected)
        if self.next_step:
            parts.append("next: " + self.next_step)
        return "\n  ".join(parts)


class ReleaseRefused(AgentError):
    """A release that must not be installed on this node (signature, digest, L4T release, serial); nothing changed."""

    exit_code = 41
    code = "refused"


class UpdateLocked(AgentError):
    """The production line or another command of the agent is running; try again later."""

    exit_code = 42
    code = "locked"


class WrongPhase(AgentError):
    """The command does not fit the phase that the node is in."""

    exit_code = 43
    code = "wrong-phase"


class HostError(AgentError):
    """Docker, systemd, the disk or the network failed; the message quotes them."""

    exit_code = 44
    code = "outside"


class ProbeFailed(AgentError):
    """A release failed a check; ``probe`` names the check."""

    exit_code = 45
    code = "probe"

    def __init__(self, probe: str, found: str, expected: str = "", next_step: str = "") -> None:
        self.probe = probe
        super(ProbeFailed, self).__init__(found, expected, next_step)


class JournalDamaged(AgentError):
    """A record before the last one is not what was written."""

    exit_code = 46
    code = "journal"


class RolledBack(AgentError):
    """The deployment ended with the previous release; ``report`` shows the whole record."""

    exit_code = 47
    code = "rolled-back"


class ReleaseUnavailable(AgentError):
    """The release that must run cannot be started."""

    exit_code = 48
    code = "unavailable"


HEARTBEAT_LOST = 49  # exit code of the watchdog, which raises no error
