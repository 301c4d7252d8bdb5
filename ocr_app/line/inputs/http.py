"""The service over HTTP, for programs of the same computer: TCP on its loopback, or a Unix socket.

POST /read (the bytes of an image) gives one result line; GET /health, /ready, /metrics say how it goes; POST /challenge
puts the challenge set. Whatever is not done is answered with the reason; nothing is dropped in silence.
"""

import json
import os
import socket
import socketserver
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Callable, Dict, Optional, Tuple
from urllib.parse import parse_qs, urlsplit

from ocr_app.core.errors import ServiceError
from ocr_app.line.health import metrics
from ocr_app.line.health.status import document
from ocr_app.line.inputs.intake import Intake, RequestRefused

LOOPBACK = ("127.0.0.1", "localhost", "::1")
_JSON = "application/json; charset=utf-8"
_MOST_CONNECTIONS = 32
_LINGER_S = 2.0


def address_of(text: str) -> Tuple[str, int]:
    """("127.0.0.1", 8088) of HOST:PORT, (path, -1) of unix:PATH. Raises ServiceError for an address that others reach.

    The service asks nobody who he is, so it listens to this computer alone; a network of containers has a proxy.
    """
    if text.startswith("unix:") and len(text) > 5:
        return text[5:], -1
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if host not in LOOPBACK or not port.isdigit() or int(port) > 65535:
        found = "--listen {}".format(text)
        raise ServiceError(found, "unix:PATH, or HOST:PORT with HOST one of " + ", ".join(LOOPBACK), "ocr-app serve -h")
    return host, int(port)


class Server(socketserver.ThreadingMixIn, HTTPServer):
    """A thread a connection; one request too many at once is answered 503."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: Tuple[str, int], intake: Intake, connection_s: float) -> None:
        """Raises ServiceError when it cannot listen there."""
        self.intake = intake
        self.connection_s = connection_s
        self._open = 0
        self._lock = threading.Lock()
        host, port = address
        self.address_family = socket.AF_UNIX if port < 0 else socket.AF_INET6 if ":" in host else socket.AF_INET
        self._path = host if port < 0 else ""
        try:
            if self._path and os.path.exists(self._path):
                os.remove(self._path)
            super(Server, self).__init__(self._path or address, Handler)  # type: ignore[arg-type]
        except OSError as error:
            found = "cannot listen on {}: {}".format(self._path or "{}:{}".format(host, port), error.strerror or error)
            raise ServiceError(found, "an address that is free", "--listen another") from error

    def enter(self) -> bool:
        """Whether there is room for one more request; whoever got it has to ``leave``."""
        with self._lock:
            fits = self._open < _MOST_CONNECTIONS
            self._open += int(fits)
            return fits

    def leave(self) -> None:
        """A request is done."""
        with self._lock:
            self._open -= 1

    def open_requests(self) -> int:
        """How many are not answered yet."""
        with self._lock:
            return self._open

    def server_bind(self) -> None:
        """HTTPServer would ask for the host's name here, which a Unix socket has not."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", 0 if self._path else self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that goes away is no fault of the service; whatever else it is stands in the log."""
        if not isinstance(sys.exc_info()[1], OSError):
            super(Server, self).handle_error(request, client_address)

    def server_close(self) -> None:
        """The socket's file goes with it."""
        super(Server, self).server_close()
        if self._path and os.path.exists(self._path):
            os.remove(self._path)


