"""Runs between systemd and the container: starts the container, passes signals on, ends it when its heartbeat stops.

``python3 -m node_agent.host.watchdog --health FILE --still S --name CONTAINER COMMAND...``

systemd sees one process: its exit code is the container's, and systemd's own watchdog ends it should it hang.
The monotonic clock measures the time since the last beat; a new ``sequence`` in the health document is a beat. There
is no beat while the application starts, so ``--still`` is longer than the longest start; building engines does beat.
"""

import argparse
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any, List, Optional

from node_agent import logs
from node_agent.errors import HEARTBEAT_LOST

POLL_S = 1.0
STOP_S = 20
LOGGER = logging.getLogger("node_agent.host.watchdog")  # not __name__, which is __main__ in the unit


def beat(path: str) -> Optional[int]:
    """The number of the last heartbeat, or None where there is no complete document."""
    try:
        with open(path, encoding="utf-8") as stream:
            document = json.load(stream)
        return int(document["sequence"]) if document["live"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def notify_systemd(state: str) -> None:
    """Send one line of the sd_notify protocol; nothing where systemd did not ask for it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    address = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(state.encode("ascii"), address)


class ContainerWatchdog(object):
    """One container: ``command`` runs it in the foreground, ``name`` is its name in Docker."""

    def __init__(self, command: List[str], health: str, still_s: float, name: str) -> None:
        self.command, self.health, self.still_s, self.name = command, health, still_s, name
        self.stopping = False

    def stop(self, number: int, frame: Any) -> None:
        """Handle a signal of systemd: stop the container in order."""
        self.stopping = True

    def run(self) -> int:
        """Returns the exit code of the command, or 49 after the heartbeat stopped."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        child = subprocess.Popen(self.command, start_new_session=True)
        last, since = None, time.monotonic()  # type: Optional[int], float
        while child.poll() is None:
            if self.stopping:
                return self._end(child, ["docker", "stop", "--time", str(STOP_S), self.name])
            notify_systemd("WATCHDOG=1")
            found = beat(self.health)
            if found is not None and found != last:
                last, since = found, time.monotonic()
            if time.monotonic() - since > self.still_s:
                reason = "no heartbeat for {:g} s".format(self.still_s)
                logs.log_event(LOGGER, logging.ERROR, "container_killed", container=self.name, reason=reason)
                self._end(child, ["docker", "kill", self.name])
                return HEARTBEAT_LOST
            time.sleep(POLL_S)
        return child.returncode

    def _end(self, child: "subprocess.Popen[bytes]", command: List[str]) -> int:
        """Exit code of the child after a Docker command that ends the container; the child is killed if that hangs."""
        try:
            subprocess.run(command, stdout=subprocess.DEVNULL, timeout=STOP_S + 10, check=False)
            return child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            logs.log_event(LOGGER, logging.ERROR, "docker_hangs", container=self.name, command=" ".join(command))
            child.kill()
            return child.wait()


def main(argv: Optional[List[str]] = None) -> int:
    """Run the command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m node_agent.host.watchdog", description="Watches one container.")
    parser.add_argument("--health", required=True, help="document with the heartbeat")
    parser.add_argument("--still", type=float, required=True, metavar="S", help="longest time without a beat")
    parser.add_argument("--name", required=True, help="name of the container")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what runs the container in the foreground")
    options = parser.parse_args(argv)
    logs.configure(logging.INFO)
    return ContainerWatchdog(options.command, options.health, options.still, options.name).run()


if __name__ == "__main__":
    sys.exit(main())
