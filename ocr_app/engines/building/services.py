"""Services that are stopped while engines are built or measured, and started again whatever happens.

The names of running services are written to a file before they are stopped. After a build that was killed, the next
build finds the file and starts the services at its end; until then `ocr-app engine list` reports them.
"""

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import Callable, Iterator, List, Sequence

from ocr_app.core import files
from ocr_app.core.errors import BuildError

STATE_FILE = "stopped-services.json"
_TIMEOUT_S = 120


def stopped_before(folder: str) -> List[str]:
    """Services that a build has stopped and not yet started again. Raises BuildError for a damaged file."""
    try:
        with open(os.path.join(folder, STATE_FILE), encoding="utf-8") as stream:
            return [str(name) for name in json.load(stream)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        found = "{} cannot be read: {}".format(os.path.join(folder, STATE_FILE), error)
        raise BuildError(found, "a list of services", "start the services by hand and delete the file") from error


@contextmanager
def stopped(names: Sequence[str], folder: str, say: Callable[[str], None]) -> Iterator[None]:
    """Inside the block none of ``names`` runs; after it those that did, and those recorded in ``folder``, run again.

    Raises BuildError when one cannot be stopped, or does not start again.
    """
    running = stopped_before(folder)
    if shutil.which("systemctl"):
        running += [name for name in names if name not in running and is_active(name)]
    elif running:
        raise BuildError("services were stopped, and this computer has no systemctl", ", ".join(running))
    if running:
        files.write_whole(os.path.join(folder, STATE_FILE), json.dumps(running).encode("utf-8"))
    try:
        for name in running:
            say("stopping {}".format(name))
            _control("stop", name)
        yield
    finally:
        _start(running, folder, say)


def _start(names: List[str], folder: str, say: Callable[[str], None]) -> None:
    failed = []
    for name in reversed(names):
        say("starting {} again".format(name))
        try:
            _control("start", name)
        except BuildError as error:
            failed.append(error)
    if failed:
        raise failed[0]
    if names:
        os.remove(os.path.join(folder, STATE_FILE))


def is_active(name: str) -> bool:
    """Whether systemd runs the unit; False where there is no systemctl that answers."""
    return shutil.which("systemctl") is not None and _systemctl("is-active", "--quiet", name).returncode == 0


def _control(verb: str, name: str) -> None:
    done = _systemctl(verb, name)
    if done.returncode != 0:
        reason = done.stderr.decode("utf-8", "replace").strip() or "exit code {}".format(done.returncode)
        raise BuildError("systemctl {} {} failed: {}".format(verb, name, reason), next_step="sudo; journalctl -xe")


def _systemctl(*arguments: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            ["systemctl"] + list(arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError("systemctl {}: {}".format(" ".join(arguments), error)) from error
