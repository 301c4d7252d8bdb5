"""One command at a time: the lock of the commands that change something."""

import fcntl
import os
import time
from contextlib import contextmanager
from typing import Iterator, TextIO

from node_agent.errors import UpdateLocked

POLL_S = 0.5


@contextmanager
def exclusive(runtime: str, patience_s: float = 0.0) -> Iterator[None]:
    """Hold the agent's lock in the folder ``runtime``. Raises UpdateLocked after ``patience_s`` seconds."""
    os.makedirs(runtime, exist_ok=True)
    with open(os.path.join(runtime, "agent.lock"), "w") as stream:
        limit = time.monotonic() + patience_s
        while not _locks(stream):
            if time.monotonic() >= limit:
                raise UpdateLocked("another command of the agent is running", "none", "python3 -m node_agent status")
            time.sleep(POLL_S)
        yield


def _locks(stream: TextIO) -> bool:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
