"""Runs programs and accesses files of the host; whatever fails becomes a HostError that quotes it."""

import logging
import os
import shlex
import subprocess
from typing import List

from node_agent.errors import HostError
from node_agent.logs import log_event

LOGGER = logging.getLogger(__name__)


def run(command: List[str], limit_s: float, may_fail: bool = False) -> str:
    """Output of a command. Raises HostError with its last messages, and after ``limit_s`` seconds."""
    shown = " ".join(shlex.quote(part) for part in command)
    log_event(LOGGER, logging.DEBUG, "command", command=shown)
    try:
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=limit_s, check=False)
    except subprocess.TimeoutExpired:
        raise HostError("no answer within {:g} s: {}".format(limit_s, shown))
    except OSError as error:
        raise HostError("cannot run {}: {}".format(command[0], error.strerror), "", "apt install " + command[0])
    if done.returncode and not may_fail:
        last = done.stderr.decode("utf-8", "replace").strip().splitlines()[-3:]
        raise HostError("{} (exit code {}): {}".format(shown, done.returncode, " / ".join(last) or "no message"))
    return done.stdout.decode("utf-8", "replace")


def read_file(path: str) -> str:
    """Text of a file. Raises HostError."""
    try:
        with open(path, encoding="utf-8", errors="replace") as stream:
            return stream.read()
    except OSError as error:
        raise HostError("cannot read {}: {}".format(path, error.strerror))


def write_file(path: str, text: str) -> None:
    """Write a file by rename, and the folder above it. Raises OSError."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path + ".partial", "w", encoding="utf-8") as stream:
        stream.write(text)
    os.replace(path + ".partial", path)


def remove_file(path: str) -> None:
    """Remove a file; no error when it does not exist. Raises OSError."""
    if os.path.exists(path):
        os.remove(path)
