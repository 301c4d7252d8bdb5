"""Services that stand aside while engines are built, and come back whatever happens.

What was running is written down before it is stopped. After a build that was killed the next one finds the note and
starts them at its end; `ocr-app engine list` says so until then.
"""

import json
import os
import shutil
import subprocess
from contextlib import contextmanager
from typing import Callable, Iterator, List, Sequence

from ocr_app.core import files
from ocr_app.core.errors import BuildError

NOTE = "stopped-services.json"
_TIMEOUT_S = 120


def noted(folder: str) -> List[str]:
    """Services that a build has stopped and not started again."""
    try:
        with open(os.path.join(folder, NOTE), encoding="utf-8") as stream:
            return [str(name) for name in json.load(stream)]
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as error:
        found = "{} cannot be read: {}".format(os.path.join(folder, NOTE), error)
        raise BuildError(found, "a list of services", "start the services by hand and delete it") from error


@contextmanager
def stopped(names: Sequence[str], folder: str, say: Callable[[str], None]) -> Iterator[None]:
    """Inside the block none of ``names`` runs; behind it those that did, and those noted in ``folder``, run again.

    Raises BuildError when one cannot be stopped, or does not start again.
    """
    running = noted(folder)
    if shutil.which("systemctl"):
        running += [name for name in names if name not in running and _is_active(name)]
    elif running:
        raise BuildError("services were stopped, and there is no systemctl here", ", ".join(running))
    if running:
        files.write_whole(os.path.join(folder, NOTE), json.dumps(running).encode("utf-8"))
    try:
        for name in running:
            say("stopping {} while building".format(name))
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
        os.remove(os.path.join(folder, NOTE))


def _is_active(name: str) -> bool:
    return _systemctl("is-active", "--quiet", name).returncode == 0


def _control(verb: str, name: str) -> None:
    done = _systemctl(verb, name)
    if done.returncode != 0:
        words = done.stderr.decode("utf-8", "replace").strip() or "exit code {}".format(done.returncode)
        raise BuildError("systemctl {} {} failed: {}".format(verb, name, words), next_step="sudo; journalctl -xe")


def _systemctl(*words: str) -> "subprocess.CompletedProcess[bytes]":
    try:
        return subprocess.run(
            ["systemctl"] + list(words),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            timeout=_TIMEOUT_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise BuildError("systemctl {}: {}".format(" ".join(words), error)) from error
