"""Changes by a command of this computer: a Unix socket beside the journal, for root and for the user of the service.

One connection, one JSON object in a line, one in a line back. The kernel says which user asks (SO_PEERCRED), and that
name is written down.
"""

import json
import logging
import os
import pwd
import socket
import struct
import threading
import time
from typing import Any, Dict

from ocr_app.core.errors import OcrError, ServiceError, UsageError
from ocr_app.line.changes.changing import BUSY, FAILED, ChangeAuthor, ChangeRefused, LineChanges

LOG = logging.getLogger(__name__)
FILE = "control"
ROLE = "local"
_MOST_BYTES, _ANSWER_S, _LOOK_S = 65536, 30.0, 0.2
_REQUEST_S = 5.0
_PEER = struct.Struct("3i")  # struct ucred of unix(7): pid, uid, gid


class LineControl:
    """``run`` is the body of a thread; it answers one caller at a time."""

    def __init__(self, changes: LineChanges, folder: str) -> None:
        """Raises ServiceError where the socket cannot be made."""
        self._changes = changes
        self._path = os.path.join(folder, FILE)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            with ShortPath(folder) as path:
                if os.path.lexists(path):
                    os.remove(path)
                self._socket.bind(path)
                os.chmod(path, 0o600)
            self._socket.listen(4)
            self._socket.settimeout(_LOOK_S)
        except OSError as error:
            self._socket.close()
            found = "{} cannot be made: {}".format(self._path, error.strerror or error)
            raise ServiceError(found, "a folder for the journal that can hold a socket") from error

    def run(self, stop: threading.Event) -> None:
        """Until ``stop``."""
        while not stop.is_set():
            try:
                caller, _ = self._socket.accept()
            except socket.timeout:
                continue
            try:
                with caller:
                    caller.settimeout(_REQUEST_S)
                    caller.sendall(_line(self._answer(caller)))
            except OSError as error:
                LOG.info("a command left before its answer", extra={"error": str(error)})
        self.close()

    def close(self) -> None:
        """Nobody is answered any more."""
        self._socket.close()
        try:
            os.remove(self._path)
        except OSError:
            pass

    def _answer(self, caller: socket.socket) -> Dict[str, Any]:
        uid = _PEER.unpack(caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))[1]
        try:
            data = _received(caller)  # first, because a caller whose words are not read gets no answer
        except ValueError as error:
            return {"refused": "usage", "found": str(error)}
        if uid not in (0, os.geteuid()):
            return {"refused": "user", "found": "only root and the user of the service may change the line"}
        try:
            message = json.loads(data.decode("utf-8"))
            self._carry_out(ChangeAuthor(_name_of(uid), ROLE, "control"), message)
            return {"done": self._state()}
        except ChangeRefused as refused:
            return {"refused": refused.code, "found": str(refused)}
        except OcrError as error:
            return {"refused": "usage", "found": error.found, "expected": error.expected}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            return {"refused": "usage", "found": "a request that is none: {!r}".format(error)}

    def _carry_out(self, author: ChangeAuthor, message: Dict[str, Any]) -> None:
        verb, changes = message["verb"], self._changes
        values = message.get("expected")
        expected = None if values is None else {str(name): str(text) for name, text in values.items()}
        if verb == "product":
            changes.choose(author, str(message["product"]), expected)
        elif verb == "expected":
            changes.expect(author, expected or {})
        elif verb == "regions":
            changes.regions(author, tuple((int(x), int(y), int(w), int(h)) for x, y, w, h in message["regions"]))
        elif verb == "batch":
            changes.begin_batch(author)
        elif verb != "state":
            raise ValueError(verb)

    def _state(self) -> Dict[str, Any]:
        batch = self._changes.batch
        found = dict(self._changes.setup.record(), expected=self._changes.expected)
        found["products"] = [dict(row._asdict()) for row in self._changes.shelf.rows()]
        found["batch"] = None if batch is None else {"first_part": batch.first_part, "since": batch.wall}
        return found


def ask(folder: str, message: Dict[str, Any], wait_s: float = 0.0) -> Dict[str, Any]:
    """What the running line answers. ``wait_s``: how long to wait for a moment between two parts.

    Raises ServiceError: no line runs there, it is busy or it cannot write; UsageError: it refuses.
    """
    until = time.monotonic() + wait_s
    answer = _ask_once(folder, message)
    while answer.get("refused") == BUSY and time.monotonic() < until:
        time.sleep(0.05)
        answer = _ask_once(folder, message)
    if "done" in answer:
        return dict(answer["done"])
    found, expected = str(answer.get("found")), str(answer.get("expected", ""))
    if answer.get("refused") in (BUSY, FAILED, "user"):
        raise ServiceError(found, "a moment between two parts", "--wait SECONDS" if answer["refused"] == BUSY else "")
    raise UsageError(found, expected, "ocr-app line set --help")


def _ask_once(folder: str, message: Dict[str, Any]) -> Dict[str, Any]:
    path = os.path.join(folder, FILE)
    try:
        with ShortPath(folder) as short, socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as stream:
            stream.settimeout(_ANSWER_S)
            stream.connect(short)
            stream.sendall(_line(message))
            return dict(json.loads(_received(stream).decode("utf-8")))
    except (OSError, ValueError) as error:
        found = "no line answers at {}: {}".format(path, getattr(error, "strerror", None) or error)
        step = "ocr-app serve; as root, or as the user of the service"
        raise ServiceError(found, "a running line", step) from error


def _line(message: Dict[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False).encode("utf-8") + b"\n"


def _received(stream: socket.socket) -> bytes:
    """One line. Raises ValueError for one that is too long or does not end, OSError."""
    data = b""
    until = time.monotonic() + _ANSWER_S
    while not data.endswith(b"\n"):
        part = stream.recv(4096)
        data += part
        if not part or len(data) > _MOST_BYTES * 16 or time.monotonic() > until:
            raise ValueError("a line that does not end")
    return data


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return "uid {}".format(uid)


class ShortPath:
    """The path of the socket by the number of its folder: a Unix socket's own path may have 107 bytes only."""

    def __init__(self, folder: str) -> None:
        self._folder = folder

    def __enter__(self) -> str:
        self._number = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        return "/proc/self/fd/{}/{}".format(self._number, FILE)

    def __exit__(self, *exc: Any) -> None:
        os.close(self._number)