class Handler(BaseHTTPRequestHandler):
    """One connection, one request."""

    server: Server
    server_version = "ocr-app"
    _unread = False
    sys_version = ""

    def setup(self) -> None:
        self.request.settimeout(self.server.connection_s)
        super(Handler, self).setup()

    def address_string(self) -> str:
        return "local"

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Nothing a request; what is refused or lost is counted in the metrics."""

    def do_GET(self) -> None:
        self._route({"/health": self._health, "/ready": self._ready, "/metrics": self._metrics})

    def do_POST(self) -> None:
        self._unread = True
        self._route({"/read": self._read, "/challenge": self._challenge})

    def _route(self, known: Dict[str, Callable[[], None]]) -> None:
        path = urlsplit(self.path).path
        if not self.server.enter():
            self._refuse(RequestRefused(503, "busy", "{} requests are open".format(_MOST_CONNECTIONS), "fewer"))
            return
        try:
            if self.headers.get("Origin"):
                raise RequestRefused(403, "origin", "a request of a web page", "a program of this computer")
            if path not in known:
                words = ", ".join(sorted(known))
                raise RequestRefused(
                    404, "unknown-path", "{} {}".format(self.command, path), words + " for " + self.command
                )
            known[path]()
        except RequestRefused as refused:
            self._refuse(refused)
        finally:
            self.server.leave()

    def _read(self) -> None:
        limits = self.server.intake
        body = self._body(limits.max_bytes)
        names = parse_qs(urlsplit(self.path).query).get("name", [])
        name = names[0] if names else self.headers.get("X-Image-Name", "")
        result = limits.read_bytes(body, name)
        if not self._answer(200, json.dumps(result, ensure_ascii=False) + "\n", _JSON):
            limits.output_lost()

    def _body(self, most: int) -> bytes:
        """The whole body. Raises Refused: without a length, too large, too slow, cut off."""
        length = self.headers.get("Content-Length", "")
        if not length.isdigit():
            raise RequestRefused(411, "length-required", "no Content-Length", "the bytes of an image, not in chunks")
        if int(length) > most:
            raise RequestRefused(413, "too-large", "{} bytes".format(length), "at most {} (--max-bytes)".format(most))
        try:
            body = self.rfile.read(int(length))
        except OSError:
            body = b""
        if len(body) != int(length):
            found = "the body came not whole within {:g} s".format(self.server.connection_s)
            raise RequestRefused(408, "cut-off", found, "{} bytes".format(length))
        self._unread = False
        return body

    def _health(self) -> None:
        self._state(lambda found: bool(found.live))

    def _ready(self) -> None:
        self._state(lambda found: bool(found.ready))

    def _state(self, fits: Callable[[Any], bool]) -> None:
        intake = self.server.intake
        found = intake.status.snapshot()
        text = json.dumps(document(found, intake.release, intake.sequence())) + "\n"
        self._answer(200 if fits(found) else 503, text, _JSON)

    def _metrics(self) -> None:
        intake = self.server.intake
        jobs = intake.jobs
        text = metrics.text(intake.status.snapshot(), jobs.length(), jobs.capacity, intake.release)
        self._answer(200, text, metrics.CONTENT_TYPE)

    def _challenge(self) -> None:
        record = self.server.intake.challenge()
        self._answer(200, json.dumps(record, ensure_ascii=False) + "\n", _JSON)

    def _refuse(self, refused: RequestRefused) -> None:
        self.server.intake.status.count("refused", refused.code)
        record = {"code": refused.code, "found": refused.found, "expected": refused.expected}
        sent = self._answer(refused.status, json.dumps({"refused": record}) + "\n", _JSON, refused.retry_after_s)
        if sent and self._unread:
            self._linger()

    def _linger(self) -> None:
        """Takes what is still sent, for a while: closing now would reset the connection and take the answer with it."""
        until = time.monotonic() + _LINGER_S
        try:
            self.request.shutdown(socket.SHUT_WR)
            self.request.settimeout(_LINGER_S)
            while time.monotonic() < until and self.request.recv(1 << 16):
                pass
        except OSError:
            pass  # the caller was faster

    def _answer(self, status: int, text: str, kind: str, retry_after_s: Optional[int] = None) -> bool:
        """False when the caller was gone."""
        data = text.encode("utf-8")
        try:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(data)))
            if retry_after_s is not None:
                self.send_header("Retry-After", str(retry_after_s))
            self.end_headers()
            self.wfile.write(data)
            self.wfile.flush()
            return True
        except OSError:
            self.close_connection = True
            return False
