"""Every failure of the agent: found, expected, next command; one exit code per kind."""


class AgentError(Exception):
    """Base of the agent's errors. ``found`` is there, ``expected`` was wanted, ``next_step`` is what to do now."""

    exit_code = 40
    code = "agent"

    def __init__(self, found: str, expected: str = "", next_step: str = "") -> None:
        self.found = found
        self.expected = expected
        self.next_step = next_step
        super(AgentError, self).__init__(self.message())

    def message(self) -> str:
        """The whole message; parts that are empty are left out."""
        parts = [self.found]
        if self.expected:
            parts.append("expected: " + self.expected)
        if self.next_step:
            parts.append("next: " + self.next_step)
        return "\n  ".join(parts)


class Refused(AgentError):
    """A release that must not come onto this node: signature, digest, L4T release, serial; nothing was changed."""

    exit_code = 41
    code = "refused"


class Locked(AgentError):
    """The line is running, or another command of the agent is; try later."""

    exit_code = 42
    code = "locked"


class WrongPhase(AgentError):
    """The command makes no sense in the phase the node is in."""

    exit_code = 43
    code = "wrong-phase"


class OutsideError(AgentError):
    """Docker, systemd, the disk or the network failed; the message quotes them."""

    exit_code = 44
    code = "outside"


class ProbeFailed(AgentError):
    """A release did not prove itself; ``probe`` names the check."""

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
    """The deployment ended with the previous release; `report` has the whole record."""

    exit_code = 47
    code = "rolled-back"


class Unavailable(AgentError):
    """The release that must run cannot be made to run."""

    exit_code = 48
    code = "unavailable"
