"""The HTTP server for programs of the same computer: TCP on its loopback, or a Unix socket."""

import logging
import os
import socket
import socketserver
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any, Callable, Tuple

from ocr_app.core.errors import ServiceError
from ocr_app.line.inputs.intake import Intake

LOG = logging.getLogger(__name__)
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAX_REQUESTS = 32
MAX_CONNECTIONS = 512
UNIX_SOCKET = -1


def address_of(text: str) -> Tuple[str, int]:
    """("127.0.0.1", 8088) of HOST:PORT, (path, UNIX_SOCKET) of unix:PATH.

    Raises ServiceError for an address that other computers reach: the service does not authenticate callers. For a
    network of containers, put a proxy in front of it.
    """
    if text.startswith("unix:") and len(text) > 5:
        return text[5:], UNIX_SOCKET
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    if host not in LOOPBACK or not port.isdigit() or int(port) > 65535:
        found = "http.listen (--listen) is {}".format(text)
        raise ServiceError(found, "unix:PATH, or HOST:PORT with HOST one of " + ", ".join(LOOPBACK), "ocr-app serve -h")
    return host, int(port)


class HttpServer(socketserver.ThreadingMixIn, HTTPServer):
    """One thread per connection. POST requests beyond ``MAX_REQUESTS`` at once are answered 503; connections beyond
    ``MAX_CONNECTIONS`` wait to be accepted, and each one ends when the time of its request is over.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(
        self,
        address: Tuple[str, int],
        handler: Callable[..., BaseHTTPRequestHandler],
        intake: Intake,
        connection_s: float,
    ) -> None:
        """Raises ServiceError when the address cannot be listened on."""
        self.intake = intake
        self.connection_s = connection_s
        self._open = 0
        self._connections = threading.BoundedSemaphore(MAX_CONNECTIONS)
        self._lock = threading.Lock()
        host, port = address
        unix = port == UNIX_SOCKET
        self.address_family = socket.AF_UNIX if unix else socket.AF_INET6 if ":" in host else socket.AF_INET
        self._path = host if unix else ""
        try:
            if self._path and os.path.exists(self._path):
                os.remove(self._path)
            super(HttpServer, self).__init__(self._path or address, handler)  # type: ignore[arg-type]
        except OSError as error:
            found = "cannot listen on {}: {}".format(self._path or "{}:{}".format(host, port), error.strerror or error)
            raise ServiceError(found, "an address that is free", "--listen another") from error

    def process_request(self, request: Any, client_address: Any) -> None:
        """A thread for the connection, once there is room."""
        self._connections.acquire()
        try:
            super(HttpServer, self).process_request(request, client_address)
        except Exception:
            self._connections.release()  # there is no thread that would do it
            raise

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super(HttpServer, self).process_request_thread(request, client_address)
        finally:
            self._connections.release()

    def enter(self) -> bool:
        """Whether there is room for one more request; each caller that gets True has to ``leave``."""
        with self._lock:
            fits = self._open < MAX_REQUESTS
            self._open += int(fits)
            return fits

    def leave(self) -> None:
        """A request is done."""
        with self._lock:
            self._open -= 1

    def open_requests(self) -> int:
        """How many requests are being answered."""
        with self._lock:
            return self._open

    def server_bind(self) -> None:
        """The base class looks up the host's name, which may ask a name server; this does not."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "localhost", 0 if self._path else self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A caller that disconnects is not a fault of the service; anything else is logged."""
        if not isinstance(sys.exc_info()[1], OSError):
            LOG.exception("a request failed")

    def server_close(self) -> None:
        """Also removes the socket's file."""
        super(HttpServer, self).server_close()
        if self._path and os.path.exists(self._path):
            os.remove(self._path)
