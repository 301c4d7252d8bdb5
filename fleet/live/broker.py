"""A real Mosquitto on loopback, as an ordinary process."""

from __future__ import annotations

import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

from fleet.core.errors import LiveLineError

_STARTS_S = 15.0
_CONFIG = """# written by fleet/live/broker.py
listener {port} 127.0.0.1
{access}user root
persistence true
persistence_location {folder}/
{keeping}"""
KEEPING = "autosave_on_changes true\nautosave_interval 1\nmax_queued_messages 0\n"
"""Everything is written down at each change, and nothing is dropped."""
# `user` has no effect for others than root; without it, root would have to own nothing below the folder


def free_port() -> int:
    """A TCP port of loopback on which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Whether anything accepts connections on a port of loopback."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


class LoopbackBroker:
    """Keeps its port and its messages over stops, kills and starts.

    ``access``: lines of its configuration that say who may connect, and how; everybody by default. ``keeping``: lines
    that say what it holds, and when it writes that down.
    """

    def __init__(self, folder: Path, access: str = "allow_anonymous true\n", keeping: str = KEEPING) -> None:
        self.port = free_port()
        self._folder, self._access, self._keeping = folder, access, keeping
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> LoopbackBroker:
        """Returns when it listens. Raises LiveLineError: there is no Mosquitto, or it does not start."""
        program = shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")
        if program is None:
            raise LiveLineError(
                "there is no Mosquitto on this computer", "the MQTT broker mosquitto", "apt-get install mosquitto"
            )
        self._folder.mkdir(parents=True, exist_ok=True)
        config, log = self._folder / "mosquitto.conf", self._folder / "log"
        lines = {"folder": self._folder, "access": self._access, "keeping": self._keeping}
        config.write_text(_CONFIG.format(port=self.port, **lines), encoding="utf-8")
        with log.open("ab") as stream:
            command = [program, "-c", str(config)]
            self._process = subprocess.Popen(command, stdout=stream, stderr=stream, start_new_session=True)
        until = time.monotonic() + _STARTS_S
        while not listens(self.port):
            if time.monotonic() > until or self._process.poll() is not None:
                self.kill()
                said = log.read_text(encoding="utf-8", errors="replace").strip().rpartition("\n")[2]
                raise LiveLineError(f"Mosquitto does not start: {said}", f"port {self.port} of loopback", str(log))
            time.sleep(0.02)
        return self

    @property
    def pid(self) -> int | None:
        """Of its process; None while it does not run."""
        return None if self._process is None else self._process.pid

    def stop(self) -> None:
        """Asks it to end, and waits."""
        self._end(signal.SIGTERM)

    def kill(self) -> None:
        """Ends it without a chance to write anything."""
        self._end(signal.SIGKILL)

    def _end(self, number: signal.Signals) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)
            self._process.wait(20)
        self._process = None
