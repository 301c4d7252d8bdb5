"""Everything outside the agent's folder, behind one small interface.

`systemd.py` implements it with Docker and systemd. The tests implement it with a simulated host whose power can be cut
between any two calls.
"""

from typing import Any, Dict, List, NamedTuple, Optional

Release = Dict[str, Any]  # id, name, version, serial, image_id
Health = Dict[str, Any]  # a document of data/health.schema.json


class ChallengeAnswer(NamedTuple):
    """What the application read on one image of the challenge set, and the time it took in milliseconds."""

    image: str
    verdict: str
    text: str
    total_ms: float


class Host(object):
    """The host of the agent. Every method raises HostError with the message of what failed."""

    def boot_id(self) -> str:
        """A text that differs after every boot."""
        raise NotImplementedError

    def now(self) -> float:
        """Unix seconds of the wall clock, which may be wrong: it is recorded, never compared."""
        raise NotImplementedError

    def clock_trusted(self) -> bool:
        """Whether the wall clock was set from a time source since boot."""
        raise NotImplementedError

    def monotonic(self) -> float:
        """Seconds since an arbitrary moment; every duration is measured with it."""
        raise NotImplementedError

    def sleep(self, seconds: float) -> None:
        """Wait."""
        raise NotImplementedError

    def l4t(self) -> str:
        """The L4T release of the host, such as "32.7.6"."""
        raise NotImplementedError

    def architecture(self) -> str:
        """The architecture as `uname -m` prints it."""
        raise NotImplementedError

    def lock_holders(self) -> List[str]:
        """Who forbids a switch now (the running line, a person), one line of text per holder."""
        raise NotImplementedError

    def docker_works(self) -> bool:
        """Whether Docker answers and can read its store."""
        raise NotImplementedError

    def repair_docker(self) -> None:
        """Restart Docker; when its store still cannot be read, set the store aside and start with an empty one."""
        raise NotImplementedError

    def has_image(self, image_id: str) -> bool:
        """Whether Docker's store holds the image."""
        raise NotImplementedError

    def load_image(self, path: str) -> None:
        """Load an archive; ``path`` is relative to the agent's folder. Nothing is tagged or started."""
        raise NotImplementedError

    def remove_image(self, image_id: str) -> None:
        """Remove an image; no error when it does not exist."""
        raise NotImplementedError

    def start_app(self, release: Release) -> None:
        """Stop the running release and start this one."""
        raise NotImplementedError

    def stop_app(self) -> None:
        """Stop the running release; no error when none is running."""
        raise NotImplementedError

    def running(self) -> Optional[str]:
        """The id of the release whose container is running, or None."""
        raise NotImplementedError

    def restarts(self) -> int:
        """How often systemd has restarted the application since the agent started it."""
        raise NotImplementedError

    def health(self) -> Optional[Health]:
        """The application's last health document; None before the first one."""
        raise NotImplementedError

    def challenge(self, arguments: List[str]) -> List[ChallengeAnswer]:
        """What the running application reads on its challenge set, in order."""
        raise NotImplementedError

    def log_lines(self, count: int) -> List[str]:
        """The last lines that the application logged."""
        raise NotImplementedError

    def reboot(self) -> None:
        """Request a reboot; systemd ends the agent soon after."""
        raise NotImplementedError
