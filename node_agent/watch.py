"""Between systemd and the container: starts it, passes signals on, and ends it when its heartbeat stands still.

``python3 -m node_agent.watch --health FILE --still S --name CONTAINER COMMAND...``

systemd sees one process: its exit code is the container's, and it is ended by systemd's own watchdog should it hang.
Standing still is measured with the monotonic clock: a new ``sequence`` in the health document is a beat. Starting
counts as standing still, so ``--still`` is longer than the longest start; building engines is a live state and beats.
"""

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
from typing import Any, List, Optional

POLL_S = 1.0
STOP_S = 20
STILL = 75  # exit code: the heartbeat stood still


def beat(path: str) -> Optional[int]:
    """Number of the last heartbeat, or None where there is no whole document."""
    try:
        with open(path, encoding="utf-8") as stream:
            document = json.load(stream)
        return int(document["sequence"]) if document["live"] else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def tell_systemd(state: str) -> None:
    """One line of the sd_notify protocol; nothing where systemd did not ask for it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    address = "\0" + address[1:] if address.startswith("@") else address
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.sendto(state.encode("ascii"), address)


class Watch(object):
    """One container: ``command`` runs it in the foreground, ``name`` is what Docker calls it."""

    def __init__(self, command: List[str], health: str, still_s: float, name: str) -> None:
        self.command, self.health, self.still_s, self.name = command, health, still_s, name
        self.stopping = False

    def stop(self, number: int, frame: Any) -> None:
        """A signal of systemd: let the container end by itself."""
        self.stopping = True

    def run(self) -> int:
        """Returns the exit code of the command, or 75 after the heartbeat stood still."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.stop)
        child = subprocess.Popen(self.command, start_new_session=True)
        last, since = None, time.monotonic()  # type: Optional[int], float
        while child.poll() is None:
            if self.stopping:
                return self._ended(child, ["docker", "stop", "--time", str(STOP_S), self.name])
            tell_systemd("WATCHDOG=1")
            found = beat(self.health)
            if found is not None and found != last:
                last, since = found, time.monotonic()
            if time.monotonic() - since > self.still_s:
                print("no heartbeat for {:g} s: ending the container".format(self.still_s), file=sys.stderr)
                self._ended(child, ["docker", "kill", self.name])
                return STILL
            time.sleep(POLL_S)
        return child.returncode

    def _ended(self, child: "subprocess.Popen[bytes]", command: List[str]) -> int:
        """Exit code of the child after a command of Docker that ends the container; it is killed if that hangs."""
        try:
            subprocess.run(command, stdout=subprocess.DEVNULL, timeout=STOP_S + 10, check=False)
            return child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            print("Docker does not end the container", file=sys.stderr)
            child.kill()
            return child.wait()


def main(argv: Optional[List[str]] = None) -> int:
    """The command; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m node_agent.watch", description="Watches over one container.")
    parser.add_argument("--health", required=True, help="document with the heartbeat")
    parser.add_argument("--still", type=float, required=True, metavar="S", help="longest time without a beat")
    parser.add_argument("--name", required=True, help="name of the container")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="what runs the container in the foreground")
    options = parser.parse_args(argv)
    return Watch(options.command, options.health, options.still, options.name).run()


if __name__ == "__main__":
    sys.exit(main())
