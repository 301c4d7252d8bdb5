"""Everything outside of the agent's folder, behind one small interface.

`system.py` implements it with Docker and systemd. The tests implement it with a machine whose power can be cut
between any two calls.
"""

from typing import Any, Dict, List, NamedTuple, Optional

Release = Dict[str, Any]  # id, name, version, serial, image_id
Health = Dict[str, Any]  # a document of data/health.schema.json


class Answer(NamedTuple):
    """What the application read on one image of the challenge set; milliseconds in all."""

    image: str
    verdict: str
    text: str
    total_ms: float


class Machine(object):
    """The node. Every method raises OutsideError with the words of what failed."""

    def boot_id(self) -> str:
        """A text that is another one after every boot."""
        raise NotImplementedError

    def now(self) -> float:
        """Unix seconds of the wall clock, right or wrong. Only ever written down, never compared."""
        raise NotImplementedError

    def clock_trusted(self) -> bool:
        """Whether the wall clock was set from a time source since boot."""
        raise NotImplementedError

    def monotonic(self) -> float:
        """Seconds since some moment; every duration is measured with it."""
        raise NotImplementedError

    def sleep(self, seconds: float) -> None:
        """Wait."""
        raise NotImplementedError

    def l4t(self) -> str:
        """L4T release of the host, "32.7.6"."""
        raise NotImplementedError

    def architecture(self) -> str:
        """As `uname -m`."""
        raise NotImplementedError

    def lock_holders(self) -> List[str]:
        """Who asks that nothing is switched now: the line while it runs, a person; a line of words each."""
        raise NotImplementedError

    def docker_works(self) -> bool:
        """Whether Docker answers and its store can be read."""
        raise NotImplementedError

    def repair_docker(self) -> None:
        """Restart Docker; set a store aside that still cannot be read, and start with an empty one."""
        raise NotImplementedError

    def has_image(self, image_id: str) -> bool:
        """Whether Docker's store holds the image."""
        raise NotImplementedError

    def load_image(self, path: str) -> None:
        """Load an archive, ``path`` relative to the agent's folder; nothing is tagged or started."""
        raise NotImplementedError

    def remove_image(self, image_id: str) -> None:
        """Remove an image; no error when it is not there."""
        raise NotImplementedError

    def start_app(self, release: Release) -> None:
        """Stop what runs and start this release."""
        raise NotImplementedError

    def stop_app(self) -> None:
        """Stop what runs; no error when nothing does."""
        raise NotImplementedError

    def running(self) -> Optional[str]:
        """Id of the release whose container runs, or None."""
        raise NotImplementedError

    def restarts(self) -> int:
        """How often systemd has restarted the application since the agent started it."""
        raise NotImplementedError

    def health(self) -> Optional[Health]:
        """What the application says of itself; None before it has said anything."""
        raise NotImplementedError

    def challenge(self, arguments: List[str]) -> List[Answer]:
        """What the running application reads on its challenge set, in order."""
        raise NotImplementedError

    def log_lines(self, count: int) -> List[str]:
        """Last lines that the application wrote."""
        raise NotImplementedError

    def reboot(self) -> None:
        """Ask for a reboot; the agent is ended soon after."""
        raise NotImplementedError
